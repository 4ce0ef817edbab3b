"""Exact exchanges: on a crowded day some two dozen evaluations are taken out and put back as well as can be.

Exchanges of a few hardly ever change the order in which full venues are used. An integer program sees all starts
and guests of many at once, the others held still (large neighbourhoods, Shaw 1998); rooms are given anew after it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from scheduler.planning.chance import Chance
from scheduler.planning.search import insert_all
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.program import Choice, Program
from scheduler.planning.search.resume import still_allowed

FEWEST, FIRST, MOST = 8, 24, 40
"""Evaluations of one exchange: at least, at first, at most."""
SHRINKS = 2
"""By how many after one that was not searched to the end; it grows by one after each that was in vain."""
MOST_VAIN = 10
"""So many exchanges in vain, one after the other, are the last."""
MOST_CHOICES = 40_000
"""Starts with guests, of all evaluations together, up to which exchanges are tried: a prefecture's day."""
FAR = 8
"""Slots by which chance moves an evaluation nearer or farther when neighbours are chosen."""


class Exchanges:
    """A draft under improvement, by exchanges as large as can be searched to the end."""

    def __init__(self, draft: Draft, movable: Iterable[int], seed: int) -> None:
        self._draft, self._chance = draft, Chance(seed)
        self._movable = tuple(movable)
        self._size, self._vain = FIRST, 0
        self._near: frozenset[Choice] = frozenset()
        able = self._able()
        if self._waiting(able) and _choices(draft, able) <= MOST_CHOICES:
            before = {nth: draft.remove(nth) for nth in able}
            self._near = _program(draft, before, None).near()
            _put(draft, before)

    @property
    def is_worth(self) -> bool:
        """Whether somebody waits who may be exchanged, and the last exchanges were not all in vain."""
        able = self._able()
        return bool(self._near and self._waiting(able)) and self._vain < MOST_VAIN

    def step(self, stop: Callable[[], bool] | None = None) -> None:
        """One exchange; the draft is at least as good as before."""
        draft, able = self._draft, self._able()
        tasks, standing = self._neighbours(able), draft.standing
        out = {nth: draft.remove(nth) for nth in tasks}
        found = _program(draft, out, self._near).solve(stop)
        # All rooms are given anew: the program has counted them, not told them apart.
        before = out | {nth: draft.remove(nth) for nth in able if nth not in out}
        held = {nth: (placement.start, _guests(draft, placement)) for nth, placement in before.items()}
        _seat(draft, held | found.sits)
        if draft.standing < standing:
            self._vain = 0
            return
        self._vain += 1
        for nth in before:
            if nth in draft.placed:
                draft.remove(nth)
        _put(draft, before)
        self._size = min(MOST, self._size + 1) if found.best else max(FEWEST, self._size - SHRINKS)

    def _able(self) -> list[int]:
        """Tasks that sit in one session, and may move."""
        draft = self._draft
        placed = [nth for nth in self._movable if nth in draft.placed and draft.board.tasks[nth].length]
        return [nth for nth in placed if len(draft.placed[nth].sessions) == 1]

    def _waiting(self, able: Sequence[int]) -> list[int]:
        draft = self._draft
        return [nth for nth in able if draft.placed[nth].price > draft.board.least[nth]]

    def _neighbours(self, able: Sequence[int]) -> list[int]:
        """A task that waits, and others: near to it in time, at its venues, or any."""
        draft, chance = self._draft, self._chance
        waiting = self._waiting(able)
        seed = waiting[chance.below(len(waiting))]
        venues, middle, how = _venues(draft, seed), _middle(draft, seed), chance.below(3)
        far: dict[int, int] = {}
        for nth in able:
            shared = len(venues & _venues(draft, nth)) if how == 1 else 0
            away = abs(_middle(draft, nth) - middle) if how else 0
            far[nth] = away + chance.below(2 * FAR) - 4 * FAR * shared
        others = sorted((nth for nth in able if nth != seed), key=lambda nth: (far[nth], nth))
        return [seed, *others[: self._size - 1]]


def _program(draft: Draft, out: dict[int, Placement], only: Collection[Choice] | None) -> Program:
    """The program of what is out of the draft, and was placed so."""
    program = Program(draft, only)
    for nth, placement in out.items():
        program.sits(nth, placement)
    return program


def _seat(draft: Draft, sits: dict[int, tuple[int, tuple[int, ...]]]) -> None:
    """Rooms for these starts and guests, smallest first in the order of starts; another place where that fails."""
    board = draft.board
    for nth in sorted(sits, key=lambda nth: (sits[nth][0], nth)):
        (slot, venues), task = sits[nth], board.tasks[nth]
        options = [
            task.rooms,
            *(suited.get(v, ()) for suited, v in zip(task.guest_rooms, venues, strict=True)),
        ]
        rooms = [
            next((r for r in suited if draft.starts(r, task.length) >> slot & 1), -1) for suited in options
        ]
        placement = Placement(tuple(rooms), ((slot, task.length, task.brief.work),), board.price(task, slot))
        if -1 not in rooms and still_allowed(draft, nth, placement):
            draft.add(nth, placement)
    insert_all(draft, sorted(sits.keys() - draft.placed.keys()))


def _put(draft: Draft, placements: dict[int, Placement]) -> None:
    for nth, placement in placements.items():
        draft.add(nth, placement)


def _guests(draft: Draft, placement: Placement) -> tuple[int, ...]:
    return tuple(draft.board.room_venue[room] for room in placement.rooms[1:])


def _venues(draft: Draft, nth: int) -> set[int]:
    return {draft.board.room_venue[room] for room in draft.placed[nth].rooms}


def _middle(draft: Draft, nth: int) -> int:
    start, length, _ = draft.placed[nth].sessions[0]
    return start + length // 2


def _choices(draft: Draft, tasks: Iterable[int]) -> int:
    """At most so many starts with guests the tasks have, up to where they are now."""
    total = 0
    for nth in tasks:
        task = draft.board.tasks[nth]
        until = max(task.same_day.bit_length(), draft.placed[nth].start + 1)
        total += (task.starts & ((1 << until) - 1)).bit_count() * (1 + len(task.guests))
    return total
