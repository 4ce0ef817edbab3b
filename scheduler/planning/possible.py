"""Whether a problem has a legal plan at all.

Whoever finds no place is unscheduled with a reason, and what has begun and cannot go on is named as suspended: so
only what is said to have begun already can contradict itself.
"""

from itertools import combinations

from scheduler.planning.outcome import Booking, Impossible
from scheduler.planning.problem import Problem

STAYS = "what_has_begun_stays"
ONCE = "every_project_is_answered_once"
ROOM = "a_room_holds_one_session"


def contradiction(problem: Problem) -> Impossible | None:
    """Why no plan is legal, by the names of the rules that clash; None when some plan is.

    An evaluation has begun that the problem does not know, or at two places, or two began in one room at once.
    """
    known = {project.project_id for project in problem.projects}
    pairs = list(combinations(problem.begun, 2))
    strange = any(booking.project_id not in known for booking in problem.begun)
    twice = any(one.project_id == other.project_id and one != other for one, other in pairs)
    if strange or twice:
        return Impossible((ONCE, STAYS))
    if any(_began_together(one, other) for one, other in pairs):
        return Impossible((ROOM, STAYS))
    return None


def _began_together(one: Booking, other: Booking) -> bool:
    rooms = {(part.venue_id, part.room_id) for part in one.parts}
    shared = any((part.venue_id, part.room_id) in rooms for part in other.parts)
    return shared and one.project_id != other.project_id and one.start == other.start
