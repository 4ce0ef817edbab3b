"""The crowded days as arrays: classes of rooms with their free time, and tasks that pay for rooms by the slot.

Tasks whose guests and lengths are the same form a crowd: what its guests cost is worked out once for all of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scheduler.planning.board import Board
from scheduler.planning.board.task import Task
from scheduler.planning.bound.fees import NEVER
from scheduler.planning.bound.reach import Starts, starts_at_home, sure_length
from scheduler.timeline import each_slot, first_slot, starts_of

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

DAYS = 2
"""Days from the opening day on whose rooms are charged; a later start pays none."""


@dataclass(frozen=True, slots=True)
class Part:
    """Starts of one day or more that take as many slots each, from `low` up to `high`."""

    low: int
    high: int
    length: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """Tasks with the same guests and lengths. Arrays go by task, by guest venue, and by start."""

    tasks: tuple[int, ...]
    guests: int
    parts: tuple[Part, ...]
    night: int
    """The first start that is not on the opening day."""
    home: int
    homes: Ints
    """The class of room of each task at home."""
    prices: Ints
    """What each task's starts cost by themselves; NEVER where it has none."""
    fits: Ints
    """One for each task that would split avoidably, nought for the others."""
    rest: Ints
    """What each task costs at least when it starts after the days whose rooms are charged."""
    venues: Ints
    """Who may be a guest."""
    classes: tuple[Ints, ...]
    """For each guest place: the class of room at each venue."""
    blocked: tuple[Ints, ...]
    """For each guest place: NEVER where a venue has no room free at the start, the distance's price elsewhere."""

    @property
    def first(self) -> int:
        """The slot of the first start."""
        return self.parts[0].low

    @property
    def starts(self) -> int:
        """How many starts there are."""
        return self.parts[-1].high - self.first


@dataclass(frozen=True, slots=True)
class Relaxed:
    """Rooms by class, and the crowds; tasks that have begun take no part."""

    slots: int
    free: Ints
    """Free rooms of each class at each slot."""
    above: Ints
    """For each class: itself and those that contain it, filled up with the number of classes."""
    crowds: tuple[Crowd, ...]
    stuck: int
    """Tasks that have no start at home whatever else is planned."""


def choices(board: Board) -> int:
    """How many choices of start and guest the relaxed problem has."""
    return sum(DAYS * board.axis.width * len(task.guests) for task in board.tasks)


def relaxed(board: Board) -> Relaxed:
    """The relaxed problem of a board."""
    width = board.axis.width
    reach = {nth: starts for nth, task in enumerate(board.tasks) if (starts := starts_at_home(board, task))}
    last = max((board.tasks[nth].first_day for nth in reach), default=0) + DAYS
    slots = min(board.axis.slots, last * width)
    members: dict[tuple[object, ...], list[int]] = {}
    for nth in reach:
        members.setdefault(_likeness(board, board.tasks[nth]), []).append(nth)
    stuck = sum(nth not in reach and t.project_id not in board.begun for nth, t in enumerate(board.tasks))
    rooms = _Rooms(board, slots)
    crowds = tuple(_crowd(board, group, reach, rooms) for group in members.values())
    return Relaxed(slots, rooms.free(), rooms.above(), crowds, stuck)


def _likeness(board: Board, task: Task) -> tuple[object, ...]:
    """What tasks of one crowd have in common."""
    brief = task.brief
    seats = tuple(brief.seats(place) for place in range(1, task.guest_count + 1))
    lengths = (task.first_day, task.length, sure_length(board, task))
    return (task.home, *lengths, seats, brief.project.equipment, task.guests)


class _Rooms:
    """Classes of rooms, numbered as they are asked for: rooms of one venue that some place of some task accepts."""

    def __init__(self, board: Board, slots: int) -> None:
        self.board, self.slots = board, slots
        self._numbers: dict[frozenset[int], int] = {}
        self._starts: dict[tuple[int, int], int] = {}

    def number(self, rooms: tuple[int, ...]) -> int:
        """The class that these rooms are."""
        return self._numbers.setdefault(frozenset(rooms), len(self._numbers))

    def starts(self, rooms: tuple[int, ...], length: int) -> int:
        """The slots from which any of these rooms is free for so long."""
        key = (self.number(rooms), length)
        if key not in self._starts:
            found = 0
            for room in rooms:
                found |= starts_of(self.board.free[room], length)
            self._starts[key] = found
        return self._starts[key]

    def free(self) -> Ints:
        """Free rooms of each class at each slot."""
        flags = np.array([flags_of(free, self.slots) for free in self.board.free], dtype=np.int64)
        free = [flags[sorted(rooms)].sum(axis=0) for rooms in self._numbers]
        return np.array(free, dtype=np.int64).reshape(len(free), self.slots)

    def above(self) -> Ints:
        """For each class: itself and those that contain it."""
        by_venue: dict[int, list[frozenset[int]]] = {}
        for rooms in self._numbers:
            by_venue.setdefault(self.board.room_venue[min(rooms)], []).append(rooms)
        found = [
            [self._numbers[more] for more in by_venue[self.board.room_venue[min(rooms)]] if rooms <= more]
            for rooms in self._numbers
        ]
        most = max(map(len, found), default=1)
        empty = len(found)
        filled = [each + [empty] * (most - len(each)) for each in found]
        return np.array(filled, dtype=np.int64).reshape(empty, most)


