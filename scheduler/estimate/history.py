"""Durations learned from the service's own history: a ridge on logarithms and a split-conformal quantile.

What is learned is the ratio of the true to the assumed duration, so that with little history the forecast is
the documented assumption, and a small centre's is all centres' (shrinkage).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, exp, log, sqrt
from statistics import NormalDist

import numpy as np

from scheduler.errors import require
from scheduler.estimate.assumption import Forecast, forecast, level_of
from scheduler.projects import Category, Project
from scheduler.rules import Rules

FEWEST = 20
"""Records below which the assumption stands alone."""
CONFORMAL = 100
"""Records from which the quantile is conformal; below it is the normal one with an inflated deviation."""
RIDGE = 5.0
"""How many records' worth of doubt each coefficient, and each centre, starts with."""

CATEGORIES = tuple(Category)


@dataclass(frozen=True, slots=True)
class Record:
    """A finished evaluation: what it was, what was assumed of it, and how long the panel worked."""

    finished_on: date
    centre_id: str
    category: Category
    sections: int
    bids: int
    assumed: timedelta
    taken: timedelta

    def __post_init__(self) -> None:
        require(self.taken > timedelta(), "taken", self.taken, "an evaluation takes time")
        require(self.assumed > timedelta(), "assumed", self.assumed, "an evaluation takes time")


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted forecast of log(taken / assumed)."""

    coefficients: tuple[float, ...]
    centres: tuple[tuple[str, float], ...]
    spread: float
    """Standard deviation of what is left over."""
    scores: tuple[float, ...]
    """Sorted errors of records that the coefficients have not seen; empty below CONFORMAL records."""
    records: int

    def ratio(self, centre_id: str, category: Category, sections: int, bids: int) -> float:
        """The expected logarithm of taken over assumed."""
        offset = dict(self.centres).get(centre_id, 0.0)
        features = _features(category, sections, bids)
        return sum(b * x for b, x in zip(self.coefficients, features, strict=True)) + offset

    def margin(self, level: float) -> float:
        """What to add to the expected logarithm so that at most a share 1 - level passes it.

        With conformal scores that holds for exchangeable evaluations whatever their distribution (Vovk and
        others 2005); without, for log-normal ones, with the deviation widened for its own uncertainty.
        """
        if self.scores:
            rank = ceil((len(self.scores) + 1) * level)
            return self.scores[min(rank, len(self.scores)) - 1]
        return self.deviation * NormalDist().inv_cdf(level)

    @property
    def deviation(self) -> float:
        """The spread; with few records widened for what they leave in doubt."""
        if self.scores:
            return self.spread
        return self.spread * (1 + 2 / sqrt(max(2, self.records - len(self.coefficients))))

    def forecast(self, project: Project, centre_id: str, rules: Rules) -> Forecast:
        """The project's working time by history: median and rule book's quantile."""
        assumed = forecast(project, rules).expected
        ratio = self.ratio(centre_id, project.category, len(project.sections), project.bids)
        return Forecast(_scaled(assumed, ratio), _scaled(assumed, ratio + self.margin(level_of(rules))))


def fit(records: Sequence[Record]) -> Model | None:
    """The model of these records; None while there are fewer than FEWEST.

    The earlier two thirds teach the coefficients, the latest third measures the errors.
    """
    ordered = sorted(
        records, key=lambda r: (r.finished_on, r.centre_id, r.category, r.sections, r.bids, r.taken)
    )
    if len(ordered) < FEWEST:
        return None
    conformal = len(ordered) >= CONFORMAL
    taught = ordered[: len(ordered) * 2 // 3] if conformal else ordered
    coefficients, centres, spread = _ridge(taught)
    model = Model(coefficients, centres, spread, (), len(taught))
    if not conformal:
        return model
    unseen = ordered[len(taught) :]
    scores = [_target(r) - model.ratio(r.centre_id, r.category, r.sections, r.bids) for r in unseen]
    return Model(coefficients, centres, spread, tuple(sorted(scores)), len(ordered))


def _ridge(records: Sequence[Record]) -> tuple[tuple[float, ...], tuple[tuple[str, float], ...], float]:
    x = np.array([_features(r.category, r.sections, r.bids) for r in records])
    y = np.array([_target(r) for r in records])
    doubt = RIDGE * np.eye(x.shape[1])
    beta = np.linalg.solve(x.T @ x + doubt, x.T @ y)
    rest = y - x @ beta
    by_centre: dict[str, list[float]] = {}
    for record, error in zip(records, rest, strict=True):
        by_centre.setdefault(record.centre_id, []).append(float(error))
    centres = {centre: sum(errors) / (len(errors) + RIDGE) for centre, errors in by_centre.items()}
    left = np.array([error - centres[r.centre_id] for r, error in zip(records, rest, strict=True)])
    spread = float(np.sqrt(left @ left / max(1, len(records) - x.shape[1])))
    return tuple(map(float, beta)), tuple(sorted(centres.items())), max(spread, 0.01)


def _features(category: Category, sections: int, bids: int) -> tuple[float, ...]:
    kinds = (float(category is kind) for kind in CATEGORIES)
    return (*kinds, log(max(1, sections)), log(1 + bids / max(1, sections)) - 2.0)


def _target(record: Record) -> float:
    return log(record.taken / record.assumed)


def _scaled(assumed: timedelta, logarithm: float) -> timedelta:
    minutes = assumed / timedelta(minutes=1) * exp(min(logarithm, 10.0))
    return timedelta(minutes=max(1, ceil(minutes - 1e-9)))
