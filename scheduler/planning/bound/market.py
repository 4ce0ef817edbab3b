"""The crowded days as a market: rooms of each venue, supports and meetings have prices, and everyone buys the cheapest.

In every plan, at every slot, those who sit at a venue in rooms of one class are no more than the class has rooms
free. Whoever pays a fee for each slot in which he holds a room, and is credited the fees of all free rooms,
therefore never pays more than he would without; and whoever pays each guest for its support, of which the guest
then pays what supports cost (Lagrangian relaxation, Geoffrion 1974, Fisher 1981). Any prices give a valid bound;
`ascent` finds good ones. docs/planning.md has the proof.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from scheduler.planning.board import Board
from scheduler.planning.bound.curves import Curves, meeting_curves, support_curves
from scheduler.planning.bound.fees import NEVER, SCALE, Fees
from scheduler.planning.bound.relaxed import Crowd, Ints, Relaxed, relaxed

EASY = 6
"""So many days of waiting is what a split costs at first; the rest of its price is the prize of the cut."""


class Market:
    """The relaxed problem at prices: each task takes the cheapest start and guests, each venue sells its best.

    Prices are one row of integers: a fee for each class and slot, what each venue is paid for a support and each
    pair for a meeting, and a prize for each avoidable split and each project left out: every plan has `splits` of
    these or more.
    """

    def __init__(self, board: Board, splits: int = 0) -> None:
        self.board, self.splits = board, splits
        self.relaxed: Relaxed = relaxed(board)
        self.crowds = [_scaled(crowd) for crowd in self.relaxed.crowds]
        wishes = board.problem.wishes
        dear = SCALE * min(wishes.avoidable_split, wishes.unscheduled)
        self.unscheduled = SCALE * wishes.unscheduled
        self.venues = len(board.venues)
        self.supports: Curves = support_curves(board, SCALE)
        self.meetings: Curves = meeting_curves(board, SCALE)
        self.begun = list(begun_guests(board))
        longest = max((part.length for crowd in self.crowds for part in crowd.parts), default=1)
        self._sums = np.zeros((len(self.relaxed.free) + 1, self.relaxed.slots + longest + 1), dtype=np.int64)
        rooms, pairs = self.relaxed.free.size, self.venues * self.venues
        self._cut = (rooms, rooms + self.venues, rooms + self.venues + pairs)
        self.ceiling = np.concatenate(
            [np.full(rooms, NEVER), self.supports.ceiling, self.meetings.ceiling, [dear if splits else 0]]
        )

    def first(self) -> Ints:
        """Prices to begin with: rooms are free, and each venue is paid what the dearest support
        costs when all are given as cheaply as can be."""
        prices = np.zeros_like(self.ceiling)
        able = sorted({venue for task in self.board.tasks for venue in task.guests})
        total = sum(task.guest_count for task in self.board.tasks)
        if total:
            steps = np.sort(self.supports.steps[able], axis=None)
            supports = np.minimum(self.supports.ceiling, steps[min(total, len(steps)) - 1])
            prices[self._cut[0] : self._cut[1]] = supports
        day = max((task.brief.shifts.steps_a_day for task in self.board.tasks), default=0)
        prices[-1] = max(0, int(self.ceiling[-1]) - SCALE * self.board.problem.wishes.wait * EASY * day)
        return prices

    def answer(self, prices: Ints) -> tuple[int, Ints]:
        """What the relaxed problem costs at the prices, and how much more is asked than there is: a subgradient."""
        rooms, supports, meetings, prize = np.split(prices, self._cut)
        self._sum(rooms)
        asked = _Asked(self.relaxed, self.venues)
        total = self._begun(supports, meetings, asked)
        left_out = self.unscheduled - int(prize[0])
        total += self.relaxed.stuck * left_out
        split = self.relaxed.stuck
        for crowd in self.crowds:
            guests = self._guests(crowd, supports, meetings)
            charges = crowd.prices + self._home(crowd) + guests.least
            charges[:, crowd.night :] -= crowd.fits[:, None] * prize
            at = charges.argmin(axis=1)
            rows = np.arange(len(at))
            best = charges[rows, at]
            late = np.minimum(NEVER, crowd.rest + guests.floor) - crowd.fits * prize
            total += int(np.minimum(np.minimum(best, late), left_out).sum())
            sits = (best <= late) & (best <= left_out)
            out = ~sits & (late > left_out)
            split += int((out | ((~sits | (at >= crowd.night)) & (crowd.fits > 0))).sum())
            asked.sessions(crowd, guests, rows[sits], at[sits])
            asked.later(crowd, guests, int((~sits & ~out).sum()))
        given, sold = self.supports.least(supports)
        met, arranged = self.meetings.least(meetings)
        free = self.relaxed.free.ravel()
        total += given + met - int((rooms * free).sum()) + self.splits * int(prize[0])
        pairs = asked.meetings()
        supported = pairs.reshape(self.venues, self.venues).sum(axis=0)
        excess = [asked.rooms() - free, supported - sold, pairs - arranged]
        return total, np.concatenate([*excess, [self.splits - split]])

    def fees(self, prices: Ints) -> Fees:
        """What each task pays at these prices, and what the bound then gives back."""
        rooms, supports, meetings, prize = np.split(prices, self._cut)
        self._sum(rooms)
        won = int(prize[0])
        charges: dict[int, tuple[int, tuple[int, ...]]] = {}
        floor: dict[int, int] = {}
        for crowd in self.crowds:
            guests = self._guests(crowd, supports, meetings)
            paid = np.minimum(NEVER, self._home(crowd) + guests.least)
            paid[:, crowd.night :] -= crowd.fits[:, None] * prize
            for nth, fits, row in zip(crowd.tasks, crowd.fits.tolist(), paid.tolist(), strict=True):
                charges[nth], floor[nth] = (crowd.first, tuple(row)), guests.floor - fits * won
        begun = self._begun(supports, meetings, _Asked(self.relaxed, self.venues))
        given = self.supports.least(supports)[0] + self.meetings.least(meetings)[0]
        credit = int((rooms * self.relaxed.free.ravel()).sum()) - given - begun - self.splits * won
        return Fees(charges, floor, credit, SCALE, won)

    def _sum(self, rooms: Ints) -> None:
        """Fees of each class and those above it, summed up from the first slot."""
        count, slots = self.relaxed.free.shape
        fees = np.concatenate([rooms.reshape(count, slots), np.zeros((1, slots), dtype=np.int64)])
        self._sums[:count, 1 : slots + 1] = fees[self.relaxed.above].sum(axis=1).cumsum(axis=1)
        self._sums[:count, slots + 1 :] = self._sums[:count, slots : slots + 1]

    def _paid(self, crowd: Crowd, classes: Ints) -> Ints:
        """What a room of each class costs at each start."""
        spans = [
            self._sums[classes, part.low + part.length : part.high + part.length]
            - self._sums[classes, part.low : part.high]
            for part in crowd.parts
        ]
        return spans[0] if len(spans) == 1 else np.concatenate(spans, axis=1)

    def _home(self, crowd: Crowd) -> Ints:
        return self._paid(crowd, crowd.homes)

    def _guests(self, crowd: Crowd, supports: Ints, meetings: Ints) -> "_Guests":
        if not crowd.guests:
            return _Guests(np.zeros((0, crowd.starts), dtype=np.int64), np.zeros(0, dtype=np.int64), 0)
        pay = supports[crowd.venues] + meetings[crowd.home * self.venues + crowd.venues]
        places = [
            self._paid(crowd, classes) + blocked
            for classes, blocked in zip(crowd.classes, crowd.blocked, strict=True)
        ]
        table = places[0] if len(places) == 1 else np.minimum.reduce(places)
        return _Guests(table + pay[:, None], pay, crowd.guests)

    def _begun(self, supports: Ints, meetings: Ints, asked: "_Asked") -> int:
        """What begun projects pay their guests, or for having no place any more."""
        total = 0
        for home, guests in self.begun:
            pay = int(supports[guests].sum() + meetings[home * self.venues + guests].sum())
            if pay <= self.unscheduled:
                asked.meet(home, guests)
            total += min(pay, self.unscheduled)
        return total


def _scaled(crowd: Crowd) -> Crowd:
    """The crowd with its prices in units of fees."""
    return replace(
        crowd,
        prices=np.minimum(NEVER, SCALE * crowd.prices),
        rest=np.minimum(NEVER, SCALE * crowd.rest),
        blocked=tuple(np.minimum(NEVER, SCALE * blocked) for blocked in crowd.blocked),
    )


def begun_guests(board: Board) -> Iterator[tuple[int, Ints]]:
    """The home and guests of each project that has begun: they stay as they are."""
    index = {venue.venue_id: nth for nth, venue in enumerate(board.venues)}
    homes = {task.project_id: task.home for task in board.tasks}
    for booking in board.problem.begun:
        if booking.project_id in homes:
            guests = [index[part.venue_id] for part in booking.guests if part.venue_id in index]
            yield homes[booking.project_id], np.array(guests, dtype=np.int64)


class _Guests:
    """What each guest asks of a crowd at each start, and the least that as many as are needed ask."""

    def __init__(self, table: Ints, pay: Ints, needed: int) -> None:
        self.table, self.pay, self.needed = table, pay, needed
        if not needed:
            self.least: Ints = np.zeros(table.shape[1], dtype=np.int64)
        elif needed == 1:
            self.least = table.min(axis=0)
        else:
            self.least = np.partition(table, needed - 1, axis=0)[:needed].sum(axis=0)
        self.floor = int(np.sort(pay)[:needed].sum())

    def chosen(self, at: Ints) -> Ints:
        """Who is cheapest at each of these starts, one row for each guest needed."""
        return self.table[:, at].argsort(axis=0, kind="stable")[: self.needed]


class _Asked:
    """Rooms, supports and meetings that a solution of the relaxed problem takes."""

    def __init__(self, relaxed: Relaxed, venues: int) -> None:
        self._relaxed, self._venues = relaxed, venues
        self._sat: list[tuple[Ints, Ints, Ints]] = []
        self._met: list[tuple[Ints, int]] = []

    def sessions(self, crowd: Crowd, guests: _Guests, rows: Ints, at: Ints) -> None:
        """These tasks of a crowd sit from these starts on."""
        start = crowd.first + at
        first, last = crowd.parts[0], crowd.parts[-1]
        length = (
            last.length if len(crowd.parts) == 1 else np.where(start < first.high, first.length, last.length)
        )
        end = np.minimum(self._relaxed.slots, start + length)
        self._sat.append((crowd.homes[rows], start, end))
        for who in guests.chosen(at) if guests.needed else ():
            if len(crowd.classes) == 1:
                classes = crowd.classes[0][who]
            else:
                free = np.array([blocked[who, at] for blocked in crowd.blocked])
                each = np.array([classes[who] for classes in crowd.classes])
                classes = each[free.argmin(axis=0), np.arange(len(who))]
            self._sat.append((classes, start, end))
            self.meet(crowd.home, crowd.venues[who])

    def later(self, crowd: Crowd, guests: _Guests, count: int) -> None:
        """So many tasks of a crowd sit when rooms cost nothing any more: only supports count."""
        if guests.needed and count:
            self.meet(crowd.home, crowd.venues[guests.pay.argsort(kind="stable")[: guests.needed]], count)

    def meet(self, home: int, venues: Ints, times: int = 1) -> None:
        """A home has these venues as guests."""
        self._met.append((home * self._venues + venues, times))

    def meetings(self) -> Ints:
        """How often each pair meets, by home times venues plus guest."""
        met = np.zeros(self._venues * self._venues, dtype=np.int64)
        if self._met:
            pairs = np.concatenate([pairs for pairs, _ in self._met])
            np.add.at(
                met, pairs, np.repeat([n for _, n in self._met], [len(pairs) for pairs, _ in self._met])
            )
        return met

    def rooms(self) -> Ints:
        """Rooms of each class in use at each slot."""
        count, slots = self._relaxed.free.shape
        used = np.zeros((count + 1, slots + 1), dtype=np.int64)
        if self._sat:
            classes, start, end = (np.concatenate(parts) for parts in zip(*self._sat, strict=True))
            above = self._relaxed.above[classes]
            np.add.at(used, (above, start[:, None]), 1)
            np.add.at(used, (above, end[:, None]), -1)
        return used[:-1, :-1].cumsum(axis=1).ravel()
