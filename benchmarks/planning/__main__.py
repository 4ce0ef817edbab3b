"""`python -m benchmarks.planning [--quick] [--only NAME] [--times N] [--out DIR]`: all planners on frozen instances.

Each planner works in a process of its own, on the same two cores, one after the other. Writes results.json (figures,
machine, versions), results.md (the tables), courses.svg (cost and bound over time) and bars.svg (splits, waits and
balance), and keeps best_known.json. Fails when a plan of Yidi breaks a rule, leaves out more projects than the best
known, or costs more than a tenth above it. With `--times N` Yidi searches N times as long, to find better ones.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.planning import best_known, peers, plots
from benchmarks.planning.apart import MOST_GB, apart
from benchmarks.planning.figures import figures, machine, table
from benchmarks.planning.instances import SHAPES, instance
from scheduler.planning import Problem
from scheduler.timeline import ZONE
from scheduler.verification.plans import verify_plan

HERE = Path(__file__).parent
YIDI, PHONE = "yidi", "first come first served"
NEAR = 1.05
"""How near to the best known cost "near" is."""
COLUMNS = ["instance", "planner", "limit_s", "seconds", "cpu_seconds", "first_s", "near_s", "memory_mb"]
COLUMNS += ["cost", "bound", "gap", "unscheduled", "split", "avoidable", "mean_wait_min"]
COLUMNS += ["gini_by_seats", "gini_counts", "violations"]


def planners(
    limit: float, times: int, quick: bool
) -> dict[str, tuple[Callable[[str], peers.Answer], float | None]]:
    """The planners of a run, Yidi first for its bound holds for all, with the seconds that limit them."""
    chosen: dict[str, tuple[Callable[[str], peers.Answer], float | None]] = {
        YIDI: (partial(peers.yidi, times=times), None),
        PHONE: (peers.telephone, None),
    }
    if not quick:
        chosen["monolithic CP-SAT"] = (partial(peers.monolithic, seconds=limit), limit)
        chosen["PyJobShop"] = (partial(peers.shop, seconds=limit), limit)
    return chosen


def run(name: str, limit: float, times: int, quick: bool) -> list[dict[str, Any]]:
    """The rows of all planners on one instance."""
    problem, bound = instance(name), 0
    rows = []
    for planner, (act, seconds) in planners(limit, times, quick).items():
        spent = apart(act, name)
        row: dict[str, Any] = {"instance": name, "planner": planner, "limit_s": seconds, "cost": None}
        if spent is None:
            row["note"] = f"its process died; it may take {MOST_GB} GB"
        else:
            answer = spent.answer
            workers = peers.CORES if spent.memory_of_a_child_mb else 0
            row |= {
                "seconds": answer.seconds,
                "cpu_seconds": answer.cpu_seconds,
                "first_s": answer.first_s,
                "memory_mb": spent.memory_mb + workers * spent.memory_of_a_child_mb,
                "own_bound": answer.own_bound,
                "note": answer.note,
                "course": thinned(answer.course),
            }
            if answer.plan is not None:
                bound = answer.plan.bound if planner == YIDI else bound
                row |= figures(problem, answer.plan, bound)
            if answer.first is not None:
                row["first_violations"] = len(verify_plan(problem, answer.first))
        rows.append(row)
    return rows


def thinned(course: list[peers.Point]) -> list[peers.Point]:
    """The course without points at which neither cost nor bound has changed by as much as a line is wide."""
    kept: list[peers.Point] = []
    for point in course:
        if not kept or point is course[-1] or _differs(kept[-1], point):
            kept.append(point)
    return kept


def _differs(one: peers.Point, other: peers.Point) -> bool:
    pairs = ((one[1] or 0, other[1] or 0), (one[2], other[2]))
    return any(abs(before - after) > 0.002 * max(before, after, 1) for before, after in pairs)


def near(row: dict[str, Any], known: best_known.Known) -> float | None:
    """The seconds after which the planner's cost was within a twentieth of the best known; None when it never was."""
    best = known.get(row["instance"])
    points = row.get("course") or []
    legal = best and row["cost"] is not None and not row["violations"]
    return next((at for at, cost, _ in points if legal and cost and cost <= NEAR * best["cost"]), None)


