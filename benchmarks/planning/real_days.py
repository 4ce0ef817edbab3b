"""`python -m benchmarks.planning.real_days [DATE...]`: real openings on a made-up prefecture, against the telephone.

Reads `../shared/data/odisha_openings.csv` beside the checkout (not ours to ship). Each organisation's home is
venue `org_id modulo 11`. Without dates: the ten days with most sections, and two whole months.
"""

import csv
import sys
import time as clock
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.planning.instances import CALENDAR, Shape, make
from scheduler.planning import Budget, Plan, Problem, first_come_first_served, solve
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import default_rule_book
from scheduler.timeline import ZONE
from scheduler.verification.plans import verify_plan

FILE = Path(__file__).parents[2] / ".." / "shared" / "data" / "odisha_openings.csv"
KINDS = {"W": Category.WORKS, "G": Category.GOODS, "S": Category.SERVICES}
MONTHS = ("2024-02", "2025-11")
PREFECTURE = make(Shape(1, 11, (2, 4), seed=7)).venues


def openings() -> dict[str, list[Project]]:
    """The projects of each day in the file."""
    days: dict[str, list[Project]] = {}
    with FILE.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            home = PREFECTURE[int(row["org_id"]) % len(PREFECTURE)]
            sections, bids = int(row["sections"] or 0), int(row["bidders"] or 0)
            if sections < 1:
                continue
            project = Project(
                project_id=row["notice"],
                name=row["notice"],
                kind=ProcurementKind.CONSTRUCTION,
                category=KINDS[row["category"]],
                home=home.venue_id,
                region=home.region,
                opening_at=datetime.fromisoformat(row["opening_at"]).replace(tzinfo=ZONE),
                sections=tuple(
                    Section(str(nth), bids // sections + (nth < bids % sections)) for nth in range(sections)
                ),
                specialties=((Requirement(frozenset({"A08"})), 4),),
            )
            days.setdefault(row["opening_at"][:10], []).append(project)
    return days


def problem_of(projects: list[Project]) -> Problem:
    """Those projects at the eleven venues."""
    return Problem(tuple(projects), PREFECTURE, CALENDAR, default_rule_book())


def line(name: str, who: str, problem: Problem, plan: Plan, seconds: float) -> str:
    """The figures of one plan."""
    hours = sum(
        ((s.end - s.start) * len(b.parts) for b in plan.bookings for s in b.sessions), timedelta()
    ) / timedelta(hours=1)
    counts = Counter(part.venue_id for booking in plan.bookings for part in booking.guests)
    return (
        f"{name} {who}: {len(problem.projects)} projects, {hours:.0f} room hours, "
        f"{len(plan.unscheduled)} unscheduled, {sum(b.split for b in plan.bookings)} split, "
        f"{sum(b.avoidable for b in plan.bookings)} avoidably, supports {min(counts.values(), default=0)} to "
        f"{max(counts.values(), default=0)}, cost {plan.cost}, bound {plan.bound}, "
        f"{len(verify_plan(problem, plan))} violations, {seconds:.1f} s"
    )


def main() -> int:
    """Plan and print."""
    days = openings()
    busiest = sorted(days, key=lambda day: (-sum(len(p.sections) for p in days[day]), day))[:10]
    names = sys.argv[1:] or [*busiest, *MONTHS]
    for name in names:
        problem = problem_of([p for day, projects in days.items() if day.startswith(name) for p in projects])
        for who, planner in (
            ("telephone", first_come_first_served),
            ("yidi", lambda p: solve(p, Budget(4_000))),
        ):
            start = clock.perf_counter()
            plan = planner(problem)
            assert isinstance(plan, Plan)
            print(line(name, who, problem, plan, clock.perf_counter() - start), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
