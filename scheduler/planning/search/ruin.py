"""Which placements to take out together: those whose rooms, times or guests are in each other's way."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from scheduler.planning.chance import Chance
from scheduler.planning.search.draft import Draft
from scheduler.timeline import each_slot, run_of


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tasks a search may move, and in a re-plan those it is about."""

    tasks: tuple[int, ...]
    about: tuple[int, ...] = ()
    stubborn: dict[int, int] = field(default_factory=dict)
    """What the split of a task weighs on top, the more often its opening day was tried in vain."""

    def grudge(self, draft: Draft, tasks: Iterable[int]) -> int:
        """What the splits among these tasks weigh on top, so that not always the same ones are split."""
        return sum(self.stubborn.get(nth, 0) for nth in tasks if draft.is_avoidable(nth))

    def waiting(self, draft: Draft) -> Sequence[int]:
        """Who should get a better place: what the search is about, otherwise all that wait."""
        return self.about or draft.late


STARTS_TRIED = 3
GUESTS_TRIED = 16
"""Starts on the opening day, and guest venues at each, that are looked at to make room for a split task."""
EJECTION = 100
"""How hard it is to move one task that was never hard to place."""
BLOCKED = 1 << 40
"""Harder than to move any tasks."""

Ruin = Callable[[Draft, Chance, int, Scope], list[int]]


def blockers(draft: Draft, chance: Chance, size: int, scope: Scope) -> list[int]:
    """A task that waits, or has no place, and those who sit in its rooms when it would have liked to start."""
    waiting = scope.waiting(draft)
    if not waiting:
        return neighbours(draft, chance, size, scope)
    nth = waiting[chance.below(len(waiting))]
    task = draft.board.tasks[nth]
    wanted = run_of(max(1, task.length) + chance.below(12)) << draft.board.first[nth]
    guests = (
        {draft.board.room_venue[room] for room in draft.placed[nth].rooms[1:]}
        if nth in draft.placed
        else set()
    )
    rooms = [
        *task.rooms,
        *(r for suited in task.guest_rooms for venue in guests for r in suited.get(venue, ())),
    ]
    return [nth, *_some(_users_at(draft, rooms, wanted) - {nth}, chance, size - 1)]


def neighbours(draft: Draft, chance: Chance, size: int, scope: Scope) -> list[int]:
    """Tasks that use rooms of one venue, at home or as guests, on one day."""
    seed = scope.tasks[chance.below(len(scope.tasks))]
    if seed not in draft.placed:
        return [seed]
    placement = draft.placed[seed]
    venue = draft.board.room_venue[placement.rooms[chance.below(len(placement.rooms))]]
    width = draft.board.axis.width
    day = placement.start // width
    return _some(_users_at(draft, draft.board.rooms_of[venue], run_of(width) << (day * width)), chance, size)


def uneven(draft: Draft, chance: Chance, size: int, scope: Scope) -> list[int]:
    """Users of a venue that supports too little, and tasks of guests that support too much: they may change."""
    board, following = draft.board, draft.next_support
    ranked = sorted(range(len(board.venues)), key=lambda v: (following[v], v))
    spread = max(1, len(ranked) // 4)
    low = ranked[min(chance.below(spread), chance.below(spread))]
    users = {nth for room in board.rooms_of[low] for nth in draft.users[room]}
    high = ranked[-1 - min(chance.below(spread), chance.below(spread))]
    givers = {n for room in board.rooms_of[high] for n in draft.users[room] if board.tasks[n].home != high}
    return _some(givers, chance, 1 + size // 2) + _some(users - givers, chance, size // 2)


def rivals(draft: Draft, chance: Chance, size: int, scope: Scope) -> list[int]:
    """A task that waits and tasks of the same home, or of one guest, around it."""
    waiting = scope.waiting(draft) or scope.tasks
    if not waiting:
        return []
    nth = waiting[chance.below(len(waiting))]
    board = draft.board
    home = board.tasks[nth].home
    return [nth, *_some(set(board.at_home[home]) - {nth}, chance, size - 1)]


def hot_venue(draft: Draft, chance: Chance, size: int, scope: Scope) -> list[int]:
    """A home whose tasks wait, emptied for a day: its own tasks come back first, in the order of `wanted`."""
    waiting = scope.waiting(draft)
    if not waiting:
        return neighbours(draft, chance, size, scope)
    board = draft.board
    nth = waiting[chance.below(len(waiting))]
    home, width = board.tasks[nth].home, board.axis.width
    day = board.first[nth] // width
    users = _users_at(draft, board.rooms_of[home], run_of(width) << (day * width))
    own = [n for n in board.at_home[home] if board.first[n] // width == day or n in users]
    own.sort(key=lambda n: (draft.wanted.get(n, board.first[n]), n))
    return own + sorted(users - set(own))


def make_room(draft: Draft, chance: Chance, nth: int, scope: Scope) -> list[int]:
    """A task that is split although it need not be, then those in its way at one start on its opening day.

    Of a few starts, and of its rooms and some guests' rooms at each, those where least has to give way: few tasks,
    and such as are placed again without trouble (ejection, Nagata and Bräysy 2009).
    """
    task = draft.board.tasks[nth]
    starts = list(each_slot(task.same_day))
    found: list[tuple[int, set[int]]] = []
    for _ in range(STARTS_TRIED):
        span = run_of(task.length) << starts[chance.below(len(starts))]
        ways = [_easiest(draft, scope, task.rooms, span)]
        for suited in task.guest_rooms:
            first = chance.below(len(task.guests))
            round_trip = chain(task.guests[first:], task.guests[:first])
            guests = (v for v in round_trip if v in suited and draft.may_meet(task, v))
            rooms = [room for venue in islice(guests, GUESTS_TRIED) for room in suited[venue]]
            ways.append(_easiest(draft, scope, rooms, span))
        found.append((sum(weight for weight, _ in ways), set().union(*(tasks for _, tasks in ways))))
    _, others = min(found, key=lambda way: way[0])
    return [nth, *_some(others - {nth}, chance, len(others))]


def _easiest(draft: Draft, scope: Scope, rooms: Sequence[int], span: int) -> tuple[int, list[int]]:
    """Who sits in that of the rooms which is easiest to clear, and how hard it is."""
    best, users, stubborn, taken = BLOCKED, list[int](), scope.stubborn, draft.taken
    for room in rooms:
        if draft.free[room] & span == span:
            return 0, []
        if draft.board.free[room] & span == span:
            here = [nth for nth in draft.users[room] if span & taken[nth]]
            weight = EJECTION * len(here) + sum([stubborn.get(nth, 0) for nth in here])
            if here and weight < best:
                best, users = weight, here
    return best, users


RUINS: tuple[tuple[int, Ruin], ...] = (
    (6, blockers),
    (2, neighbours),
    (4, uneven),
    (2, rivals),
    (1, hot_venue),
)
"""Each with its share of the iterations."""


def _users_at(draft: Draft, rooms: list[int] | tuple[int, ...], slots: int) -> set[int]:
    taken = draft.taken
    return {nth for room in rooms for nth in draft.users[room] if slots & taken[nth]}


def _some(tasks: set[int], chance: Chance, size: int) -> list[int]:
    chosen = sorted(tasks)
    chance.shuffle(chosen)
    return chosen[: max(0, size)]
