"""Rules on what evaluations share: rooms, experts, guests."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from math import ceil

from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Problem
from scheduler.verification.plans.facts import Facts, local
from scheduler.verification.plans.shape import is_elsewhere
from scheduler.verification.plans.violation import Violation

Use = tuple[datetime, datetime, str]


def room_times(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """At any moment a room holds one session, and none while it is committed or blocked.

    Uses are compared with every later one that starts before they end: that lists each clash once.
    """
    for (_, room_id), entries in sorted(_uses(problem, plan).items()):
        entries.sort()
        for nth, (start, end, project_id) in enumerate(entries):
            for later_start, _, other in entries[nth + 1 :]:
                if later_start >= end:
                    break
                if project_id or other:
                    yield Violation(
                        "a_room_holds_one_session",
                        project_id or other,
                        f"{room_id} from {max(start, later_start)}: {other or 'taken or blocked'}",
                    )


def _uses(problem: Problem, plan: Plan) -> dict[tuple[str, str], list[Use]]:
    """Every use of every room; those that are not of this plan have no project."""
    uses: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for booking in plan.bookings:
        for part in booking.parts:
            for session in booking.sessions:
                uses[part.venue_id, part.room_id].append((session.start, session.end, booking.project_id))
    for taken in problem.commitments:
        uses[taken.venue_id, taken.room_id].append((taken.start, taken.end, ""))
    for venue in problem.venues:
        for block in venue.blocked:
            for room in venue.rooms:
                if block.room_id in (None, room.room_id):
                    uses[venue.venue_id, room.room_id].append((block.start, block.end, ""))
    return uses


def supply(problem: Problem, facts: Mapping[str, Facts], plan: Plan) -> Iterator[Violation]:
    """On each day no region seats more experts of a specialty, or in all, than it can supply.

    This rule and the two below do not blame what had begun before they came to bind.
    """
    region = {venue.venue_id: venue.region for venue in problem.venues}
    used: Counter[tuple[str, frozenset[str], date]] = Counter()
    free = set[tuple[str, frozenset[str], date]]()
    held = {booking.project_id for booking in problem.begun}
    for booking in plan.bookings:
        if booking.project_id not in facts:
            continue
        days = {local(session.start)[0] for session in booking.sessions}
        for demand in facts[booking.project_id].demands:
            if demand.place < len(booking.parts):
                where = region.get(booking.parts[demand.place].venue_id, "")
                for day in days:
                    for codes in (demand.requirement.codes, frozenset[str]()):
                        used[where, codes, day] += demand.seats
                        if booking.project_id not in held:
                            free.add((where, codes, day))
    known: dict[tuple[str, frozenset[str], date | None], int] = {}
    for row in problem.supply:
        key = (row.region, row.codes, row.day)
        known[key] = min(row.experts, known.get(key, row.experts))
    for (where, codes, day), seats in sorted(used.items(), key=_by_place):
        limit = known.get((where, codes, day), known.get((where, codes, None)))
        if limit is not None and seats > limit and (where, codes, day) in free:
            names = ", ".join(sorted(codes)) or "all specialties"
            yield Violation(
                "regions_supply_their_experts", "", f"{where} on {day}: {seats} of {limit}, {names}"
            )


def _by_place(item: tuple[tuple[str, frozenset[str], date], int]) -> tuple[str, list[str], date]:
    (where, codes, day), _ = item
    return where, sorted(codes), day


def pair_shares(problem: Problem, facts: Mapping[str, Facts], plan: Plan) -> Iterator[Violation]:
    """No guest has more than its share of a home's supports in the window (remote.pair_share_max).

    The share is never less than an even one among the venues that may be guests, and rounds up.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    planned: Counter[tuple[str, str]] = Counter()
    for past in problem.pair_history:
        pairs[past.home, past.guest] += past.projects
    held = {booking.project_id for booking in problem.begun}
    open_ = set[tuple[str, str]]()
    for booking in plan.bookings:
        for part in booking.parts[1:]:
            planned[booking.parts[0].venue_id, part.venue_id] += 1
            if booking.project_id not in held:
                open_.add((booking.parts[0].venue_id, part.venue_id))
    at_home: dict[str, list[Facts]] = defaultdict(list)
    for fact in facts.values():
        if fact.remote:
            at_home[fact.home.venue_id].append(fact)
    limits = {home: pair_limit(problem, at_home[home], home) for home in {home for home, _ in planned}}
    for (home, guest), count in sorted(planned.items()):
        total = pairs[home, guest] + count
        limit = limits[home]
        if total > limit and (home, guest) in open_:
            yield Violation("no_pair_meets_too_often", "", f"{home} and {guest}: {total} of at most {limit}")


def pair_limit(problem: Problem, own: list[Facts], home: str) -> int:
    """How many supports one guest may give to a home with these remote projects, history included."""
    if not own:
        return 0
    supports = sum(fact.project.guest_count for fact in own)
    supports += sum(past.projects for past in problem.pair_history if past.home == home)
    supports += problem.withdrawn.count(home)
    able = sum(
        bool(venue.rooms)
        and venue.venue_id != home
        and any(is_elsewhere(fact.home, venue, fact.rules.remote_guest_scope) for fact in own)
        for venue in problem.venues
    )
    share = min(fact.rules.remote_pair_share_max for fact in own)
    return max(1, ceil(max(share, Fraction(1, max(1, able))) * supports))


def quotas(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """No more projects of one region have guests in another than their quota."""
    region = {venue.venue_id: venue.region for venue in problem.venues}
    for quota in problem.quotas:
        crossing = sum(
            bool(booking.parts)
            and region.get(booking.parts[0].venue_id, "").startswith(quota.home_region)
            and any(region.get(p.venue_id, "").startswith(quota.guest_region) for p in booking.parts[1:])
            for booking in plan.bookings
        )
        if crossing > quota.projects and len(plan.bookings) > len(problem.begun):
            yield Violation(
                "quotas_hold",
                "",
                f"{quota.home_region} to {quota.guest_region}: {crossing} of {quota.projects}",
            )