def _crowd(board: Board, group: list[int], reach: dict[int, Starts], rooms: _Rooms) -> Crowd:
    first = board.tasks[group[0]]
    end = min(rooms.slots, (first.first_day + DAYS) * board.axis.width)
    parts = tuple(_parts(board, first, [start for nth in group for start in reach[nth]], end))
    low = parts[0].low
    starts = parts[-1].high - low
    prices = np.full((len(group), starts), NEVER, dtype=np.int64)
    rest = np.full(len(group), NEVER, dtype=np.int64)
    for row, nth in enumerate(group):
        task = board.tasks[nth]
        for slots, _ in reach[nth]:
            for slot in each_slot(slots & ((1 << end) - 1)):
                prices[row, slot - low] = board.price(task, slot)
            if slots >> end:
                rest[row] = min(int(rest[row]), board.price(task, first_slot(slots >> end) + end))
    places = [
        {venue: suited for nth in group for venue, suited in board.tasks[nth].guest_rooms[place].items()}
        for place in range(first.guest_count)
    ]
    venues = sorted(set[int]().union(*places)) if places else []
    return Crowd(
        tasks=tuple(group),
        guests=first.guest_count,
        parts=parts,
        home=first.home,
        night=min(starts, max(0, (first.first_day + 1) * board.axis.width - low)),
        homes=np.array([rooms.number(board.tasks[nth].rooms) for nth in group], dtype=np.int64),
        prices=prices,
        fits=np.array([int(board.tasks[nth].brief.fits) for nth in group], dtype=np.int64),
        rest=rest,
        venues=np.array(venues, dtype=np.int64),
        classes=tuple(_classes(suited, venues, rooms) for suited in _unlike(places)),
        blocked=tuple(_blocked(board, group, suited, venues, parts, rooms) for suited in _unlike(places)),
    )


def _unlike(places: list[dict[int, tuple[int, ...]]]) -> Iterator[dict[int, tuple[int, ...]]]:
    """The guest places, those with the same rooms once."""
    for nth, place in enumerate(places):
        if place not in places[:nth]:
            yield place


def _parts(board: Board, task: Task, reach: list[tuple[int, int]], end: int) -> Iterator[Part]:
    """The starts in one part, or in two where those of the opening day take longer than later ones surely do."""
    inside = [slots & ((1 << end) - 1) for slots, _ in reach]
    every = 0
    for slots in inside:
        every |= slots
    if not every:
        yield Part(0, 1, 1)
        return
    low, high = first_slot(every), every.bit_length()
    night = (task.first_day + 1) * board.axis.width
    sure = sure_length(board, task)
    if low < night and task.length != sure:
        yield Part(low, min(night, high), task.length)
        low = night
    if low < high:
        yield Part(low, high, sure)


def _classes(suited: dict[int, tuple[int, ...]], venues: list[int], rooms: _Rooms) -> Ints:
    """The class at each venue; where the place finds no room, any: its starts are blocked."""
    return np.array([rooms.number(suited[v]) if v in suited else 0 for v in venues], dtype=np.int64)


def _blocked(
    board: Board,
    group: list[int],
    suited: dict[int, tuple[int, ...]],
    venues: list[int],
    parts: tuple[Part, ...],
    rooms: _Rooms,
) -> Ints:
    rows = []
    for venue in venues:
        far = min(board.tasks[nth].distance.get(venue, 0) for nth in group)
        free = [
            flags_of(rooms.starts(suited[venue], part.length) >> part.low, part.high - part.low)
            if venue in suited
            else np.zeros(part.high - part.low, dtype=np.int64)
            for part in parts
        ]
        rows.append(np.where(np.concatenate(free) > 0, far, NEVER))
    return np.array(rows, dtype=np.int64)


def flags_of(slots: int, count: int) -> Ints:
    """One for each of the first slots that is in the set, nought for the others."""
    data = (slots & ((1 << count) - 1)).to_bytes(count // 8 + 1, "little")
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")[:count].astype(np.int64)
