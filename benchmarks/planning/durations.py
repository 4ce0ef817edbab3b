"""`python -m benchmarks.planning.durations`: how far forecasts of durations hold, on histories of known truth.

Panels take longer or shorter than assumed by category, centre and number of sections, with log-normal noise or with
noise of heavier tails (Student's t of four degrees, as wide). Learned: Yidi's ridge with shrunken centres and its
quantile; beside it least squares with a normal quantile, one dummy a centre; linear quantile regression as a linear
program (scipy's HiGHS); the rule book's assumption; and the truth itself. Then the live forecast of eight sections of
panels with a speed of their own. Writes durations.json and durations.md into results.
"""

import json
import platform
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from importlib.metadata import version
from math import exp, log, sqrt
from pathlib import Path
from statistics import NormalDist, fmean

import numpy as np
from scipy.optimize import linprog

from scheduler.estimate import Finished, Record, fit, forecast, live_forecast, remaining
from scheduler.estimate.assumption import assumed_spread, section_time
from scheduler.estimate.live import SHARED
from scheduler.planning.chance import Chance
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import default_rule_book
from scheduler.timeline import ZONE

HERE = Path(__file__).parent
RULES = default_rule_book().at(date(2026, 11, 23), "532301", ProcurementKind.CONSTRUCTION)
MINUTE = timedelta(minutes=1)
NORMAL = NormalDist()
LEVEL = 0.9
CENTRES = 12
SIZES, TRIALS, JUDGED = (20, 50, 100, 300, 1_000), 40, 200
SLOW = {Category.WORKS: 0.2, Category.GOODS: -0.3, Category.SERVICES: 0.0, Category.WORKS_LOW_PRICE: 0.4}
NOISE = 0.35


def normal(chance: Chance) -> float:
    return NORMAL.inv_cdf(min(max(chance.share(), 1e-9), 1 - 1e-9))


def heavy(chance: Chance) -> float:
    """Student's t of four degrees, scaled to unit variance."""
    return normal(chance) / sqrt(sum(normal(chance) ** 2 for _ in range(4)) / 4) / sqrt(2)


def project(sections: int, bidders: int, category: Category = Category.WORKS) -> Project:
    return Project(
        project_id="P", name="", kind=ProcurementKind.CONSTRUCTION, category=category, home="V", region="532301",
        opening_at=datetime(2026, 11, 23, 9, tzinfo=ZONE),
        sections=tuple(Section(f"S{n}", bidders) for n in range(sections)),
        specialties=((Requirement(frozenset({"A08"})), 4),),
    )  # fmt: skip


