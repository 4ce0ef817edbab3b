"""One session with several guests, where the search's quick choice of a team finds none."""

from scheduler.planning.board.task import Task
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.insertion import single_session
from scheduler.timeline import each_slot


def one_session(draft: Draft, task: Task, within: int) -> Placement | None:
    """A placement in one session that starts within the slots; None when there is none.

    Where several guests share a region's supply, none was *found*: then not all teams are tried.
    """
    found = single_session(draft, task, within)
    if found is not None or task.guest_count < 2 or not task.length or draft.board.supply:
        return found
    able = [venue for _, venue in draft.ranked_guests(task)]
    free = [
        {v: draft.venue_starts(suited[v], task.length) for v in able if v in suited}
        for suited in task.guest_rooms
    ]
    starts = task.starts & draft.venue_starts(task.rooms, task.length) & within
    for slot in each_slot(starts):
        team = _team([[v for v, slots in place.items() if slots >> slot & 1] for place in free])
        if team is not None:
            return _at(draft, task, slot, team)
    return None


def is_exact(draft: Draft, task: Task) -> bool:
    """Whether `one_session` looks at every start, room and team of guests."""
    return task.guest_count < 2 or not draft.board.supply


def _team(places: list[list[int]]) -> list[int] | None:
    """A different venue for each place, by augmenting paths; None when there is none."""
    held: dict[int, int] = {}

    def seat(place: int, seen: set[int]) -> bool:
        for venue in places[place]:
            if venue not in seen:
                seen.add(venue)
                if venue not in held or seat(held[venue], seen):
                    held[venue] = place
                    return True
        return False

    if not all(seat(place, set()) for place in range(len(places))):
        return None
    by_place = {place: venue for venue, place in held.items()}
    return [by_place[place] for place in range(len(places))]


def _at(draft: Draft, task: Task, slot: int, team: list[int]) -> Placement:
    options = [task.rooms, *(suited[venue] for suited, venue in zip(task.guest_rooms, team, strict=True))]
    rooms = tuple(
        next(room for room in suited if draft.starts(room, task.length) >> slot & 1) for suited in options
    )
    return Placement(rooms, ((slot, task.length, task.brief.work),), draft.board.price(task, slot))
