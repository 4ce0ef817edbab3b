"""Work of several days: the cheapest sessions on different days in the same rooms."""

from collections.abc import Iterator
from enum import Enum

from scheduler.planning.board import Board
from scheduler.planning.board.task import Task
from scheduler.planning.search.draft import Draft, Placement
from scheduler.timeline import first_slot, starts_of


class Layout(Enum):
    """How much work each session but the last holds: as much as its day can, an equal share, or half a day's."""

    FULL = 1
    EVEN = 2
    HALF = 3


Sessions = tuple[tuple[int, int, int], ...]


def several_sessions(draft: Draft, task: Task) -> Placement | None:
    """The cheapest placement found in sessions on several later days, even or full ones, failing those half ones."""
    days = _Days(draft, task)
    return days.cheapest((Layout.EVEN, Layout.FULL)) or days.cheapest((Layout.HALF,))


class _Days:
    """One task's search over rooms, with what all rooms share worked out once."""

    def __init__(self, draft: Draft, task: Task) -> None:
        self.draft, self.task = draft, task
        self._ranked = draft.ranked_guests(task) if task.guest_count else []
        self._layouts: dict[tuple[int, int, Layout], tuple[int, ...]] = {}
        self._windows: dict[int, int] = {}
        self._supplied: dict[tuple[int, ...], int] = {}
        home, hours = draft.board.hours[task.home], {draft.board.hours[venue] for venue in task.guests}
        self._hours = {
            (max(opens, home[0]), min(closes, home[1]))
            for opens in {home[0], *(opens for opens, _ in hours)}
            for closes in {home[1], *(closes for _, closes in hours)}
        }

    def cheapest(self, layouts: tuple[Layout, ...]) -> Placement | None:
        """The cheapest placement, the one that ends first among equals; None when none was found."""
        board, task = self.draft.board, self.task
        best: tuple[int, int] | None = None
        found: Placement | None = None
        for layout in layouts:
            for room in task.rooms:
                least = self._least(layout, room)
                if least is None:
                    continue
                for cost, rooms in self._teams(layout, (room,), self._ranked, 0):
                    if best is not None and cost + least > best[0]:
                        break
                    sessions = self.sessions(layout, rooms, None if best is None else best[0] - cost)
                    if sessions:
                        price = board.price(task, sessions[0][0])
                        key = (cost + price, sessions[-1][0])
                        if best is None or key < best:
                            best, found = key, Placement(rooms, sessions, price)
        return found

    def _teams(
        self, layout: Layout, rooms: tuple[int, ...], ranked: list[tuple[int, int]], cost: int
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Rooms of all places: each for the last guest, in the order of cost; the first that works before it."""
        task = self.task
        place = len(rooms) - 1
        if place == task.guest_count:
            yield cost, rooms
            return
        for more, venue in ranked:
            for room in task.guest_rooms[place].get(venue, ()):
                if place + 1 == task.guest_count:
                    yield cost + more, (*rooms, room)
                elif self.sessions(layout, (*rooms, room)):
                    others = [entry for entry in ranked if entry[1] != venue]
                    yield from self._teams(layout, (*rooms, room), others, cost + more)
                    return

    def sessions(self, layout: Layout, rooms: tuple[int, ...], most: int | None = None) -> Sessions:
        """Sessions in these rooms, each on the first day that holds it; none when they start dearer than `most`."""
        works = self._works(layout, rooms)
        if not works:
            return ()
        shifts, axis = self.task.brief.shifts, self.draft.board.axis
        sessions: list[tuple[int, int, int]] = []
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

    def _least(self, layout: Layout, room: int) -> int | None:
        """What starts cost at least, by the home's room alone and whatever the guests' hours; None: there are none."""
        draft, task = self.draft, self.task
        prices = []
        for opens, closes in self._hours:
            if works := self._laid(opens, closes, layout):
                length = -(-task.brief.shifts.length(works[0]) // draft.board.axis.grid)
                if starts := self._window(length) & draft.starts(room, length):
                    prices.append(draft.board.price(task, first_slot(starts)))
        return min(prices, default=None)

    def _works(self, layout: Layout, rooms: tuple[int, ...]) -> tuple[int, ...]:
        board = self.draft.board
        used = [board.hours[board.room_venue[room]] for room in rooms]
        return self._laid(max(opens for opens, _ in used), min(closes for _, closes in used), layout)

    def _laid(self, opens: int, closes: int, layout: Layout) -> tuple[int, ...]:
        key = opens, closes, layout
        if key not in self._layouts:
            self._layouts[key] = _laid(self.task, opens, closes, layout, self.task.brief.work)
        return self._layouts[key]

    def _starts(self, rooms: tuple[int, ...], length: int) -> int:
        draft, task = self.draft, self.task
        starts = self._window(length)
        for room in rooms:
            starts &= draft.starts(room, length)
        if draft.board.supply:
            venues = tuple(draft.board.room_venue[room] for room in rooms)
            if venues not in self._supplied:
                self._supplied[venues] = draft.supplied_together(task, enumerate(venues))
            starts &= self._supplied[venues]
        return starts

    def _window(self, length: int) -> int:
        if length not in self._windows:
            self._windows[length] = starts_of(self.task.window, length) & self.task.steps
        return self._windows[length]


def _laid(task: Task, opens: int, closes: int, layout: Layout, work: int) -> tuple[int, ...]:
    """The work of each session at venues open together between two minutes.

    Empty when the horizon has too few days, or when one session would hold it all.
    """
    shifts = task.brief.shifts
    most = shifts.day_holds(opens, closes)
    if shifts.count(work, most) > len(task.brief.days):
        return ()
    match layout:
        case Layout.FULL:
            each = most
        case Layout.EVEN:
            # As few as full ones would be; each holds more than half of what the day holds.
            each = shifts.up(-(-work // max(1, shifts.count(work, most))))
        case Layout.HALF:
            # Up to the grid: the rule asks for at least half of what the day holds.
            each = shifts.up(-(-most // 2))
    works = shifts.sessions(work, min(most, each))
    if (work <= most and len(works) > 1) or len(works) > len(task.brief.days):
        return ()
    return works


def walk(board: Board, task: Task, free: int, guests: tuple[int, ...], layout: Layout, work: int) -> Sessions:
    """Sessions for the work in the free time, each on the first day that holds it, at its first such slot.

    None when the time does not hold them all.
    """
    shifts = task.brief.shifts
    width, grid = board.axis.width, board.axis.grid
    used = [board.hours[venue] for venue in (task.home, *guests)]
    opens, closes = max(opens for opens, _ in used), min(closes for _, closes in used)
    starts: dict[int, int] = {}
    sessions: list[tuple[int, int, int]] = []
    from_day = 0
    for each in _laid(task, opens, closes, layout, work):
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
