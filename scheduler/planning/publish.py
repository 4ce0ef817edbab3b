"""From a draft to a plan, in times, venues and sentences."""

from datetime import timedelta

from scheduler.planning.board import Board
from scheduler.planning.board.task import Task
from scheduler.planning.outcome import Booking, Part, Plan, Session, Side, Unscheduled
from scheduler.planning.reasons.wording import why_booked, why_suspended, why_unscheduled
from scheduler.planning.search.draft import Draft, Placement


def publish(draft: Draft, bound: int, digest: str = "") -> Plan:
    """The draft as a plan whose cost is at least `bound`; what is not placed carries its reason.

    It answers the problem with that digest; without one, the draft's own.
    """
    board = draft.board
    bookings = [
        booking_of(board, task, draft.placed[n]) for n, task in enumerate(board.tasks) if n in draft.placed
    ]
    unscheduled = [
        Unscheduled(project_id, why.code, why.said.sentence()) for project_id, why in board.hopeless
    ]
    unscheduled += [
        why_suspended(task.project_id, board.problem)
        if task.project_id in board.begun
        else why_unscheduled(task)
        for n, task in enumerate(board.tasks)
        if n not in draft.placed
    ]
    return Plan(
        bookings=tuple(sorted(bookings, key=lambda booking: booking.project_id)),
        unscheduled=tuple(sorted(unscheduled, key=lambda miss: miss.project_id)),
        cost=draft.cost,
        bound=min(bound, draft.cost),
        seed=board.problem.seed,
        problem_digest=digest or board.problem.digest,
        rules_digest=board.problem.rule_book.digest,
    )


def booking_of(board: Board, task: Task, placement: Placement) -> Booking:
    """The booking that a placement stands for."""
    brief, axis = task.brief, board.axis
    sessions = []
    for slot, _, work in placement.sessions:
        start = axis.moment(slot)
        sessions.append(Session(start, start + timedelta(minutes=brief.shifts.length(work))))
    parts = []
    for place, room in enumerate(placement.rooms):
        seats = brief.seats(place)
        experts = seats - (brief.project.owner_representatives if place == 0 else 0)
        venue = board.venues[board.room_venue[room]].venue_id
        side = Side.GUEST if place else Side.HOME
        parts.append(Part(side, venue, board.room_ids[room], seats, experts))
    split = axis.day_of(placement.start) > brief.opening_day
    return Booking(
        project_id=task.project_id,
        parts=tuple(parts),
        sessions=tuple(sessions),
        split=split,
        avoidable=split and brief.fits,
        reason=why_booked(task, placement, split),
    )
