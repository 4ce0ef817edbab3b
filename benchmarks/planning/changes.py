"""`python -m benchmarks.planning.changes [--each N]`: how fast changes of a published plan are answered, and explained.

The plan is that of province-day (400 projects, 140 venues), and it is noon: what has started by then stays. Every
kind of change comes as often as asked, drawn with a fixed seed among all to which it can happen. Reported are
processor and wall seconds of `replan` and of `explain`, how many bookings moved, and how many of them made way: they
were still legal where they were. Suspended is what had begun in a place that is gone. Writes changes.json and
changes.md into results, and fails when a plan breaks a rule, a new project moves anybody, or an overrun of 60 minutes
moves more than three.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Any, TypeVar

from benchmarks.planning.figures import machine, table
from benchmarks.planning.instances import MONDAY, instance
from scheduler.planning import (
    Booking,
    Cancelled,
    Change,
    GuestRefused,
    NewProject,
    Offline,
    OpeningPostponed,
    Overrun,
    Plan,
    Problem,
    Supply,
    SupplyDropped,
    moved,
    problem_after,
    replan,
    solve,
)
from scheduler.planning.board import compile_board
from scheduler.planning.chance import Chance
from scheduler.planning.changes.replan import draft_of
from scheduler.planning.explain import explain
from scheduler.timeline import ZONE
from scheduler.verification.plans import verify_plan

HERE = Path(__file__).parent
NAME = "province-day"
NOON = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 12, tzinfo=ZONE)
TONIGHT = NOON + timedelta(hours=10)
MOST_MOVED = {"new project": 0, "overrun by 60 min": 3}
SEED = 400
T = TypeVar("T")


Drawn = Callable[[Chance], Change]


def kinds(problem: Problem, plan: Plan) -> dict[str, Drawn]:
    """Each kind of change, as one drawn among all to which it can happen at noon."""
    coming = [booking for booking in plan.bookings if booking.start > NOON]
    remote = [booking for booking in coming if booking.guests]
    return {
        "new project": _new(problem),
        "cancelled": lambda chance: Cancelled(_one_of(coming, chance).project_id),
        "overrun by 60 min": _overrun(problem, plan),
        "room offline": lambda chance: _offline(_one_of(coming, chance), chance, whole=False),
        "venue offline": lambda chance: _offline(_one_of(coming, chance), chance, whole=True),
        "guest refuses": lambda chance: _refused(_one_of(remote, chance)),
        "guest does not answer": lambda chance: _refused(_one_of(remote, chance)),
        "supply drops": _dropped(problem, plan, remote),
        "opening postponed": _postponed(problem, coming),
    }


def _one_of(values: Sequence[T], chance: Chance) -> T:
    return values[chance.below(len(values))]


def _new(problem: Problem) -> Drawn:
    later = [project for project in problem.projects if project.opening_at >= NOON]

    def change(chance: Chance) -> Change:
        home = _one_of(problem.venues, chance)
        like = _one_of(later, chance)
        return NewProject(replace(like, project_id="NEW", home=home.venue_id, region=home.region))

    return change


def _overrun(problem: Problem, plan: Plan) -> Drawn:
    work = {task.project_id: timedelta(minutes=task.brief.work) for task in compile_board(problem).tasks}
    running = [booking.project_id for booking in plan.bookings if booking.start <= NOON < booking.end]

    def change(chance: Chance) -> Change:
        project_id = _one_of(running, chance)
        return Overrun(project_id, work[project_id] + timedelta(minutes=60))

    return change


def _offline(booking: Booking, chance: Chance, whole: bool) -> Change:
    """A room or a venue that somebody is to use is out for the rest of the day."""
    part = _one_of(booking.parts, chance)
    return Offline(part.venue_id, None if whole else part.room_id, NOON, TONIGHT, "power cut")


def _refused(booking: Booking) -> Change:
    return GuestRefused(booking.project_id, booking.guests[0].venue_id)


def _dropped(problem: Problem, plan: Plan, remote: Sequence[Booking]) -> Drawn:
    """The region of a guest has fewer experts left than are booked there: somebody has to go elsewhere."""
    region = {venue.venue_id: venue.region for venue in problem.venues}
    booked: Counter[str] = Counter()
    for booking in plan.bookings:
        if booking.start.date() == MONDAY:
            for part in booking.parts:
                booked[region[part.venue_id]] += part.experts

    def change(chance: Chance) -> Change:
        there = region[_one_of(remote, chance).guests[0].venue_id]
        return SupplyDropped(Supply(there, frozenset(), max(0, booked[there] - 1), MONDAY))

    return change


def _postponed(problem: Problem, coming: Sequence[Booking]) -> Drawn:
    opening = {project.project_id: project.opening_at for project in problem.projects}

    def change(chance: Chance) -> Change:
        """To an hour later, or to the next day."""
        project_id = _one_of(coming, chance).project_id
        later = timedelta(hours=_one_of((1, 24), chance))
        return OpeningPostponed(project_id, max(opening[project_id], NOON) + later)

    return change


def answered(problem: Problem, plan: Plan, change: Change) -> dict[str, Any]:
    """One change: what its answer took, whom it moved, and what the checker says."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = replan(problem, plan, change, NOON)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    after = problem_after(problem, plan, change, NOON)
    draft, displaced, suspended = draft_of(after, plan, NOON)
    about = {getattr(change, "project_id", "")}
    forced = {draft.board.tasks[nth].project_id for nth in displaced} | suspended | draft.board.begun | about
    gone = {miss.project_id for miss in answer.unscheduled} - {miss.project_id for miss in plan.unscheduled}
    others = set(moved(plan, answer)) - about
    return {
        "cpu": cpu,
        "wall": wall,
        "moved": len(others),
        "made_way": len(others - forced),
        "suspended": len(gone & suspended),
        "left out": len(gone - suspended),
        "violations": len(verify_plan(after, answer)),
    }


