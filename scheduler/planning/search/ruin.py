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


LONGEST_STRING = 3
"""Neighbours in time taken out of one room at most."""
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


def string(draft: Draft, chance: Chance, size: int, scope: Scope) -> list[int]:
    """A task that waits and its neighbours in time in each of its rooms, then theirs, until there are enough.

    A home or guest room that one of them leaves is free just when another can use it (adjacent strings,
    Christiaens and Vanden Berghe 2020).
    """
    waiting = scope.waiting(draft)
    if not waiting:
        return neighbours(draft, chance, size, scope)
    seed = waiting[chance.below(len(waiting))]
    middle, out, at = _middle(draft, seed), [seed], 0
    while at < len(out) < size:
        rooms = list(draft.placed[out[at]].rooms) if out[at] in draft.placed else []
        chance.shuffle(rooms)
        for room in rooms:
            users = set(draft.users[room]).difference(out)
            nearest = sorted(users, key=lambda n: (abs(_middle(draft, n) - middle), n))
            out += nearest[: 1 + chance.below(LONGEST_STRING)]
        at += 1
    return out[:size]


def later(draft: Draft, chance: Chance, size: int, scope: Scope) -> list[int]:
    """A task that waits, then those that start after some time it could have had, at any venue it uses.

    They come back in the order of their starts, so that all may move up.
    """
    waiting = [nth for nth in scope.waiting(draft) if nth in draft.placed]
    if not waiting:
        return blockers(draft, chance, size, scope)
    board = draft.board
    nth = waiting[chance.below(len(waiting))]
    start, first = draft.placed[nth].start, board.first[nth]
    begin = first + chance.below(max(1, start - first))
    venues = {board.room_venue[room] for room in draft.placed[nth].rooms}
    users = {n for venue in venues for room in board.rooms_of[venue] for n in draft.users[room]} - {nth}
    after = sorted((draft.placed[n].start, n) for n in users if draft.placed[n].start >= begin)
    return [nth, *(n for _, n in after[: 2 * size])]


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
PATIENT: tuple[tuple[int, Ruin], ...] = ((6, string), (4, later))
"""Those that pay, beside the others, once there are many iterations for each task."""
IN_ORDER: frozenset[Ruin] = frozenset({hot_venue, later})
"""Those whose tasks come back in the order in which they were taken out."""


def _users_at(draft: Draft, rooms: list[int] | tuple[int, ...], slots: int) -> set[int]:
    taken = draft.taken
    return {nth for room in rooms for nth in draft.users[room] if slots & taken[nth]}


def _middle(draft: Draft, nth: int) -> int:
    """Twice the middle of the task's time; of one without a place when it could first start."""
    if nth not in draft.placed:
        return 2 * draft.board.first[nth]
    placement = draft.placed[nth]
    start, length, _ = placement.sessions[-1]
    return placement.start + start + length


def _some(tasks: set[int], chance: Chance, size: int) -> list[int]:
    chosen = sorted(tasks)
    chance.shuffle(chosen)
    return chosen[: max(0, size)]
