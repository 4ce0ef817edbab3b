"""An integer program of starts and guests: evaluations that are out of a draft come back as cheaply as can be.

Each evaluation takes one choice of start and guest. Rooms of one class are a stock that starts take from and ends give
back to, so that every choice stands in a few rows only; supports of a venue and meetings of a pair are bought in the
order of their prices, which never fall.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import highspy
import numpy as np

from scheduler.planning.board.task import Task
from scheduler.planning.search.draft import Draft, Placement
from scheduler.timeline import each_slot, run_of

NOBODY = -1
"""In a choice: the start alone, of an evaluation with no guest or with several."""
NEAR = 10.0
"""Choices that the linear program finds no dearer than this, by their reduced costs, are near."""
PATIENCE = 40
"""How often the solver may ask whether to go on: an effort that is the same on every machine, some three seconds."""
OPTIONS: dict[str, bool | int | float | str] = {"threads": 1, "mip_abs_gap": 0.99, "mip_rel_gap": 0.0}
"""Costs are whole: what is less than one better is no better."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A start, with one guest or `NOBODY`."""

    task: int
    slot: int
    guest: int


@dataclass(frozen=True, slots=True)
class Found:
    """The start and the guests of each task; `best` if the solver has looked at everything."""

    sits: dict[int, tuple[int, tuple[int, ...]]]
    best: bool


