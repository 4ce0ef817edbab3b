"""A plan in the making: who sits where, the time left in each room, the running cost."""

import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from scheduler.planning.board import Board
from scheduler.planning.board.task import TIE_BITS, VENUE_MASK, Task
from scheduler.planning.chance import Chance
from scheduler.planning.wishes import Standing
from scheduler.timeline import run_of, starts_of


@dataclass(frozen=True, slots=True)
class Placement:
    """Rooms of home and guests in the order of places, and the slots of each session: (start, length, work)."""

    rooms: tuple[int, ...]
    sessions: tuple[tuple[int, int, int], ...]
    price: int
    """The price of the start: waiting, and the split if it could have been avoided."""

    @property
    def start(self) -> int:
        """The slot of the one simultaneous start."""
        return self.sessions[0][0]


class Draft:
    """Placements that never break a rule, added and taken away one at a time."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.free = list(board.free)
        self.placed: dict[int, Placement] = {}
        self.taken: dict[int, int] = {}
        """The slots of each placed task's sessions."""
        self.users: list[set[int]] = [set() for _ in board.free]
        self.supports = [0] * len(board.venues)
        self.pairs: dict[tuple[int, int], int] = {}
        self.kept: dict[int, Placement] = {}
        """In a re-plan: placements that can stay; another placement of theirs costs `wishes.change` more."""
        self.changes = 0
        self.chance: Chance | None = None
        """While searching: overlook a guest or a room now and then, so that not only the greedy choice is tried."""
        self.wanted: dict[int, int] = {}
        """Starts at which the homes alone would do best."""
        self.forced: tuple[int, ...] = ()
        """Tasks that the homes alone, no guest in their way, would split."""
        self.next_support = [board.support_price(venue, 1) for venue in range(len(board.venues))]
        """What the next support of each venue costs."""
        self.extra: list[dict[int, int]] = [{} for _ in board.venues]
        """For each home: what meeting a guest once more costs."""
        self.closed: list[set[int]] = [set() for _ in board.venues]
        """For each home: guests whose share is used up."""
        for (home, guest), met in board.met.items():
            self.extra[home][guest] = board.problem.wishes.rotation * met
        for (home, guest), count in board.history.items():
            if count >= board.limits.get(home, 0):
                self.closed[home].add(guest)
        self.missing = len(board.tasks) + len(board.hopeless)
        """Projects without a place."""
        self.splits = 0
        """Placements that are split though their opening day could have held them."""
        self.cost = board.problem.wishes.unscheduled * self.missing
        self.late: list[int] = []
        """Watched tasks without a place, or placed at more than their least price; in no particular order."""
        self._late_at: dict[int, int] = {}
        self.watch(range(len(board.tasks)))
        self._starts: list[dict[int, int]] = []
        self._venue_starts: list[dict[tuple[int, tuple[int, ...]], int]] = []
        self._forget()
        self._used: dict[tuple[str, frozenset[str]], dict[int, int]] = {}
        self._until = board.axis.slots
        self._crossing = [0] * len(board.problem.quotas)

    def __reduce__(self) -> tuple[Callable[..., "Draft"], tuple[object, ...]]:
        """Reaches another process as its board, which that process remembers, and what differs from an empty draft."""
        state = (self.free, self.placed, self.kept, self.wanted, self.forced, self._until)
        return _restored, (self.board.packed(), *state)

    @property
    def price(self) -> int:
        """What a search steers by: the cost, and in a re-plan the price of changes."""
        return self.cost + self.board.problem.wishes.change * self.changes

    @property
    def standing(self) -> Standing:
        """What a search makes least."""
        wishes = self.board.problem.wishes
        heavy = wishes.unscheduled * self.missing + wishes.avoidable_split * self.splits
        return self.missing, self.splits, self.price - heavy

    def is_best(self, bound: int) -> bool:
        """Whether nothing is better: the price is at the bound, and no dearer plan could avoid a split."""
        return self.price <= bound and not self.splits and self.missing == len(self.board.hopeless)

    def overlooks(self, one_in: int) -> bool:
        """Whether an option is passed over this time (a blink, Christiaens and Vanden Berghe 2020)."""
        return self.chance is not None and self.chance.below(one_in) == 0

    def watch(self, tasks: Iterable[int]) -> None:
        """Keep `late` up to date for these tasks, and for no others."""
        self._watched = [False] * len(self.board.tasks)
        for nth in tasks:
            self._watched[nth] = True
        self.late = [n for n, watched in enumerate(self._watched) if watched and self._is_late(n)]
        self._late_at = {nth: at for at, nth in enumerate(self.late)}

    def is_avoidable(self, nth: int) -> bool:
        """Whether the task has no place on its opening day though that could hold it."""
        task, placement = self.board.tasks[nth], self.placed.get(nth)
        return task.same_day != 0 and (placement is None or placement.start >= task.split_from)

    def _is_late(self, nth: int) -> bool:
        placement = self.placed.get(nth)
        return placement is None or placement.price > self.board.least[nth]

    def _note(self, nth: int) -> None:
        """Bring `late` up to date after the task was placed or taken out: the last one fills a gap."""
        at, late = self._late_at.get(nth), self.late
        if self._is_late(nth):
            if at is None and self._watched[nth]:
                self._late_at[nth] = len(late)
                late.append(nth)
        elif at is not None:
            del self._late_at[nth]
            last = late.pop()
            if last != nth:
                late[at] = last
                self._late_at[last] = at

    def look_until(self, slot: int | None) -> None:
        """Offer no time from the slot on, where nothing is placed; with None, all of the axis again.

        Short sets of slots are quick sets: a search near the openings need not carry two months along.
        """
        for room, free in enumerate(self.board.free):
            if slot is None:
                self.free[room] |= free >> self._until << self._until
            else:
                self.free[room] &= (1 << slot) - 1
        self._until = self.board.axis.slots if slot is None else slot
        self._forget()

    def forbid_before(self, slot: int) -> None:
        """Keep new placements from starting before the slot."""
        self.free = [free >> slot << slot for free in self.free]
        self._forget()

    def _forget(self) -> None:
        """Remember no starts."""
        self._starts = [{} for _ in self.board.free]
        self._venue_starts = [{} for _ in self.board.venues]

    def starts(self, room: int, length: int) -> int:
        """The slots from which the room is free for so long; remembered until the room changes."""
        known = self._starts[room]
        if length not in known:
            known[length] = starts_of(self.free[room], length)
        return known[length]

    def venue_starts(self, rooms: tuple[int, ...], length: int) -> int:
        """The slots from which any of a venue's rooms is free for so long; remembered until one of them changes."""
        if not rooms:
            return 0
        known = self._venue_starts[self.board.room_venue[rooms[0]]]
        key = (length, rooms)
        slots = known.get(key)
        if slots is None:
            slots = 0
            for room in rooms:
                starts = self._starts[room].get(length)
                slots |= self.starts(room, length) if starts is None else starts
            known[key] = slots
        return slots

    def guest_cost(self, task: Task, venue: int) -> int:
        """What one more support by the venue costs: balance, rotation, and distance where that counts."""
        return self.next_support[venue] + self.extra[task.home].get(venue, 0) + task.distance.get(venue, 0)

    def ranked_guests(self, task: Task) -> list[tuple[int, int]]:
        """Costs and venues that may still be guests, cheapest first, equals in the recorded random order."""
        support, extra, closed = self.next_support, self.extra[task.home], self.closed[task.home]
        keys = [((support[v] + extra.get(v, 0)) << TIE_BITS) + tie for v, tie in task.ties if v not in closed]
        if task.distance:
            keys = [key + (task.distance.get(key & VENUE_MASK, 0) << TIE_BITS) for key in keys]
        keys.sort()
        ranked = [(key >> TIE_BITS, key & VENUE_MASK) for key in keys]
        if self.board.problem.quotas:
            return [entry for entry in ranked if self._in_quota(task, entry[1])]
        return ranked

    def may_meet(self, task: Task, venue: int) -> bool:
        """Whether the pair is under its share cap and its regions under their quotas."""
        return venue not in self.closed[task.home] and self._in_quota(task, venue)

    def _in_quota(self, task: Task, venue: int) -> bool:
        board = self.board
        return all(
            self._crossing[nth] < quota.projects
            for nth, quota in enumerate(board.problem.quotas)
            if _crosses(board, quota.home_region, quota.guest_region, task.home, venue)
        )

    def supplied(self, task: Task, place: int, venue: int) -> int:
        """The slots of the days on which the venue's region still has the experts the place asks for."""
        return self.supplied_together(task, ((place, venue),))

    def supplied_together(self, task: Task, places: Iterable[tuple[int, int]]) -> int:
        """The same for several places with their venues, which may lie in one region."""
        board = self.board
        slots = -1
        if not board.supply:
            return slots
        needs: dict[tuple[str, frozenset[str]], int] = {}
        for place, venue in places:
            region = board.venues[venue].region
            for demand in task.brief.demands:
                if demand.place == place:
                    for codes in (demand.requirement.codes, frozenset[str]()):
                        needs[region, codes] = needs.get((region, codes), 0) + demand.seats
        for key, seats in needs.items():
            limits = board.supply.get(key)
            if limits is None:
                continue
            used = self._used.get(key, {})
            width = board.axis.width
            for day, limit in limits.items():
                if 0 <= limit < used.get(day, 0) + seats:
                    slots &= ~(run_of(width) << (day * width))
        return slots

    def add(self, nth: int, placement: Placement) -> None:
        """Place a task that is not placed."""
        self._change(nth, placement, 1)
        self.placed[nth] = placement
        self._note(nth)

    def remove(self, nth: int) -> Placement:
        """Take a placed task out."""
        placement = self.placed.pop(nth)
        self._change(nth, placement, -1)
        self._note(nth)
        return placement

    def _change(self, nth: int, placement: Placement, sign: int) -> None:
        board, task = self.board, self.board.tasks[nth]
        kept = self.kept.get(nth)
        self.changes += sign * (kept is not None and kept != placement)
        self.missing -= sign
        self.splits += sign * (placement.start >= task.split_from)
        taken = 0
        for start, length, _ in placement.sessions:
            taken |= run_of(length) << start
        self.taken[nth] = taken
        for room in placement.rooms:
            self.free[room] ^= taken
            (self.users[room].add if sign > 0 else self.users[room].discard)(nth)
            self._starts[room] = {}
            self._venue_starts[board.room_venue[room]] = {}
        own = placement.price - board.problem.wishes.unscheduled
        for room in placement.rooms[1:]:
            venue = board.room_venue[room]
            if sign > 0:
                own += self.guest_cost(task, venue)
            self.supports[venue] += sign
            self._meet(task.home, venue, sign)
            if sign < 0:
                own += self.guest_cost(task, venue)
        self.cost += sign * own
        if board.supply:
            self._supply(task, placement, sign)
        for at, quota in enumerate(board.problem.quotas):
            self._crossing[at] += sign * any(
                _crosses(board, quota.home_region, quota.guest_region, task.home, board.room_venue[room])
                for room in placement.rooms[1:]
            )

    def _meet(self, home: int, venue: int, sign: int) -> None:
        """Count a support, and renew what the venue's next one and the pair's next meeting cost."""
        board, wishes = self.board, self.board.problem.wishes
        self.next_support[venue] = board.support_price(venue, self.supports[venue] + 1)
        pair = (home, venue)
        met = self.pairs[pair] = self.pairs.get(pair, 0) + sign
        self.extra[home][venue] = wishes.rotation * (met + board.met.get(pair, 0))
        full = met + board.history.get(pair, 0) >= board.limits[home]
        (self.closed[home].add if full else self.closed[home].discard)(venue)

    def _supply(self, task: Task, placement: Placement, sign: int) -> None:
        days = [start // self.board.axis.width for start, _, _ in placement.sessions]
        for demand in task.brief.demands:
            if demand.place >= len(placement.rooms):
                continue  # only its room at home is kept so far
            region = self.board.venues[self.board.room_venue[placement.rooms[demand.place]]].region
            for codes in (demand.requirement.codes, frozenset[str]()):
                used = self._used.setdefault((region, codes), {})
                for day in days:
                    used[day] = used.get(day, 0) + sign * demand.seats


def _crosses(board: Board, home_region: str, guest_region: str, home: int, guest: int) -> bool:
    return board.venues[home].region.startswith(home_region) and board.venues[guest].region.startswith(
        guest_region
    )


@lru_cache(maxsize=2)
def _unpacked(board: bytes) -> Board:
    unpacked: Board = pickle.loads(board)  # noqa: S301 — from a process of this program
    return unpacked


def _restored(
    packed: bytes,
    free: list[int],
    placed: dict[int, Placement],
    kept: dict[int, Placement],
    wanted: dict[int, int],
    forced: tuple[int, ...],
    until: int,
) -> Draft:
    draft = Draft(_unpacked(packed))
    draft.kept, draft.wanted, draft.forced = kept, wanted, forced
    for nth, placement in placed.items():
        draft.add(nth, placement)
    draft.free, draft._until = free, until
    return draft
