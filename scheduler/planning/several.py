"""Work of several days: the cheapest sessions on different days in the same rooms."""

from collections.abc import Iterator

from scheduler.planning.board import Board
from scheduler.planning.draft import Draft, Placement
from scheduler.planning.task import Task
from scheduler.timeline import first_slot, minute_of, starts_of

Sessions = tuple[tuple[int, int, int], ...]


def several_sessions(draft: Draft, task: Task) -> Placement | None:
    """The cheapest placement found in sessions on several later days, full ones or, failing that, half ones."""
    for part in (1, 2):
        placement = _Days(draft, task, part).cheapest()
        if placement is not None:
            return placement
    return None


class _Days:
    """One task's search over rooms, with what all rooms share worked out once."""

    def __init__(self, draft: Draft, task: Task, part: int) -> None:
        self.draft, self.task, self.part = draft, task, part
        self._layouts: dict[tuple[int, int], tuple[int, ...]] = {}
        self._windows: dict[int, int] = {}
        self._supplied: dict[tuple[int, int], int] = {}

    def cheapest(self) -> Placement | None:
        """The cheapest placement, the one that ends first among equals; None when none was found."""
        draft, task = self.draft, self.task
        ranked = draft.ranked_guests(task) if task.guest_count else []
        best: tuple[int, int] | None = None
        found: Placement | None = None
        for room in task.rooms:
            for cost, rooms in self._teams((room,), ranked, 0):
                sessions = self.sessions(rooms, None if best is None else best[0] - cost)
                if sessions:
                    price = draft.board.price(task, sessions[0][0])
                    key = (cost + price, sessions[-1][0])
                    if best is None or key < best:
                        best, found = key, Placement(rooms, sessions, price)
                if best is not None and cost >= best[0]:
                    break
        return found

    def _teams(
        self, rooms: tuple[int, ...], ranked: list[tuple[int, int]], cost: int
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Rooms of all places: each for the last guest, in the order of cost; the first that works before it."""
        draft, task = self.draft, self.task
        place = len(rooms) - 1
        if place == task.guest_count:
            yield cost, rooms
            return
        for more, venue in ranked:
            for room in task.guest_rooms[place].get(venue, ()):
                if place + 1 == task.guest_count:
                    yield cost + more, (*rooms, room)
                elif self.sessions((*rooms, room)):
                    venues = draft.board.venues
                    apart = bool(draft.board.supply)
                    others = [
                        entry
                        for entry in ranked
                        if entry[1] != venue
                        and not (apart and venues[entry[1]].region == venues[venue].region)
                    ]
                    yield from self._teams((*rooms, room), others, cost + more)
                    return

    def sessions(self, rooms: tuple[int, ...], most: int | None = None) -> Sessions:
        """Sessions in these rooms, each on the first day that holds it; none when they start dearer than `most`."""
        works = self._works(rooms)
        if not works:
            return ()
        shifts, axis = self.task.brief.shifts, self.draft.board.axis
        sessions = []
        length = starts = from_slot = 0
        for work in works:
            needed = -(-shifts.length(work) // axis.grid)
            if needed != length:
                length, starts = needed, self._starts(rooms, needed)
            left = starts >> from_slot
            if not left:
                return ()
            slot = first_slot(left) + from_slot
            if not sessions and most is not None and self.draft.board.price(self.task, slot) > most:
                return ()
            sessions.append((slot, length, work))
            from_slot = (slot // axis.width + 1) * axis.width
        return tuple(sessions)

    def _works(self, rooms: tuple[int, ...]) -> tuple[int, ...]:
        board = self.draft.board
        used = [board.hours[board.room_venue[room]] for room in rooms]
        hours = max(opens for opens, _ in used), min(closes for _, closes in used)
        if hours not in self._layouts:
            self._layouts[hours] = layout(self.task, hours, self.part, self.task.brief.work)
        return self._layouts[hours]

    def _starts(self, rooms: tuple[int, ...], length: int) -> int:
        draft, task = self.draft, self.task
        if length not in self._windows:
            self._windows[length] = starts_of(task.window, length) & task.steps
        starts = self._windows[length]
        for room in rooms:
            starts &= draft.starts(room, length)
        if draft.board.supply:
            for place, room in enumerate(rooms):
                key = place, draft.board.room_venue[room]
                if key not in self._supplied:
                    self._supplied[key] = draft.supplied(task, *key)
                starts &= self._supplied[key]
        return starts


def layout(task: Task, hours: tuple[int, int], part: int, work: int) -> tuple[int, ...]:
    """The work of each session at venues open together between two minutes: full ones for part 1, half for 2.

    Empty when the horizon has too few days, or when one session would hold it all.
    """
    shifts = task.brief.shifts
    most = shifts.day_holds(*hours)
    # Half sessions round up to the grid: the rule asks for at least half of what the day holds.
    works = shifts.sessions(work, most if part == 1 else shifts.up(-(-most // part)))
    if (work <= most and len(works) > 1) or len(works) > len(task.brief.days):
        return ()
    return works


def walk(board: Board, task: Task, free: int, guests: tuple[int, ...], part: int, work: int) -> Sessions:
    """Sessions for the work in the free time, each on the first day that holds it, at its first such slot.

    Full ones for part 1, half ones for part 2; none when the time does not hold them all.
    """
    shifts = task.brief.shifts
    width, grid = board.axis.width, board.axis.grid
    used = [board.venues[venue] for venue in (task.home, *guests)]
    hours = (
        max(minute_of(venue.opens) for venue in used),
        min(minute_of(venue.closes) for venue in used),
    )
    starts: dict[int, int] = {}
    sessions = []
    from_day = 0
    for each in layout(task, hours, part, work):
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
