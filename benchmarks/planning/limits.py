"""`python -m benchmarks.planning.limits [--only NAME] [--seconds N] [--out DIR]`: what no plan can do better.

On instances with crowded days: the fewest avoidable splits, the least mean wait and the least Gini coefficient of
supports by seats that any plan can have, as far as it is proven, next to the plan of Yidi, first come first served,
and the best plan that an exact model of that wish alone found. Each plan passes the checker. Writes limits.json and
limits.md, and says of each goal (90 % fewer avoidable splits and waits a third of first come first served, Gini .06)
whether it is attained, proven impossible, or open.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

from benchmarks.planning import exact, peers
from benchmarks.planning.figures import figures, machine, table
from benchmarks.planning.instances import instance
from scheduler.planning import Plan, first_come_first_served, limits
from scheduler.planning.board import compile_board

HERE = Path(__file__).parent
NAMES = ("prefecture-day", "prefecture-busy", "tight-rooms", "province-busy")
MOST_PROJECTS = 100
"""Up to so many projects exact models are tried."""
WORKERS = 2
EVEN = Fraction(6, 100)
"""The Gini coefficient asked for."""


def least_gini(seats: Sequence[int], supports: int) -> Fraction:
    """The least Gini coefficient by seats with which venues can share so many supports, whole ones.

    Whoever may be whose guest. A ratio is least where numerator - ratio x denominator has the minimum nought
    (Dinkelbach 1967). That minimum is found exactly, value by value in rising order: a state is how many venues of
    each size have their share, and how many supports these are; between two values v < w of a venue's supports by
    its seats, w - v counts once for each pair with one venue at v or below and the other above.
    """
    unit, many = lcm(*seats), len(seats)
    sizes = sorted(set(seats))
    values = sorted((unit // size * n, at, n) for at, size in enumerate(sizes) for n in range(supports + 1))
    ratio = Fraction(1) if supports else Fraction(0)
    while supports:
        cost = {((0,) * len(sizes), 0): (0, 0, 0)}
        last = 0
        for value, at, each in values:
            after: dict[tuple[tuple[int, ...], int], tuple[int, int, int]] = {}
            for (placed, given), (_, apart, total) in cost.items():
                below = sum(placed)
                wider = apart + (value - last) * below * (many - below)
                for more in range(seats.count(sizes[at]) - placed[at] + 1):
                    if given + more * each > supports:
                        break
                    key = (*placed[:at], placed[at] + more, *placed[at + 1 :]), given + more * each
                    sums = wider, total + more * value
                    weighed = ratio.denominator * sums[0] - ratio.numerator * many * sums[1]
                    if key not in after or weighed < after[key][0]:
                        after[key] = (weighed, *sums)
            cost, last = after, value
        weighed, apart, total = cost[tuple(map(seats.count, sizes)), supports]
        if weighed >= 0:
            break
        ratio = Fraction(apart, many * total)
    return ratio


def study(name: str, seconds: float) -> dict[str, Any]:
    """All figures of one instance."""
    problem = instance(name)
    board = compile_board(problem)
    yidi = peers.yidi(name, times=1).plan
    assert yidi is not None
    plans: dict[str, Plan] = {"Yidi": yidi, "first come first served": first_come_first_served(problem)}
    proven = limits(problem)
    splits, waits = proven.avoidable_splits, proven.wait_steps
    least: Fraction | None = None
    if len(problem.projects) <= MOST_PROJECTS:
        for wish, act in (("splits", exact.fewest_splits), ("waits", exact.least_waits)):
            found = act(problem, seconds, WORKERS, yidi)
            if wish == "splits":
                splits = max(splits, found.least)
            else:
                waits = max(waits, found.least)
            if found.plan is not None:
                plans[f"fewest {wish} found"] = found.plan
        supports = sum(task.guest_count for task in board.tasks)
        least = least_gini([venue.seats for venue in problem.venues if venue.rooms], supports)
    rows = {planner: figures(problem, plan, 0) for planner, plan in plans.items()}
    minutes = waits * board.axis.grid / max(1, len(board.tasks))
    phone = rows["first come first served"]
    asked = {
        "avoidable": phone["avoidable"] // 10,
        "mean_wait_min": round(phone["mean_wait_min"] / 3, 1),
        "gini_by_seats": float(EVEN),
    }
    floor = {
        "avoidable": splits,
        "mean_wait_min": round(minutes, 1),
        "gini_by_seats": None if least is None else round(float(least), 4),
    }
    return {
        "instance": name,
        "proven": {**floor, "wait_steps": waits},
        "asked": asked,
        "plans": rows,
        "verdict": {goal: _verdict(goal, asked[goal], floor[goal], rows) for goal in asked},
    }


def _verdict(goal: str, asked: float, floor: float | None, rows: dict[str, dict[str, Any]]) -> str:
    """Whether the goal is attained, and by which plan, or is proven impossible, or neither."""
    by = [planner for planner, row in rows.items() if row[goal] <= asked and not row["violations"]]
    if by:
        return f"attained ({by[0]})"
    return "proven impossible" if floor is not None and floor > asked else "open"


def report(studies: list[dict[str, Any]]) -> str:
    """The figures as a table, one row for what is proven, one for what is asked, one for each plan."""
    rows = []
    for each in studies:
        goals = list(each["asked"])
        rows.append({"instance": each["instance"], "of": "no plan can have less", **each["proven"]})
        rows.append({"instance": "", "of": "asked for", **each["asked"]})
        for planner, row in each["plans"].items():
            rows.append({"instance": "", "of": planner, **row})
        rows.append({"instance": "", "of": "verdict", **{goal: each["verdict"][goal] for goal in goals}})
    columns = ["instance", "of", "avoidable", "mean_wait_min", "gini_by_seats", "violations"]
    return (
        "Proven limits of crowded days: see docs/planning.md. "
        "Each exact model pursues one wish alone: its plan shows what that wish could have, not all three at once. "
        "Least Gini: over all ways to give guests, without regard to time and rooms.\n\n"
        + table(rows, columns)
    )


def main() -> int:
    """Run, write, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning.limits", description=__doc__)
    parser.add_argument("--only", choices=NAMES, action="append")
    parser.add_argument("--seconds", type=float, default=240, help="for each exact model")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    before = os.getloadavg()[0]
    options.out.mkdir(parents=True, exist_ok=True)
    studies = []
    for name in options.only or NAMES:
        studies.append(study(name, options.seconds))
        print(report(studies[-1:]), flush=True)
        found = {
            "machine": machine(before, os.getloadavg()[0]),
            "seconds": options.seconds,
            "studies": studies,
        }
        text = json.dumps(found, indent=1, ensure_ascii=False)
        (options.out / "limits.json").write_text(text + "\n", encoding="utf-8")
        (options.out / "limits.md").write_text(report(studies), encoding="utf-8")
    broken = [each["instance"] for each in studies if any(r["violations"] for r in each["plans"].values())]
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
