"""`python -m benchmarks.planning.nation [--provinces N…]`: 10,000 projects a day over 31 provinces, by shards.

One twentieth of the projects has guests from another province. Smaller nations of the same kind, from one province
of 323 projects on, show how the cost grows. Jobs are done in two processes; first come, first served is measured on
the same projects. Writes nation.json, nation.md
and nation.svg into results, and fails when a plan breaks a rule or the cost grows faster than N^1.1.
"""

import argparse
import json
import os
import platform
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from math import log
from pathlib import Path
from typing import Any

from benchmarks.planning.figures import gini, waits
from benchmarks.planning.instances import Shape, make
from scheduler.planning import Booking, Budget, Problem, Progress, first_come_first_served
from scheduler.planning.chance import Chance
from scheduler.planning.cores import solve_shards_on
from scheduler.planning.shards.crossing import crossing_by_flow
from scheduler.planning.shards.parts import homes_of, prefixes_of
from scheduler.verification.plans import verify_plan

HERE = Path(__file__).parent
PROVINCES = tuple(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
    for code in range(first, last + 1)
)
PROJECTS, VENUES = 323, 113
"""Of one province, as many to a venue as in province-day: 31 have 10,013 projects at 3,503 venues."""
CROSSING = 0.05
ITERATIONS = 20
"""For each project: what a province's day of 400 gets by default."""
CORES = 2
GROWTH = 1.1


def nation(provinces: int) -> Problem:
    """The day of so many provinces: the same for ever."""
    problems = [_province(nth) for nth in range(provinces)]
    first = problems[0]
    return replace(
        first,
        projects=tuple(project for problem in problems for project in problem.projects),
        venues=tuple(venue for problem in problems for venue in problem.venues),
        seed=31,
    )


def _province(nth: int) -> Problem:
    code = PROVINCES[nth]
    made = make(Shape(PROJECTS, VENUES, (2, 4), prefectures=12, seed=3_100 + nth))
    venues = tuple(
        replace(
            venue,
            venue_id=f"{code}-{venue.venue_id}",
            centre_id=f"{code}-{venue.centre_id}",
            region=code + venue.region[2:],
            rooms=tuple(replace(room, room_id=f"{code}-{room.room_id}") for room in venue.rooms),
        )
        for venue in made.venues
    )
    projects = tuple(
        replace(
            project,
            project_id=f"{code}-{project.project_id}",
            home=f"{code}-{project.home}",
            region=code + project.region[2:],
        )
        for project in made.projects
    )
    return replace(made, projects=projects, venues=venues)


def measure(provinces: int, iterations: int) -> dict[str, Any]:
    """Time, gap, memory and violations of one nation."""
    problem = nation(provinces)
    chance, wanted = Chance(5), set[str]()
    remote = [project.project_id for project in problem.projects if project.exemption is None]
    while provinces > 1 and len(wanted) < round(CROSSING * len(problem.projects)):
        wanted.add(remote[chance.below(len(remote))])
    load = os.getloadavg()[0]
    start, before = time.perf_counter(), _cpu()
    crossing = crossing_by_flow(problem, wanted)
    flow = time.perf_counter() - start
    course: dict[str, Progress] = {}
    budget = Budget(iterations * len(problem.projects))
    sharded = solve_shards_on(CORES, problem, budget, crossing, lambda at: course.update({at.phase: at}))
    elapsed = time.perf_counter() - start
    cpu = _cpu() - before  # of children too, now that they have ended
    plan = sharded.plan
    checked = time.perf_counter()
    violations = len(verify_plan(problem, plan))
    checked = time.perf_counter() - checked
    heavy = (course["provinces"].cost - course["done"].cost) / course["provinces"].cost
    return {
        "provinces": provinces,
        "iterations": iterations,
        "projects": len(problem.projects),
        "venues": len(problem.venues),
        "crossing": len(crossing),
        "seconds": round(elapsed, 1),
        "cpu_seconds": round(cpu, 1),
        "flow_seconds": round(flow, 2),
        "cost": plan.cost,
        "bound": plan.bound,
        "gap": round(plan.gap, 4),
        "saved_by_repair": round(heavy, 4),
        "unscheduled": len(plan.unscheduled),
        "split": sum(booking.split for booking in plan.bookings),
        **_wishes(problem, plan.bookings),
        "violations": violations,
        "check_seconds": round(checked, 1),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_memory_of_a_worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "load_before": round(load, 1),
        **{f"phone_{name}": value for name, value in _by_telephone(problem).items()},
    }