def measured(problem: Problem, plan: Plan, each: int) -> list[dict[str, Any]]:
    """For each kind of change the median and the most of what its answers took."""
    rows = []
    for number, (kind, draw) in enumerate(kinds(problem, plan).items()):
        chance = Chance(SEED + number)
        rows.append({"kind": kind, **_summed([answered(problem, plan, draw(chance)) for _ in range(each)])})
    return rows


def explained(problem: Problem, plan: Plan, each: int) -> dict[str, Any]:
    """What explanations take: of all avoidable splits and who is left out, and of others drawn by chance."""
    ids = [miss.project_id for miss in plan.unscheduled]
    ids += [booking.project_id for booking in plan.bookings if booking.avoidable]
    others = [booking.project_id for booking in plan.bookings if not booking.avoidable]
    Chance(SEED).shuffle(others)
    taken = []
    for project_id in [*ids, *others][: max(each, len(ids))]:
        wall, cpu = time.perf_counter(), time.process_time()
        found = explain(problem, plan, project_id)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        taken.append({"cpu": cpu, "wall": wall, "helps": len(found.helps)})
    return {"kind": "explain", **_summed(taken)}


def _summed(taken: list[dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {"count": len(taken)}
    for name in ("cpu", "wall"):
        seconds = [one[name] for one in taken]
        row |= {f"{name}_median_s": round(median(seconds), 3), f"{name}_max_s": round(max(seconds), 3)}
    for name in ("moved", "made_way"):
        if name in taken[0]:
            row[f"{name}_mean"] = round(mean(one[name] for one in taken), 2)
            row[f"{name}_max"] = max(one[name] for one in taken)
    for name in ("suspended", "left out", "violations"):
        if name in taken[0]:
            row[name] = sum(one[name] for one in taken)
    return row


def flaws(rows: list[dict[str, Any]]) -> list[str]:
    """Broken rules, and changes that move more bookings than they may."""
    found = []
    for row in rows:
        most = MOST_MOVED.get(row["kind"])
        if row.get("violations"):
            found.append(f"{row['kind']}: {row['violations']} violations")
        if most is not None and row["moved_max"] > most:
            found.append(f"{row['kind']}: moved {row['moved_max']} others, at most {most} are allowed")
    return found


def main() -> int:
    """Plan, change, write, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning.changes", description=__doc__)
    parser.add_argument("--each", type=int, default=20, help="changes of each kind, and explanations")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    problem = instance(NAME)
    plan = solve(problem)
    rows = [*measured(problem, plan, options.each), explained(problem, plan, 2 * options.each)]
    text = table(rows, list(rows[0]))
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    about = {"instance": NAME, "machine": machine(load)}
    (options.out / "changes.json").write_text(
        json.dumps({**about, "rows": rows}, indent=1) + "\n", encoding="utf-8"
    )
    (options.out / "changes.md").write_text(text, encoding="utf-8")
    found = flaws(rows)
    print("\n".join(found) or "every answer is legal and moves no more than it may", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
