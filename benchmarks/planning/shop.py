"""PyJobShop, a scheduling library on CP-SAT, told as much of the problem as it can be told."""

import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import ceil
from typing import Any

from scheduler.planning import Plan, Problem
from scheduler.planning.board import Board, compile_board
from scheduler.planning.board.task import Task
from scheduler.planning.publish import publish
from scheduler.planning.search.draft import Draft, Placement

CORES = 2
TEAMS = 3, 8
"""Fewest and most guests, or teams of guests, that are offered to each project: the first in the random order."""
OFFERS = 1600
"""Teams offered to all projects together: with more it has no plan of a province's day in half a minute."""
LENIENCY = 2
"""A venue's supports are capped at so many times its fair share by seats, and one more."""


@dataclass(frozen=True, slots=True)
class Shop:
    """PyJobShop's plan, the seconds that its solver ran, and after how many of them it first had one."""

    plan: Plan | None
    solver_s: float
    first_s: float | None


def pyjobshop(problem: Problem, seconds: float) -> Shop:
    """Rooms are machines that rest when they are closed or taken, and a mode is a choice of rooms at all venues.

    It can be told of hours, the 22:00 rule (no session runs through a machine's break, nights are breaks), seats,
    share caps (consumables) and least total tardiness against each project's earliest end. It cannot be told that
    a split weighs more than its wait, to balance supports (each venue has a cap instead), to leave a project out at
    a price, or of work in several sessions: such projects are left out.
    """
    from pyjobshop import Model, solve  # noqa: PLC0415 - a peer that only this function needs

    board = compile_board(problem)
    model = Model()
    machines = [model.add_machine(breaks=_closed(free, board.axis.slots)) for free in board.free]
    caps = _Caps(board, model)
    modes: list[tuple[int, tuple[int, ...]]] = []
    tasks = [nth for nth, task in enumerate(board.tasks) if task.length]
    teams = min(TEAMS[1], max(TEAMS[0], OFFERS // max(1, len(tasks))))
    for nth in tasks:
        task, ready = board.tasks[nth], board.first[nth]
        job = model.add_job(release_date=ready, due_date=ready + task.length)
        item = model.add_task(job=job, earliest_start=ready)
        for rooms in _ways(task, teams):
            used = caps.used(task, [board.room_venue[room] for room in rooms[1:]])
            resources = [*(machines[room] for room in rooms), *used]
            model.add_mode(item, resources, task.length, [0] * len(rooms) + [1] * len(used))
            modes.append((nth, rooms))
    model.set_objective(weight_total_tardiness=1)
    data = model.data()
    result, log = _with_log(
        lambda: solve(data, solver="ortools", time_limit=seconds, display=True, num_workers=CORES)
    )
    if not result.best.tasks:
        return Shop(None, result.runtime, None)
    draft = Draft(board)
    for nth, answer in zip(tasks, result.best.tasks, strict=True):
        if answer.start + board.tasks[nth].length <= board.axis.slots:
            session = (answer.start, board.tasks[nth].length, board.tasks[nth].brief.work)
            price = board.price(board.tasks[nth], answer.start)
            draft.add(nth, Placement(modes[answer.mode][1], (session,), price))
    first = re.search(r"^#1\s+([0-9.]+)s", log, re.MULTILINE)
    return Shop(publish(draft, 0), result.runtime, float(first[1]) if first else None)


class _Caps:
    """Consumables: how often a pair may meet, and how often a venue may be guest."""

    def __init__(self, board: Board, model: Any) -> None:
        supports: Counter[int] = Counter()
        for task in board.tasks:
            supports[task.home] += task.guest_count
        total, seats = sum(supports.values()), sum(venue.seats for venue in board.venues)
        self._venues = [
            model.add_consumable(ceil(LENIENCY * total * venue.seats / seats) + 1) for venue in board.venues
        ]
        self._board, self._model, self._supports = board, model, supports
        self._pairs: dict[tuple[int, int], Any] = {}

    def used(self, task: Task, guests: list[int]) -> list[Any]:
        """What a choice of guests uses one unit of."""
        limit = self._board.limits.get(task.home, 0)
        used = [self._venues[guest] for guest in guests]
        if self._supports[task.home] > limit:
            for guest in guests:
                pair = (task.home, guest)
                if pair not in self._pairs:
                    left = max(0, limit - self._board.history.get(pair, 0))
                    self._pairs[pair] = self._model.add_consumable(left)
                used.append(self._pairs[pair])
        return used


def _closed(free: int, slots: int) -> list[tuple[int, int]]:
    """The runs of slots at which a room is not free."""
    closed, start = [], None
    for slot in range(slots + 1):
        if slot < slots and not free >> slot & 1:
            start = slot if start is None else start
        elif start is not None:
            closed.append((start, slot))
            start = None
    return closed


def _ways(task: Task, teams: int) -> Iterator[tuple[int, ...]]:
    """Each room at home with the smallest that suits at each guest, for each team that is offered."""
    if not task.guest_count:
        yield from ((room,) for room in task.rooms)
        return
    order = [venue for venue, _ in sorted(task.ties, key=lambda entry: entry[1])]
    for first in range(min(teams, len(order))):
        team = [order[(first + place) % len(order)] for place in range(task.guest_count)]
        rooms = [task.guest_rooms[place].get(venue, ())[:1] for place, venue in enumerate(team)]
        if len(set(team)) == len(team):
            yield from product(task.rooms, *rooms)


def _with_log(act: Callable[[], Any]) -> tuple[Any, str]:
    """What `act` returns, and what the process printed meanwhile: the solver writes past Python."""
    sys.stdout.flush()
    kept = os.dup(1)
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), 1)
        try:
            answer = act()
            sys.stdout.flush()
        finally:
            os.dup2(kept, 1)
            os.close(kept)
        log.seek(0)
        return answer, log.read().decode(errors="replace")
