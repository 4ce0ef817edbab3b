"""`python -m benchmarks.planning.real_days [DATE or MONTH…]`: real openings, against first come first served.

Reads `../shared/data/odisha_openings.csv` and `odisha_organisations.csv` beside the checkout (not ours to ship).
Without arguments: the twelve days with most openings or most sections, and two whole months. Writes real_days.json,
real_days.md and real_days.svg into results; fails when a plan breaks a rule.

Each organisation that opens bids in the window is a home with a venue of its own, which is a guest of the others. What
the data lack is assumed: a venue has a room for every two openings of its busiest day in the file, at least one and at
most four, with 9, 7, 7 and 5 seats; it is open from 09:00 to 22:00; its region is the circle (second level) in the
organisation's chain; panels have four experts and one owner's representative; weekends alone are days off.
"""

import argparse
import csv
import json
import os
import sys
import time as clock
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from benchmarks.planning.apart import cpu_seconds
from benchmarks.planning.figures import figures, machine, table
from benchmarks.planning.plots import bars
from scheduler.planning import Budget, Plan, Problem, first_come_first_served
from scheduler.planning.cores import solve_on
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Room, Venue

HERE = Path(__file__).parent
DATA = HERE.parents[1] / ".." / "shared" / "data"
KINDS = {"W": Category.WORKS, "G": Category.GOODS, "S": Category.SERVICES}
MONTHS = ("2024-02", "2025-11")
PLANNERS = ("yidi", "first come first served")
DAYS = 6
"""Days with most openings, and as many with most sections."""
SEATS = (9, 7, 7, 5)
CALENDAR = WorkCalendar(frozenset(), frozenset(), (date.min, date.max))
CORES = 2
HOUR = timedelta(hours=1)
OPEN_HOURS = 13


@dataclass(frozen=True, slots=True)
class Opening:
    """One row of the data."""

    notice: str
    at: datetime
    category: Category
    organisation: str
    sections: int
    bids: int


def openings() -> list[Opening]:
    """The openings with at least one section; a notice that opens more than once is numbered from its second on."""
    seen: Counter[str] = Counter()
    with (DATA / "odisha_openings.csv").open(encoding="utf-8") as lines:
        return [
            Opening(
                notice=_named(row["notice"], seen),
                at=datetime.fromisoformat(row["opening_at"]).replace(tzinfo=ZONE),
                category=KINDS[row["category"]],
                organisation=row["org_id"],
                sections=int(row["sections"]),
                bids=int(row["bidders"] or 0),
            )
            for row in csv.DictReader(lines)
            if int(row["sections"] or 0)
        ]


def _named(notice: str, seen: Counter[str]) -> str:
    seen[notice] += 1
    return notice if seen[notice] == 1 else f"{notice}-{seen[notice]}"


def regions() -> dict[str, str]:
    """A code of the form of GB/T 2260 for the circle of each organisation."""
    with (DATA / "odisha_organisations.csv").open(encoding="utf-8") as lines:
        circles = {
            row["org_id"]: tuple(part.strip() for part in row["chain"].split("||")[:2])
            for row in csv.DictReader(lines)
        }
    numbers = {circle: nth for nth, circle in enumerate(sorted(set(circles.values())))}
    return {org: f"53{numbers[c] // 90 + 1:02d}{numbers[c] % 90 + 1:02d}" for org, c in circles.items()}


