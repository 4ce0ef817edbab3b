"""What is reported of a plan, worked out from the plan and the problem alone."""

import os
import platform
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from importlib.metadata import version
from typing import Any

from scheduler.planning import Booking, Plan, Problem
from scheduler.planning.board import compile_board
from scheduler.verification.plans import verify_plan


def gini(values: list[float] | list[int]) -> float:
    """The Gini coefficient: 0 when all are equal."""
    ordered, total = sorted(values), sum(values)
    if not total:
        return 0.0
    weighted = sum((2 * nth - len(ordered) - 1) * value for nth, value in enumerate(ordered, start=1))
    return weighted / (len(ordered) * total)


def waits(problem: Problem, bookings: Iterable[Booking]) -> list[timedelta]:
    """For each booking the working time between the earliest possible start and the planned one."""
    board = compile_board(problem)
    index = {task.project_id: nth for nth, task in enumerate(board.tasks)}
    found = []
    for booking in bookings:
        nth = index[booking.project_id]
        task = board.tasks[nth]
        slot = board.axis.slot_at(booking.start)
        if slot >= 0:
            surcharge = problem.wishes.avoidable_split * booking.avoidable
            steps = (board.price(task, slot) - surcharge) // max(1, problem.wishes.wait)
            found.append(timedelta(minutes=steps * task.brief.shifts.grid))
    return found


def figures(problem: Problem, plan: Plan, bound: int) -> dict[str, Any]:
    """Cost, gap to a bound, splits, waits, balance, and how many rules the checker finds broken."""
    minutes = sorted(wait.total_seconds() / 60 for wait in waits(problem, plan.bookings)) or [0.0]
    counts = Counter({venue.venue_id: 0 for venue in problem.venues if venue.rooms})
    counts.update(part.venue_id for booking in plan.bookings for part in booking.guests)
    seats = {venue.venue_id: venue.seats for venue in problem.venues}
    return {
        "cost": plan.cost,
        "bound": bound,
        "gap": round(max(0, plan.cost - bound) / plan.cost, 4) if plan.cost else 0.0,
        "unscheduled": len(plan.unscheduled),
        "split": sum(booking.split for booking in plan.bookings),
        "avoidable": sum(booking.avoidable for booking in plan.bookings),
        "mean_wait_min": round(sum(minutes) / len(minutes), 1),
        "p95_wait_min": round(minutes[int(0.95 * (len(minutes) - 1))]),
        "supports_min": min(counts.values(), default=0),
        "supports_max": max(counts.values(), default=0),
        "gini_counts": round(gini(list(counts.values())), 3),
        "gini_by_seats": round(gini([count / seats[venue] for venue, count in counts.items()]), 3),
        "violations": len(verify_plan(problem, plan)),
    }


def table(rows: list[dict[str, Any]], columns: list[str] | None = None) -> str:
    """The rows in Markdown; what a row does not have is a dash."""
    columns = columns or list(rows[0])
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = ("–" if row.get(column) is None else str(row[column]) for column in columns)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def machine(*loads: float) -> dict[str, Any]:
    """What the figures were measured on, and how busy it was with other things at these moments."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in loads],
        "packages": {name: version(name) for name in ("ortools", "numpy")},
    }
