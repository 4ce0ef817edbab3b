"""Rules on who is booked where: answers, places, guests, rooms, seats."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from scheduler.planning.outcome import Booking, Part, Plan, Side
from scheduler.planning.problem import Problem
from scheduler.venues import Room, Venue
from scheduler.verification.plans.facts import Facts
from scheduler.verification.plans.violation import Violation


def answers(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Each project is booked or unscheduled with a code and a reason, once, and nothing else is."""
    asked = {project.project_id for project in problem.projects}
    given = Counter(booking.project_id for booking in plan.bookings)
    given.update(miss.project_id for miss in plan.unscheduled)
    for project_id in sorted(asked - set(given)):
        yield Violation("every_project_is_answered_once", project_id, "no answer")
    for project_id, times in sorted(given.items()):
        if project_id not in asked:
            yield Violation("every_project_is_answered_once", project_id, "not in the problem")
        if times > 1:
            yield Violation("every_project_is_answered_once", project_id, f"{times} answers")
    for miss in plan.unscheduled:
        if not miss.code or not miss.reason:
            yield Violation("the_unscheduled_carry_reasons", miss.project_id, "no reason")


def begun(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """What has begun keeps its rooms and its start, or is named as suspended.

    It began once, and no two began in one room at the same moment.
    """
    now = {booking.project_id: booking for booking in plan.bookings}
    named = {miss.project_id for miss in plan.unscheduled}
    for booking in problem.begun:
        kept = now.get(booking.project_id)
        if kept is None:
            if booking.project_id not in named:
                yield Violation("what_has_begun_stays", booking.project_id, "is gone")
        elif kept.parts != booking.parts or not kept.sessions or kept.start != booking.start:
            yield Violation("what_has_begun_stays", booking.project_id, "has other rooms or another start")
    began: dict[tuple[str, str, datetime], str] = {}
    whole = {booking.project_id: booking for booking in problem.begun}
    for booking in problem.begun:
        if whole[booking.project_id] != booking:
            yield Violation("what_has_begun_stays", booking.project_id, "began at two places")
        for part in booking.parts:
            other = began.setdefault((part.venue_id, part.room_id, booking.start), booking.project_id)
            if other != booking.project_id:
                yield Violation(
                    "a_room_holds_one_session", booking.project_id, f"{part.room_id}: {other} began there too"
                )


def places(problem: Problem, facts: Facts, booking: Booking) -> Iterator[Violation]:
    """Home first and at the project's home; as many guests as the rules ask, each in another region, once."""
    project_id, project = booking.project_id, facts.project
    if not booking.parts or booking.parts[0].side is not Side.HOME:
        yield Violation("home_is_first", project_id, "the first part is not the home")
        return
    if booking.parts[0].venue_id != project.home:
        yield Violation("home_is_first", project_id, f"home is {booking.parts[0].venue_id}")
    wanted = project.guest_count if facts.remote else 0
    if len(booking.parts) - 1 != wanted:
        yield Violation(
            "guests_are_as_many_as_asked", project_id, f"{len(booking.parts) - 1} guests, not {wanted}"
        )
    venues = {venue.venue_id: venue for venue in problem.venues}
    ids = [part.venue_id for part in booking.parts]
    if len(set(ids)) < len(ids):
        yield Violation("a_venue_is_one_place", project_id, "a venue comes twice")
    refused = {entry.venue_id for entry in problem.refusals if entry.project_id == project_id}
    for part in booking.parts[1:]:
        if part.venue_id in refused:
            yield Violation("guests_have_not_refused", project_id, part.venue_id)
        if part.side is not Side.GUEST:
            yield Violation("home_is_first", project_id, f"{part.venue_id} is not a guest part")
        guest = venues.get(part.venue_id)
        if guest is not None and not is_elsewhere(facts.home, guest, facts.rules.remote_guest_scope):
            yield Violation("guests_are_elsewhere", project_id, f"{guest.venue_id} is in {guest.region}")


def is_elsewhere(home: Venue, guest: Venue, scope: str) -> bool:
    """Whether the guest lies in another county, or where the rules say so in another prefecture."""
    if scope == "other_prefecture":
        return home.region[:4] != guest.region[:4]
    return home.region != guest.region


def rooms(problem: Problem, facts: Facts, booking: Booking) -> Iterator[Violation]:
    """Each part sits in a known room with enough seats and the equipment, with the seats the panel asks."""
    for place, part in enumerate(booking.parts):
        room = room_of(problem, part)
        if room is None:
            yield Violation("rooms_exist", booking.project_id, f"{part.venue_id} has no {part.room_id}")
            continue
        seats, experts = facts.seats(place)
        if (part.seats, part.experts) != (seats, experts):
            yield Violation(
                "seats_follow_the_panel",
                booking.project_id,
                f"{part.seats} seats with {part.experts} experts, not {seats} with {experts}",
            )
        if room.seats < max(seats, part.seats):
            yield Violation(
                "rooms_have_enough_seats", booking.project_id, f"{room.room_id} has {room.seats}, not {seats}"
            )
        if missing := sorted(facts.project.equipment - room.equipment):
            yield Violation(
                "rooms_have_the_equipment", booking.project_id, f"{room.room_id}: no {missing[0]}"
            )


def room_of(problem: Problem, part: Part) -> Room | None:
    """The room that a part names, if it exists."""
    for venue in problem.venues:
        if venue.venue_id == part.venue_id:
            return next((room for room in venue.rooms if room.room_id == part.room_id), None)
    return None