def against_the_telephone(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By how much Yidi has fewer avoidable splits and shorter waits than first come first served."""
    phones = {row["instance"]: row for row in rows if row["planner"] == PHONE}
    found = []
    for row in rows:
        phone = phones.get(row["instance"])
        if row["planner"] != YIDI or phone is None or row["cost"] is None:
            continue
        fewer = 1 - row["avoidable"] / phone["avoidable"] if phone["avoidable"] else None
        found.append(
            {
                "instance": row["instance"],
                "avoidable splits": f"{row['avoidable']} : {phone['avoidable']}",
                "fewer": None if fewer is None else f"{fewer:.0%}",
                "mean wait, min": f"{row['mean_wait_min']} : {phone['mean_wait_min']}",
                "times shorter": round(phone["mean_wait_min"] / row["mean_wait_min"], 1)
                if row["mean_wait_min"]
                else None,
                "Gini by seats": f"{row['gini_by_seats']} : {phone['gini_by_seats']}",
            }
        )
    return found


NOTES = """
Two cores for each planner, one planner at a time, each in a process of its own. `limit_s`: the wall clock after which a
peer's solver was stopped; building its model comes on top. `first_s`: the first complete plan. `near_s`: the first plan
that costs at most a twentieth more than the best known (best_known.json). `memory_mb`: the peak of the process with its
libraries, and of its worker processes. `bound` is Yidi's, for it holds for every plan; `gap` is (cost - bound) / cost.
A row without a cost: no plan in its time, or none in 12 GB of memory. Monolithic CP-SAT and PyJobShop cannot be told of
work of several days: such projects are left out of their plans, at 20,000 each.
"""


def _command(options: argparse.Namespace) -> str:
    """What to call for the same figures; where they go does not matter."""
    words = ["python -m benchmarks.planning", *(["--quick"] if options.quick else [])]
    words += [f"--only {name}" for name in options.only or ()]
    words += [f"--seconds {options.seconds:g}", f"--times {options.times}"]
    return " ".join(words)


def main() -> int:
    """Run, write, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only Yidi and first come first served")
    parser.add_argument("--only", choices=sorted(SHAPES), action="append")
    parser.add_argument("--seconds", type=float, default=20, help="for each peer that takes a time limit")
    parser.add_argument("--times", type=int, default=1, help="how many times Yidi's budget")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    example: Problem = instance("prefecture-day")
    known = best_known.load(example)
    command = _command(options)
    rows: list[dict[str, Any]] = []
    loads = [os.getloadavg()[0]]
    for name in options.only or SHAPES:
        rows += run(name, options.seconds, options.times, options.quick)
        loads.append(os.getloadavg()[0])
        print(table([row for row in rows if row["instance"] == name], COLUMNS), flush=True)
    flaws = [flaw for row in rows if row["planner"] == YIDI and (flaw := best_known.flaw(row, known))]
    known = best_known.learn(rows, known, datetime.now(ZONE).date().isoformat(), command)
    best_known.save(example, known)
    for row in rows:
        row["near_s"] = near(row, known)
    options.out.mkdir(parents=True, exist_ok=True)
    about = machine(*loads)
    if not options.quick:
        about["packages"]["pyjobshop"] = version("pyjobshop")
    text = json.dumps({"command": command, "machine": about, "rows": rows}, indent=None, ensure_ascii=False)
    (options.out / "results.json").write_text(
        text.replace('{"instance"', '\n{"instance"') + "\n", encoding="utf-8"
    )
    tables = table(rows, COLUMNS) + NOTES + "\n" + table(against_the_telephone(rows))
    (options.out / "results.md").write_text(tables, encoding="utf-8")
    plots.courses(rows, options.out / "courses.svg")
    shown = [("avoidable", "avoidable splits"), ("mean_wait_min", "mean wait, minutes")]
    plots.bars(
        rows,
        "instance",
        [*shown, ("gini_by_seats", "Gini by seats")],
        list(plots.COLOURS),
        options.out / "bars.svg",
    )
    print("\n".join(flaws) or "every plan is legal and as good as known", file=sys.stderr)
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main())