class Program:
    """Minimises what starts, supports and meetings cost beside what the draft holds.

    Experts' supply and quotas of several together it does not know: whoever places what was found must look.
    """

    def __init__(self, draft: Draft, only: Collection[Choice] | None = None) -> None:
        self._draft, self._only = draft, only
        self._choices: list[Choice] = []
        """What the first columns stand for, which are whole numbers."""
        self._now: list[bool] = []
        self._costs: list[int] = []
        self._most: list[int] = []
        self._rows: list[tuple[int, int]] = []
        self._entries: list[tuple[int, int, int]] = []
        """Column, row, value."""
        self._sessions: dict[int, list[tuple[frozenset[int], int, int, int]]] = defaultdict(list)
        """At each venue: the rooms that suit, the column, the first slot and the one past the last."""
        self._meetings: dict[tuple[int, int], list[int]] = defaultdict(list)

    def sits(self, nth: int, now: Placement) -> None:
        """The task sits once: on its opening day, or no later than now."""
        draft, task = self._draft, self._draft.board.tasks[nth]
        starts = task.starts & draft.venue_starts(task.rooms, task.length)
        starts &= run_of(max(task.same_day.bit_length(), now.start + 1))
        if draft.board.supply:
            starts &= draft.supplied(task, 0, task.home)
        venues = {draft.board.room_venue[room] for room in now.rooms[1:]}
        guests = {v: where(draft, task, v) for v in task.guests if draft.may_meet(task, v)}
        once = self._row(1, 1)
        for slot in each_slot(starts):
            here = [v for v, (free, _) in guests.items() if free >> slot & 1]
            if self._only is not None:
                current = venues if slot == now.start else ()
                here = [v for v in here if v in current or Choice(nth, slot, v) in self._only]
            if len(here) < task.guest_count:
                continue
            price, row = draft.board.price(task, slot), once
            if task.guest_count != 1:
                start = self._choose(Choice(nth, slot, NOBODY), price, slot == now.start, once)
                self._session(task.home, task.rooms, start, slot, task.length)
                price, row = 0, self._row(0, 0)
                self._entries.append((start, row, -task.guest_count))
            for venue in here if task.guest_count else ():
                is_now = slot == now.start and venue in venues
                guest = self._choose(
                    Choice(nth, slot, venue), price + task.distance.get(venue, 0), is_now, row
                )
                if task.guest_count == 1:
                    self._session(task.home, task.rooms, guest, slot, task.length)
                else:
                    no_more = self._row(0, 1)
                    self._entries += [(start, no_more, 1), (guest, no_more, -1)]
                self._session(venue, guests[venue][1], guest, slot, task.length)
                self._meetings[task.home, venue].append(guest)

    def near(self) -> frozenset[Choice]:
        """The choices that are not too dear once the program is complete and may take parts of choices."""
        solver = self._solver()
        solver.setOptionValue("solver", "ipm")
        solver.run()
        reduced = solver.getSolution().col_dual
        return frozenset(c for c, cost in zip(self._choices, reduced, strict=False) if cost <= NEAR)

    def solve(self, stop: Callable[[], bool] | None) -> Found:
        """The cheapest found, at worst what is now."""
        solver = self._solver()
        whole = np.arange(len(self._choices), dtype=np.int32)
        kinds = np.full(len(whole), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        solver.changeColsIntegrality(len(whole), whole, kinds)
        solver.setSolution(len(whole), whole, np.array(self._now, dtype=float))
        asked = 0

        def ask(event: highspy.highs.HighsCallbackEvent) -> None:
            nonlocal asked
            asked += 1
            if asked > PATIENCE or (stop is not None and stop()):
                event.interrupt()

        solver.cbMipInterrupt += ask
        solver.run()
        values = solver.getSolution().col_value
        taken = [choice for choice, value in zip(self._choices, values, strict=False) if value > 0.5]
        guests: dict[int, list[int]] = {choice.task: [] for choice in taken}
        for choice in taken:
            if choice.guest != NOBODY:
                guests[choice.task].append(choice.guest)
        sits = {choice.task: (choice.slot, tuple(guests[choice.task])) for choice in taken}
        return Found(sits, solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _solver(self) -> "_Quiet":
        self._share_rooms()
        self._share_guests()
        columns, rows, values = np.array(self._entries, dtype=np.int64).reshape(-1, 3).T
        order = np.lexsort((rows, columns))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self._costs), len(self._rows)
        lp.col_cost_ = np.array(self._costs, dtype=float)
        lp.col_lower_, lp.col_upper_ = np.zeros(len(self._costs)), np.array(self._most, dtype=float)
        lp.row_lower_, lp.row_upper_ = np.array(self._rows, dtype=float).reshape(-1, 2).T.copy()
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.searchsorted(columns[order], np.arange(len(self._costs) + 1))
        lp.a_matrix_.index_, lp.a_matrix_.value_ = rows[order], values[order].astype(float)
        solver = _Quiet()  # type: ignore[no-untyped-call]
        for option, value in OPTIONS.items():
            solver.setOptionValue(option, value)
        solver.passModel(lp)
        return solver

    def _share_rooms(self) -> None:
        """At no slot are there more sessions in rooms of one class than are free."""
        free = self._draft.free
        for sessions in self._sessions.values():
            for rooms in sorted({suited for suited, *_ in sessions}, key=sorted):
                inside = [session for session in sessions if session[0] <= rooms]
                slots = sorted({slot for _, _, first, last in inside for slot in (first, last)})
                flow = {slot: self._row(0, 0) for slot in slots}
                for _, column, first, last in inside:
                    self._entries += [(column, flow[first], 1), (column, flow[last], -1)]
                for slot, following in pairwise(slots):
                    least = min(sum(free[room] >> at & 1 for room in rooms) for at in range(slot, following))
                    stock = self._column(0, flow[slot], -1, least)
                    self._entries.append((stock, flow[following], 1))

    def _share_guests(self) -> None:
        draft, board = self._draft, self._draft.board
        by_venue: dict[int, list[int]] = defaultdict(list)
        for (home, venue), columns in self._meetings.items():
            by_venue[venue] += columns
            met = draft.pairs.get((home, venue), 0) + board.history.get((home, venue), 0)
            first, dearer = draft.extra[home].get(venue, 0), board.problem.wishes.rotation
            self._buy(columns, [first + dearer * more for more in range(board.limits[home] - met)])
        for venue, columns in by_venue.items():
            given = draft.supports[venue]
            supports = len({self._choices[column].task for column in columns})
            self._buy(columns, [board.support_price(venue, given + 1 + more) for more in range(supports)])

    def _buy(self, columns: Iterable[int], prices: Sequence[int]) -> None:
        together = self._row(0, 0)
        self._entries += [(column, together, 1) for column in columns]
        for price in prices:
            self._column(price, together, -1)

    def _choose(self, choice: Choice, price: int, is_now: bool, row: int) -> int:
        self._choices.append(choice)
        self._now.append(is_now)
        return self._column(price, row)

    def _row(self, least: int, most: int) -> int:
        self._rows.append((least, most))
        return len(self._rows) - 1

    def _column(self, cost: int, row: int, value: int = 1, most: int = 1) -> int:
        self._costs.append(cost)
        self._most.append(most)
        self._entries.append((len(self._costs) - 1, row, value))
        return len(self._costs) - 1

    def _session(self, venue: int, rooms: Iterable[int], column: int, slot: int, length: int) -> None:
        self._sessions[venue].append((frozenset(rooms), column, slot, slot + length))


class _Quiet(highspy.Highs):
    """The solver without its greeting, which it prints when callbacks are enabled."""

    def enableCallbacks(self) -> None:  # noqa: N802 - its name
        """They are enabled once nothing is printed any more."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def where(draft: Draft, task: Task, venue: int) -> tuple[int, tuple[int, ...]]:
    """From which slots any room of the guest that suits one of the task's places is free, and those rooms."""
    rooms = tuple(dict.fromkeys(room for suited in task.guest_rooms for room in suited.get(venue, ())))
    free = draft.venue_starts(rooms, task.length)
    return free & draft.supplied(task, 1, venue) if draft.board.supply else free, rooms
