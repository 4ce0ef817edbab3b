"""The cheapest legal place for one task in a draft."""

from collections.abc import Iterator

from scheduler.planning.board import Board
from scheduler.planning.draft import Draft, Placement
from scheduler.planning.task import Task
from scheduler.timeline import each_slot, first_slot, minute_of, starts_of

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


def single_session(draft: Draft, task: Task, within: int = -1) -> Placement | None:
    """The cheapest placement in one session that starts within a set of slots; exact for one guest.

    Prices never fall with time, so each guest's earliest common start is its cheapest, and guests in the
    order of their cost can be cut off when even the earliest start at home does not pay any more.
    """
    if not task.length:
        return None
    starts = (task.same_day | task.later) & within & draft.venue_starts(task.rooms, task.length)
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
    least = draft.board.price(task, first_slot(starts))
    best: tuple[int, int, int] | None = None
    suited = task.guest_rooms[0]
    for cost, venue in ranked:
        if best is not None and cost + least >= best[0]:
            break
        common = starts & draft.venue_starts(suited[venue], task.length)
        if draft.board.supply:
            common &= draft.supplied(task, 1, venue)
        if common:
            if draft.overlooks(GUEST_BLINK):
                continue
            slot = first_slot(common)
            total = cost + draft.board.price(task, slot)
            if best is None or total < best[0]:
                best = (total, slot, venue)
    return None if best is None else _at(draft, task, best[1], (best[2],))


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
            if venue in chosen or (draft.board.supply and region in regions):
                continue
            key = (place, venue)
            if key not in common:
                rooms = task.guest_rooms[place].get(venue, ())
                common[key] = draft.venue_starts(rooms, task.length) & draft.supplied(task, place + 1, venue)
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


def several_sessions(draft: Draft, task: Task) -> Placement | None:
    """The cheapest placement found in sessions on several later days, full ones or, failing that, half ones."""
    for part in (1, 2):
        best: tuple[int, int, Placement] | None = None
        for cost, placement in _teams_over_days(draft, task, part):
            key = (cost + placement.price, placement.sessions[-1][0])
            if best is None or key < best[:2]:
                best = (*key, placement)
        if best is not None:
            return best[2]
    return None


def _teams_over_days(draft: Draft, task: Task, part: int) -> Iterator[tuple[int, Placement]]:
    window = task.window & draft.supplied(task, 0, task.home)
    ranked = draft.ranked_guests(task) if task.guest_count else []
    best: int | None = None
    for room in task.rooms:
        free = draft.free[room] & window
        if not task.guest_count:
            sessions = walk(draft.board, task, free, (), part, task.brief.work)
            if sessions:
                yield 0, Placement((room,), sessions, draft.board.price(task, sessions[0][0]))
            continue
        for cost, rooms, common in _guest_rooms(draft, task, free, ranked, 0, part):
            venues = tuple(draft.board.room_venue[other] for other in rooms)
            sessions = walk(draft.board, task, common, venues, part, task.brief.work)
            if sessions:
                price = draft.board.price(task, sessions[0][0])
                yield cost, Placement((room, *rooms), sessions, price)
                best = cost + price if best is None else min(best, cost + price)
            least = draft.board.price(task, first_slot(free)) if free else 0
            if best is not None and cost + least >= best:
                break


def _guest_rooms(
    draft: Draft, task: Task, free: int, ranked: list[tuple[int, int]], place: int, part: int
) -> Iterator[tuple[int, tuple[int, ...], int]]:
    """Guests' rooms with the time free in common: all for one guest; for more, the first that work, greedily."""
    last = place + 1 == task.guest_count
    for cost, venue in ranked:
        supplied = draft.supplied(task, place + 1, venue) if draft.board.supply else -1
        for room in task.guest_rooms[place].get(venue, ()):
            common = free & draft.free[room] & supplied
            if last:
                yield cost, (room,), common
            elif walk(draft.board, task, common, (venue,), part, task.brief.work):
                region = draft.board.venues[venue].region
                others = [
                    entry
                    for entry in ranked
                    if entry[1] != venue
                    and not (draft.board.supply and draft.board.venues[entry[1]].region == region)
                ]
                for more, rooms, left in _guest_rooms(draft, task, common, others, place + 1, part):
                    yield cost + more, (room, *rooms), left
                return


def walk(
    board: Board, task: Task, free: int, guests: tuple[int, ...], part: int, work: int
) -> tuple[tuple[int, int, int], ...]:
    """Sessions for the work in the free time, each on the first day that holds it, at its first such slot.

    Full ones for part 1, half ones for part 2; none when the time does not hold them all.
    """
    shifts = task.brief.shifts
    width, grid = board.axis.width, board.axis.grid
    used = [board.venues[venue] for venue in (task.home, *guests)]
    most = shifts.day_holds(
        max(minute_of(venue.opens) for venue in used), min(minute_of(venue.closes) for venue in used)
    )
    # Half sessions round up to the grid: the rule asks for at least half of what the day holds.
    works = shifts.sessions(work, most if part == 1 else shifts.up(-(-most // part)))
    if work <= most and len(works) > 1:
        return ()
    if not works or len(works) > len(task.brief.days):
        return ()
    starts: dict[int, int] = {}
    sessions = []
    from_day = 0
    for each in works:
        length = -(-shifts.length(each) // grid)
        if length not in starts:
            starts[length] = starts_of(free, length) & task.steps
        left = starts[length] >> (from_day * width)
        if not left:
            return ()
        slot = first_slot(left) + from_day * width
        sessions.append((slot, length, each))
        from_day = slot // width + 1
    return tuple(sessions)