def problem_of(window: str, rows: list[Opening], places: dict[str, str]) -> Problem:
    """The openings of the day, or of the month, with their organisations as homes."""
    peaks: Counter[str] = Counter()
    for (org, _), count in Counter((row.organisation, row.at.date()) for row in rows).items():
        peaks[org] = max(peaks[org], count)
    inside = [row for row in rows if row.at.date().isoformat().startswith(window)]
    venues = tuple(
        Venue(
            venue_id=f"V{org:>04}",
            centre_id=f"C{org:>04}",
            name=f"Organisation {org}",
            region=places[org],
            rooms=tuple(
                Room(f"V{org:>04}-{nth}", SEATS[nth]) for nth in range(min(4, max(1, -(-peaks[org] // 2))))
            ),
            opens=time(9),
        )
        for org in sorted({row.organisation for row in inside})
    )
    return Problem(tuple(_project(row, places) for row in inside), venues, CALENDAR, default_rule_book())


def _project(row: Opening, places: dict[str, str]) -> Project:
    counts = (row.bids // row.sections + (nth < row.bids % row.sections) for nth in range(row.sections))
    return Project(
        project_id=row.notice,
        name=row.notice,
        kind=ProcurementKind.CONSTRUCTION,
        category=row.category,
        home=f"V{row.organisation:>04}",
        region=places[row.organisation],
        opening_at=row.at,
        sections=tuple(Section(str(nth), count) for nth, count in enumerate(counts)),
        specialties=((Requirement(frozenset({"A08"})), 4),),
    )


def utilisation(problem: Problem, plan: Plan) -> float:
    """The share of the rooms' open hours that is booked, on the days on which there are openings."""
    days = {project.opening_at.date() for project in problem.projects}
    rooms = sum(len(venue.rooms) for venue in problem.venues)
    held = sum(
        (
            (session.end - session.start) * len(booking.parts)
            for booking in plan.bookings
            for session in booking.sessions
            if session.start.date() in days
        ),
        timedelta(),
    )
    return round(held / HOUR / (rooms * OPEN_HOURS * len(days)), 3)


def proven(row: dict[str, Any]) -> str:
    """What the bound proves of a plan, and no more: how far its cost may lie above the least possible."""
    if row["cost"] > row["bound"]:
        return f"at most {row['gap']:.1%} of the cost too much"
    return "best" if not row["unscheduled"] and not row["avoidable"] else "no plan costs less"


def measure(window: str, problem: Problem, iterations: int) -> Iterator[dict[str, Any]]:
    """The rows of one window: Yidi first, for its bound holds for the telephone too."""
    planners: tuple[tuple[str, Callable[[Problem], Plan]], ...] = (
        (PLANNERS[0], lambda asked: solve_on(CORES, asked, Budget(iterations))),
        (PLANNERS[1], first_come_first_served),
    )
    bound = None
    for name, planner in planners:
        start, cpu = clock.perf_counter(), cpu_seconds()
        plan = planner(problem)
        cpu, seconds = cpu_seconds() - cpu, clock.perf_counter() - start
        bound = plan.bound if bound is None else bound
        row = {
            "window": window,
            "planner": name,
            "projects": len(problem.projects),
            "sections": sum(len(project.sections) for project in problem.projects),
            "venues": len(problem.venues),
            "rooms": sum(len(venue.rooms) for venue in problem.venues),
            "utilisation": utilisation(problem, plan),
            **figures(problem, plan, bound),
        }
        yield row | {"proven": proven(row), "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1)}


def summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The single days together, and each month: what planner and telephone make of the same openings."""
    found = []
    for group, chosen in _groups(rows):
        for planner in PLANNERS:
            own = [row for row in chosen if row["planner"] == planner]
            booked = [row["projects"] - row["unscheduled"] for row in own]
            waited = sum(row["mean_wait_min"] * count for row, count in zip(own, booked, strict=True))
            found.append(
                {
                    "input": group,
                    "planner": planner,
                    "projects": sum(row["projects"] for row in own),
                    "unscheduled": sum(row["unscheduled"] for row in own),
                    "avoidable": sum(row["avoidable"] for row in own),
                    "mean_wait_min": round(waited / max(1, sum(booked)), 1),
                    "gini_by_seats": _range([row["gini_by_seats"] for row in own]),
                    "utilisation": _range([row["utilisation"] for row in own]),
                    "best or cheapest": f"{sum(row['cost'] == row['bound'] for row in own)} of {len(own)}",
                    "violations": sum(row["violations"] for row in own),
                }
            )
    return found


def _groups(rows: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    days = [row for row in rows if len(row["window"]) > len(MONTHS[0])]
    if days:
        yield f"{len(days) // len(PLANNERS)} days", days
    for month in dict.fromkeys(row["window"] for row in rows if row not in days):
        yield month, [row for row in rows if row["window"] == month]


def _range(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low}" if low == high else f"{low} to {high}"


def busiest(rows: list[Opening]) -> list[str]:
    """The days with most openings, and those with most sections, by date."""
    opened = Counter(row.at.date().isoformat() for row in rows)
    sections = Counter[str]()
    for row in rows:
        sections[row.at.date().isoformat()] += row.sections
    most = sorted(opened, key=lambda day: (-opened[day], day))[:DAYS]
    others = sorted((day for day in sections if day not in most), key=lambda day: (-sections[day], day))
    return sorted([*most, *others[:DAYS]])


def main() -> int:
    """Plan, write, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning.real_days", description=__doc__)
    parser.add_argument("windows", nargs="*", metavar="DATE or MONTH")
    parser.add_argument("--iterations", type=int, default=8_000)
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    read, places = openings(), regions()
    rows: list[dict[str, Any]] = []
    loads = [os.getloadavg()[0]]
    for window in options.windows or [*busiest(read), *MONTHS]:
        rows += measure(window, problem_of(window, read, places), options.iterations)
        loads.append(os.getloadavg()[0])
        print(table(rows[-2:]), flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    about = {"machine": machine(*loads), "iterations": options.iterations}
    text = json.dumps({**about, "rows": rows}, indent=1)
    (options.out / "real_days.json").write_text(text + "\n", encoding="utf-8")
    (options.out / "real_days.md").write_text(table(summary(rows)) + "\n" + table(rows), encoding="utf-8")
    shown = [("avoidable", "avoidable splits"), ("mean_wait_min", "mean wait, minutes")]
    shown += [("gini_by_seats", "Gini of supports by seats"), ("utilisation", "utilisation")]
    bars(rows, "window", shown, PLANNERS, options.out / "real_days.svg")
    return 1 if any(row["violations"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
