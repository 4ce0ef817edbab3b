"""The plan's own figures: its cost worked out once more, its bound and its fingerprints."""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor

from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Problem
from scheduler.verification.plans.facts import Facts
from scheduler.verification.plans.violation import Violation


def account(problem: Problem, facts: Mapping[str, Facts], plan: Plan) -> Iterator[Violation]:
    """Cost, bound and digests are what they say."""
    if plan.problem_digest != problem.digest:
        yield Violation("the_plan_answers_the_problem", "", "another problem's digest")
    if plan.rules_digest != problem.rule_book.digest:
        yield Violation("the_plan_answers_the_problem", "", "another rule book's digest")
    cost = cost_of(problem, facts, plan)
    if cost != plan.cost:
        yield Violation("the_cost_is_as_stated", "", f"{plan.cost}, not {cost}")
    if plan.bound > cost:
        yield Violation("the_bound_is_below_the_cost", "", f"bound {plan.bound}, cost {cost}")


def cost_of(problem: Problem, facts: Mapping[str, Facts], plan: Plan) -> int:
    """The plan's cost on the scale of the wishes (docs/planning.md)."""
    wishes = problem.wishes
    total = wishes.unscheduled * len(plan.unscheduled)
    for booking in plan.bookings:
        fact = facts.get(booking.project_id)
        if fact is None or not booking.sessions:
            continue
        total += wishes.avoidable_split * (booking.split and fact.fits_opening_day())
        total += wishes.wait * fact.wait(problem, booking.start)
        if fact.rules.remote_guest_choice == "nearest":
            for part in booking.parts[1:]:
                total += wishes.distance * _tens_of_kilometres(problem, fact.home.venue_id, part.venue_id)
    return total + _support_cost(problem, plan) + _rotation_cost(problem, plan)


def _support_cost(problem: Problem, plan: Plan) -> int:
    venues = [venue for venue in problem.venues if venue.rooms]
    if not venues:
        return 0
    history = dict.fromkeys((venue.venue_id for venue in venues), 0)
    for past in problem.support_history:
        if past.venue_id in history:
            history[past.venue_id] += past.projects
    mean = Fraction(sum(venue.seats for venue in venues), len(venues))
    lowest = min(Fraction(history[venue.venue_id], venue.seats) for venue in venues)
    counts = Counter(part.venue_id for booking in plan.bookings for part in booking.parts[1:])
    total = 0
    for venue in venues:
        behind = min(Fraction(problem.wishes.catch_up), history[venue.venue_id] - lowest * venue.seats)
        for nth in range(1, counts[venue.venue_id] + 1):
            share = (2 * (nth + behind) - 1) * mean / venue.seats
            total += problem.wishes.support * floor(share + Fraction(1, 2))
    return total


def _rotation_cost(problem: Problem, plan: Plan) -> int:
    venues = sorted(venue.venue_id for venue in problem.venues if venue.rooms)
    met: Counter[tuple[str, str]] = Counter()
    for past in problem.pair_history:
        met[past.home, past.guest] += past.projects
    pairs = Counter((b.parts[0].venue_id, part.venue_id) for b in plan.bookings for part in b.parts[1:])
    known = {home for home, _ in met}
    total = 0
    for (home, guest), count in pairs.items():
        lowest = 0
        if home in known:
            lowest = min((met[home, other] for other in venues if other != home), default=0)
        before = min(problem.wishes.catch_up, max(0, met[home, guest] - lowest))
        total += problem.wishes.rotation * sum(before + nth for nth in range(count))
    return total


def _tens_of_kilometres(problem: Problem, home: str, guest: str) -> int:
    known = {entry.guest: entry.kilometres for entry in problem.distances if entry.home == home}
    return known.get(guest, max(known.values(), default=0)) // 10