class Town:
    """Centres with their own pace; records of it are made up one after another."""

    def __init__(self, seed: int, noise) -> None:
        self.chance, self.noise = Chance(seed), noise
        self.pace = [0.15 * normal(self.chance) for _ in range(CENTRES)]

    def mean(self, record: Record) -> float:
        """The true expected logarithm of taken over assumed."""
        centre = self.pace[int(record.centre_id[1:])]
        return SLOW[record.category] + centre - 0.1 * log(record.sections)

    def records(self, count: int) -> list[Record]:
        made = []
        for nth in range(count):
            chance = self.chance
            category = list(Category)[chance.below(4)]
            sections, bidders = 1 + chance.below(3) * chance.below(2), 3 + chance.below(15)
            # Small centres: the twelfth has a record in forty.
            centre = f"C{min(chance.below(CENTRES), chance.below(CENTRES))}"
            assumed = forecast(project(sections, bidders, category), RULES).expected
            day = date(2026, 1, 1) + timedelta(days=nth // 4)
            blank = Record(day, centre, category, sections, sections * bidders, assumed, assumed)
            taken = assumed * exp(self.mean(blank) + NOISE * self.noise(chance))
            made.append(Record(day, centre, category, sections, sections * bidders, assumed, taken))
        return made


def features(record: Record) -> list[float]:
    kinds = [float(record.category is kind) for kind in Category]
    centres = [float(record.centre_id == f"C{nth}") for nth in range(1, CENTRES)]
    return [*kinds, *centres, log(record.sections), log(1 + record.bids / record.sections)]


def target(record: Record) -> float:
    return log(record.taken / record.assumed)


def by_yidi(history: Sequence[Record], judged: Sequence[Record]) -> list[float]:
    model = fit(history)
    assert model is not None
    margin = model.margin(LEVEL)
    return [model.ratio(r.centre_id, r.category, r.sections, r.bids) + margin for r in judged]


def by_least_squares(history: Sequence[Record], judged: Sequence[Record]) -> list[float]:
    x, y = np.array([features(r) for r in history]), np.array([target(r) for r in history])
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    rest = y - x @ beta
    spread = sqrt(float(rest @ rest) / max(1, len(history) - x.shape[1]))
    return list(np.array([features(r) for r in judged]) @ beta + spread * NORMAL.inv_cdf(LEVEL))


def by_quantile_regression(history: Sequence[Record], judged: Sequence[Record]) -> list[float]:
    x, y = np.array([features(r) for r in history]), np.array([target(r) for r in history])
    count, wide = x.shape
    cost = np.concatenate([np.zeros(wide), np.full(count, LEVEL), np.full(count, 1 - LEVEL)])
    equal = np.hstack([x, np.eye(count), -np.eye(count)])
    bounds = [(-10, 10)] * wide + [(0, None)] * (2 * count)
    beta = linprog(cost, A_eq=equal, b_eq=y, bounds=bounds, method="highs").x[:wide]
    return list(np.array([features(r) for r in judged]) @ beta)


def by_assumption(_: Sequence[Record], judged: Sequence[Record]) -> list[float]:
    return [assumed_spread(RULES) * NORMAL.inv_cdf(LEVEL)] * len(judged)


METHODS = {
    "Yidi": by_yidi,
    "least squares, normal quantile": by_least_squares,
    "quantile regression": by_quantile_regression,
    "assumption (rule book)": by_assumption,
}


def pinball(judged: Sequence[Record], quantiles: Sequence[float]) -> float:
    """Mean loss in minutes."""
    losses = []
    for record, quantile in zip(judged, quantiles, strict=True):
        error = (record.assumed * exp(quantile) - record.taken) / MINUTE
        losses.append((1 - LEVEL) * error if error >= 0 else -LEVEL * error)
    return fmean(losses)


def learned(name: str, noise) -> list[dict]:
    """Coverage and loss of each method by size of the history."""
    rows = []
    top = {"log-normal": NORMAL.inv_cdf(LEVEL), "heavy": 1.5332 / sqrt(2)}[name]
    for size in SIZES:
        found: dict[str, list[tuple[float, float]]] = {}
        for trial in range(TRIALS):
            town = Town(1_000 * size + trial, noise)
            history, judged = town.records(size), town.records(JUDGED)
            answers = {method: answer(history, judged) for method, answer in METHODS.items()}
            answers["truth"] = [town.mean(record) + NOISE * top for record in judged]
            for method, quantiles in answers.items():
                covered = fmean(target(r) <= q for r, q in zip(judged, quantiles, strict=True))
                found.setdefault(method, []).append((covered, pinball(judged, quantiles)))
        for method, pairs in found.items():
            rows.append(
                {
                    "noise": name, "records": size, "method": method,
                    "coverage": round(fmean(c for c, _ in pairs), 4),
                    "coverage_sd": round(float(np.std([c for c, _ in pairs])), 4),
                    "pinball": round(fmean(p for _, p in pairs), 3),
                }
            )  # fmt: skip
    return rows


def live(trials: int = 600) -> list[dict]:
    """Coverage and slack of the live P80 as sections finish, and in the middle of a section that takes long."""
    spread = assumed_spread(RULES)
    speeds, own = spread * sqrt(SHARED), spread * sqrt(1 - SHARED)
    rows = {(known, late): [] for known in (0, 2, 4, 6, 7) for late in (False, True)}
    for seed in range(trials):
        chance, tender = Chance(seed), project(8, 6)
        speed = speeds * normal(chance)
        taken = [
            section_time(tender, RULES, s.bidders) * exp(speed + own * normal(chance))
            for s in tender.sections
        ]
        taken[-1] += RULES.duration_report * exp(speed)
        total = RULES.duration_setup + sum(taken, timedelta())
        for (known, late), entries in rows.items():
            done = [Finished(f"S{n}", taken[n]) for n in range(known)]
            worked = RULES.duration_setup + sum(taken[:known], timedelta())
            if late:
                worked += section_time(tender, RULES, 6) * 1.2
                if worked >= RULES.duration_setup + sum(taken[: known + 1], timedelta()):
                    continue  # the section was done before: nothing to condition on
            rest = remaining(tender, RULES, done, worked)
            seen = live_forecast(rest, worked, RULES)
            entries.append((total <= seen.quantile, (seen.quantile - seen.expected) / MINUTE))
    return [
        {
            "finished": known, "overdue_section": late, "panels": len(entries),
            "coverage": round(fmean(c for c, _ in entries), 4),
            "slack": round(fmean(s for _, s in entries), 1),
        }
        for (known, late), entries in rows.items()
    ]  # fmt: skip


def main() -> None:
    rows = [*learned("log-normal", normal), *learned("heavy", heavy)]
    seen = live()
    about = {"python": platform.python_version(), "numpy": version("numpy"), "scipy": version("scipy")}
    text = [
        "# Forecasts of durations", "",
        f"`python -m benchmarks.planning.durations`: {TRIALS} histories of each size, {JUDGED} evaluations judged "
        f"after each; quantile {LEVEL}. Seeds are fixed. " + ", ".join(f"{k} {v}" for k, v in about.items()) + ".",
        "", "| noise | records | method | coverage | its sd over histories | pinball, min |",
        "|---|---|---|---|---|---|",
        *(f"| {r['noise']} | {r['records']} | {r['method']} | {r['coverage']:.3f} | {r['coverage_sd']:.3f} |"
          f" {r['pinball']:.2f} |" for r in rows),
        "", "Live, eight sections, P80; \"overdue\": the section under way has taken 1.2 times what is assumed.", "",
        "| sections done | overdue | panels | coverage | slack, min |", "|---|---|---|---|---|",
        *(f"| {r['finished']} | {'yes' if r['overdue_section'] else 'no'} | {r['panels']} | {r['coverage']:.3f} |"
          f" {r['slack']:.0f} |" for r in seen),
    ]  # fmt: skip
    results = HERE / "results"
    (results / "durations.md").write_text("\n".join(text) + "\n", encoding="utf-8")
    whole = {"about": about, "learned": rows, "live": seen}
    (results / "durations.json").write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
