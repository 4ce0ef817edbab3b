"""Bookings back onto a board: as they were, and evaluations that have begun, carried on in their rooms."""

from scheduler.planning.board import Board
from scheduler.planning.board.task import Task
from scheduler.planning.outcome import Booking
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.several import Layout, walk
from scheduler.timeline import MINUTE, ZONE, minute_of, run_of


def placement_of(board: Board, nth: int, booking: Booking) -> Placement | None:
    """The placement that the booking stands for; None when the board has no such room or slot."""
    task = board.tasks[nth]
    rooms = tuple(board.room_index.get((part.venue_id, part.room_id), -1) for part in booking.parts)
    sessions = []
    for session in booking.sessions:
        start = session.start.astimezone(ZONE)
        slot = board.axis.slot_at(start)
        length = -(-((session.end - session.start) // MINUTE) // board.axis.grid)
        if slot < 0 or slot // board.axis.width < task.first_day:
            return None
        sessions.append((slot, length, task.brief.shifts.work_in((session.end - session.start) // MINUTE)))
    if -1 in rooms or len(rooms) != task.guest_count + 1:
        return None
    return Placement(rooms, tuple(sessions), board.price(task, sessions[0][0]))


def still_allowed(draft: Draft, nth: int, placement: Placement) -> bool:
    """Whether a placement that was legal once is so now: its starts, its rooms' time, its guests, its experts."""
    board, task = draft.board, draft.board.tasks[nth]
    taken = 0
    for start, length, _ in placement.sessions:
        taken |= run_of(length) << start
    starts = task.same_day | task.later if len(placement.sessions) == 1 else task.window & task.steps
    held = sum(work for _, _, work in placement.sessions)
    if held != task.brief.work or not starts >> placement.start & 1:
        return False
    for place, room in enumerate(placement.rooms):
        suited = task.rooms if place == 0 else task.guest_rooms[place - 1].get(board.room_venue[room], ())
        if room not in suited or draft.free[room] & taken != taken:
            return False
        venue = board.room_venue[room]
        if place and not draft.may_meet(task, venue):
            return False
    places = ((place, board.room_venue[room]) for place, room in enumerate(placement.rooms))
    return draft.supplied_together(task, places) & taken == taken


def carried_on(draft: Draft, nth: int, begun: Placement, now: int) -> Placement | None:
    """The begun evaluation with sessions enough for its work, in its rooms; None when it cannot go on there.

    What has been sat stays. The session under way is extended while hours, the 22:00 line and the panel's rest
    allow; what is left follows on later working days (run-time split).
    """
    board, task = draft.board, draft.board.tasks[nth]
    common = -1
    for room in begun.rooms:
        common &= draft.free[room]
    kept: list[tuple[int, int, int]] = []
    for start, length, work in begun.sessions:
        if common & (run_of(length) << start) == run_of(length) << start:
            kept.append((start, length, work))
        elif start <= now:
            cut = _free_run(common, start, length)
            if cut:
                kept.append((start, cut, task.brief.shifts.work_in(cut * board.axis.grid)))
    if not kept or kept[0][0] != begun.start:
        return None
    lacking = task.brief.work - sum(work for _, _, work in kept)
    # What was sat on an earlier day is over: work that is lacking since is not laid into the past.
    if lacking > 0 and kept[-1][0] // board.axis.width >= now // board.axis.width:
        kept[-1] = _extended(board, task, kept[-1], lacking, common, begun)
        lacking = task.brief.work - sum(work for _, _, work in kept)
    if lacking > 0:
        width = board.axis.width
        after = (max(kept[-1][0], now) // width + 1) * width
        free = (common & task.window) >> after << after
        venues = tuple(board.room_venue[room] for room in begun.rooms[1:])
        more = walk(board, task, free, venues, Layout.FULL, lacking) or walk(
            board, task, free, venues, Layout.HALF, lacking
        )
        if not more:
            return None
        kept += more
    return Placement(begun.rooms, tuple(kept), begun.price)


def place_begun(draft: Draft, moment: int) -> frozenset[str]:
    """Place what has begun before the slot `moment`, and name the projects that cannot go on."""
    board = draft.board
    index = {task.project_id: nth for nth, task in enumerate(board.tasks)}
    suspended = set()
    for booking in board.problem.begun:
        nth = index.get(booking.project_id)
        if nth is None:
            continue
        placement = placement_of(board, nth, booking)
        carried = placement and carried_on(draft, nth, placement, moment)
        if carried is None:
            suspended.add(booking.project_id)
        else:
            draft.add(nth, carried)
    return frozenset(suspended)


def _free_run(free: int, start: int, length: int) -> int:
    """How many slots from `start` on are free, up to `length`."""
    run = 0
    while run < length and free >> (start + run) & 1:
        run += 1
    return run


def _extended(
    board: Board, task: Task, last: tuple[int, int, int], lacking: int, free: int, begun: Placement
) -> tuple[int, int, int]:
    """The last session with as much of the lacking work as the day and its rooms still hold."""
    shifts, axis = task.brief.shifts, board.axis
    start, length, work = last
    day = axis.day_of(start)
    closes = min(minute_of(board.venues[board.room_venue[room]].hours_on(day)[1]) for room in begun.rooms)
    minutes = min(shifts.cutoff, closes) - axis.minute_at(start)
    for more in range(min(lacking, shifts.most_work - work), 0, -1):
        whole = shifts.length(work + more)
        slots = -(-whole // axis.grid)
        if whole <= minutes and free & (run_of(slots) << start) == run_of(slots) << start:
            return start, slots, work + more
    return start, length, work
