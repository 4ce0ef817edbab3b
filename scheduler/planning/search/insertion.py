"""The cheapest legal place for one task in a draft."""

from scheduler.planning.board.task import Task
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.several import several_sessions
from scheduler.timeline import each_slot, first_slot

GUEST_BLINK = 24
ROOM_BLINK = 6
"""One guest in so many, and one smallest room in so many, is overlooked while searching."""


def best_placement(draft: Draft, nth: int) -> Placement | None:
    """The cheapest placement that breaks no rule; None when none was found.

    A single session is preferred; work that no single session can hold, or for which none is free within
    the horizon, is laid into several.
    """
    task = draft.board.tasks[nth]
    return single_session(draft, task) or several_sessions(draft, task)


def single_session(draft: Draft, task: Task, within: int | None = None) -> Placement | None:
    """The cheapest placement in one session that starts within a set of slots; exact for one guest.

    Prices never fall with time, so each guest's earliest common start is its cheapest, and guests in the
    order of their cost can be cut off when even the earliest start at home does not pay any more.
    """
    if not task.length:
        return None
    starts = task.starts & draft.venue_starts(task.rooms, task.length)
    if within is not None:
        starts &= within
    if draft.board.supply:
        starts &= draft.supplied(task, 0, task.home)
    if not starts:
        return None
    if not task.guest_count:
        return _at(draft, task, first_slot(starts), ())
    ranked = draft.ranked_guests(task)
    if task.guest_count == 1:
        return _one_guest(draft, task, starts, ranked)
    return _many_guests(draft, task, starts, ranked)


def _one_guest(draft: Draft, task: Task, starts: int, ranked: list[tuple[int, int]]) -> Placement | None:
    """Guests come in the order of their cost: after one is found, only an earlier start with a later guest pays."""
    board, length = draft.board, task.length
    least = board.price(task, first_slot(starts))
    total, slot, guest = -1, -1, -1
    suited = task.guest_rooms[0]
    for cost, venue in ranked:
        if slot >= 0 and cost + least >= total:
            break
        common = starts & draft.venue_starts(suited[venue], length)
        if not common:
            continue
        if board.supply:
            common &= draft.supplied(task, 1, venue)
        if not common or draft.overlooks(GUEST_BLINK):
            continue
        earliest = first_slot(common)
        price = cost + board.price(task, earliest)
        if slot < 0 or price < total:
            total, slot, guest = price, earliest, venue
        starts &= (1 << earliest) - 1
        if not starts:
            break
    return None if slot < 0 else _at(draft, task, slot, (guest,))


def _many_guests(draft: Draft, task: Task, starts: int, ranked: list[tuple[int, int]]) -> Placement | None:
    least = sum(cost for cost, _ in ranked[: task.guest_count])
    common: dict[tuple[int, int], int] = {}
    best: tuple[int, int, tuple[int, ...]] | None = None
    for slot in each_slot(starts):
        price = draft.board.price(task, slot)
        if best is not None and price + least >= best[0]:
            break
        team = _team(draft, task, ranked, common, slot)
        if team is not None and (best is None or price + team[0] < best[0]):
            best = (price + team[0], slot, team[1])
    return None if best is None else _at(draft, task, best[1], best[2])


def _team(
    draft: Draft,
    task: Task,
    ranked: list[tuple[int, int]],
    common: dict[tuple[int, int], int],
    slot: int,
) -> tuple[int, tuple[int, ...]] | None:
    """The cheapest guests, one after the other, for the places at one start."""
    total, chosen, regions = 0, list[int](), set[str]()
    for place in range(task.guest_count):
        for cost, venue in ranked:
            region = draft.board.venues[venue].region
            if venue in chosen:
                continue
            key = (place, venue)
            if key not in common:
                rooms = task.guest_rooms[place].get(venue, ())
                common[key] = draft.venue_starts(rooms, task.length)
                if draft.board.supply:
                    common[key] &= draft.supplied(task, place + 1, venue)
            if region in regions and draft.board.supply:
                together = draft.supplied_together(task, enumerate((*chosen, venue), start=1))
                if not together >> slot & 1:
                    continue
            if common[key] >> slot & 1:
                total += cost
                chosen.append(venue)
                regions.add(region)
                break
        else:
            return None
    return total, tuple(chosen)


def _at(draft: Draft, task: Task, slot: int, guests: tuple[int, ...]) -> Placement:
    """The placement at a start where all are free, in the smallest rooms that suit."""
    options = [task.rooms, *(task.guest_rooms[place][venue] for place, venue in enumerate(guests))]
    rooms = tuple(_room(draft, task, slot, suited) for suited in options)
    return Placement(rooms, ((slot, task.length, task.brief.work),), draft.board.price(task, slot))


def _room(draft: Draft, task: Task, slot: int, suited: tuple[int, ...]) -> int:
    free = [room for room in suited if draft.starts(room, task.length) >> slot & 1]
    return free[-1] if len(free) > 1 and draft.overlooks(ROOM_BLINK) else free[0]
