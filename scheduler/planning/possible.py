"""Whether a problem has a legal plan at all, and whether one was found.

Whoever finds no place is unscheduled with a reason, and what has begun and cannot go on is named as suspended: so
only what is said to have begun already can contradict itself.
"""

from collections.abc import Callable

from scheduler.planning.outcome import STOPPED, Booking, Impossible, Outcome, OutOfTime, Plan
from scheduler.planning.problem import Problem

STAYS = "what_has_begun_stays"
ONCE = "every_project_is_answered_once"
ROOM = "a_room_holds_one_session"


def outcome_of(problem: Problem, planned: Callable[[], Plan]) -> Outcome:
    """What planning comes to; `planned` is asked, here or on other machines, only where some plan is legal.

    A plan that was stopped before anybody's turn is none.
    """
    if (clash := contradiction(problem)) is not None:
        return clash
    plan = planned()
    nobody = not plan.bookings and any(miss.code == STOPPED for miss in plan.unscheduled)
    return OutOfTime() if nobody else plan


def contradiction(problem: Problem) -> Impossible | None:
    """Why no plan is legal, by the names of the rules that clash; None when some plan is.

    An evaluation has begun that the problem does not know, or at two places, or two began in one room at once.
    """
    known = {project.project_id for project in problem.projects}
    begun: dict[str, Booking] = {}
    for booking in problem.begun:
        if booking.project_id not in known or begun.setdefault(booking.project_id, booking) != booking:
            return Impossible((ONCE, STAYS))
    taken = [(b.start, *room) for b in begun.values() for room in {(p.venue_id, p.room_id) for p in b.parts}]
    return Impossible((ROOM, STAYS)) if len(taken) > len(set(taken)) else None