def _wishes(problem: Problem, bookings: Sequence[Booking]) -> dict[str, Any]:
    """What the bookings come to in the wishes: avoidable splits, minutes waited, balance."""
    waited: list[timedelta] = []
    by_prefix = prefixes_of(problem, 2)
    by_home: dict[str, list[Booking]] = {}
    for booking in bookings:
        by_home.setdefault(by_prefix[booking.home.venue_id], []).append(booking)
    for prefix, own in sorted(by_home.items()):
        waited += waits(homes_of(problem, prefix, by_prefix), own)
    counts = Counter({venue.venue_id: 0 for venue in problem.venues})
    counts.update(part.venue_id for booking in bookings for part in booking.guests)
    return {
        "avoidable": sum(booking.avoidable for booking in bookings),
        "mean_wait_min": round(sum(waited, timedelta()).total_seconds() / 60 / max(1, len(waited)), 1),
        "gini_by_seats": round(gini([counts[v.venue_id] / v.seats for v in problem.venues]), 3),
    }


def _by_telephone(problem: Problem) -> dict[str, Any]:
    """First come, first served on the same projects; each home telephones in its own province, nobody must cross."""
    by_prefix = prefixes_of(problem, 2)
    start = _cpu()
    plans = [
        first_come_first_served(homes_of(problem, prefix, by_prefix))
        for prefix in sorted(set(by_prefix.values()))
    ]
    spent = _cpu() - start
    bookings = [booking for plan in plans for booking in plan.bookings]
    unscheduled = len(problem.projects) - len(bookings)
    return {"cpu_seconds": round(spent, 1), "unscheduled": unscheduled, **_wishes(problem, bookings)}


def _cpu() -> float:
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def growth(rows: list[dict[str, Any]]) -> float | None:
    """The exponent of CPU time over projects, from the least squares line through the logarithms."""
    if len(rows) < 2:
        return None
    points = [(log(row["projects"]), log(row["cpu_seconds"])) for row in rows]
    x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def draw(rows: list[dict[str, Any]], exponent: float, file: Path) -> None:
    """CPU time over projects, both axes logarithmic, as SVG."""
    import matplotlib  # noqa: PLC0415 - only who draws needs it

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "yidi"
    from matplotlib import pyplot  # noqa: PLC0415

    figure, axes = pyplot.subplots(figsize=(6, 4))
    axes.loglog([row["projects"] for row in rows], [row["cpu_seconds"] for row in rows], "o-")
    axes.set_xlabel("projects")
    axes.set_ylabel("CPU seconds")
    axes.set_title(f"Planning by shards: CPU time grows as N^{exponent:.2f}")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def main() -> int:
    """Measure, write, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning.nation", description=__doc__)
    parser.add_argument("--provinces", type=int, nargs="+", default=[1, 3, 10, 31])
    parser.add_argument("--iterations", type=int, default=ITERATIONS, help="for each project")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    rows = []
    for provinces in options.provinces:
        rows.append(measure(provinces, options.iterations))
        print(json.dumps(rows[-1]), flush=True)
    exponent = growth(rows)
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "packages": {name: version(name) for name in ("ortools", "numpy")},
    }
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"machine": machine, "exponent": exponent, "rows": rows}, indent=1)
    (options.out / "nation.json").write_text(text + "\n", encoding="utf-8")
    columns = list(rows[0])
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(str(row[column]) for column in columns) + " |" for row in rows]
    note = "" if exponent is None else f"\nCPU time grows as N^{exponent:.3f}.\n"
    (options.out / "nation.md").write_text("\n".join(lines) + "\n" + note, encoding="utf-8")
    if exponent is not None:
        draw(rows, exponent, options.out / "nation.svg")
    flawed = any(row["violations"] for row in rows) or (exponent is not None and exponent > GROWTH)
    return 1 if flawed else 0


if __name__ == "__main__":
    sys.exit(main())
