"""The independent checker of plans: every violation of every rule, from the plain plan.

It shares no code with the planner: no slots, no search, its own arithmetic of working days, breaks and costs.
"""

from collections.abc import Iterator

from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Problem
from scheduler.verification.plans import account, capacity, shape, times
from scheduler.verification.plans.facts import Facts, facts_of
from scheduler.verification.plans.violation import Violation

__all__ = ["Violation", "verify_plan"]


def verify_plan(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every way in which the plan breaks the rules; empty means sound."""
    return tuple(_violations(problem, plan))


def _violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    facts: dict[str, Facts] = {}
    hopeless: dict[str, str] = {}
    for project in problem.projects:
        fact = facts_of(problem, project)
        if isinstance(fact, Facts):
            facts[project.project_id] = fact
        else:
            hopeless[project.project_id] = fact
    yield from shape.answers(problem, plan)
    yield from shape.begun(problem, plan)
    for booking in plan.bookings:
        if booking.project_id in hopeless:
            yield Violation(
                "only_lawful_projects_are_booked", booking.project_id, hopeless[booking.project_id]
            )
        if booking.project_id not in facts:
            continue
        fact = facts[booking.project_id]
        yield from shape.places(problem, fact, booking)
        yield from shape.rooms(problem, fact, booking)
        yield from times.starts(fact, booking)
        yield from times.hours(problem, fact, booking)
        yield from times.split(problem, fact, booking)
        yield from times.sessions(problem, fact, booking)
    yield from capacity.room_times(problem, plan)
    yield from capacity.supply(problem, facts, plan)
    yield from capacity.pair_shares(problem, facts, plan)
    yield from capacity.quotas(problem, plan)
    yield from account.account(problem, facts, plan)
