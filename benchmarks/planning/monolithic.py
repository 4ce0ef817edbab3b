"""The whole problem as one CP-SAT model: an oracle on small instances, a peer on large ones.

Rooms are optional intervals, starts Booleans, supports and meetings convex steps. It speaks of single sessions
only: work of several days is left out, so its bound holds for instances without such work.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import cast

from ortools.sat.python import cp_model

from scheduler.planning.board import Board, compile_board
from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Problem
from scheduler.planning.publish import publish
from scheduler.planning.search.draft import Draft, Placement
from scheduler.timeline import each_slot, starts_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What CP-SAT found in its time."""

    plan: Plan | None
    bound: int
    optimal: bool


def solve_whole(
    problem: Problem,
    seconds: float,
    workers: int = 1,
    ceiling: int | None = None,
    told: Callable[[int | None, int], None] = lambda cost, bound: None,
) -> Answer:
    """The best plan that one model finds; starts dearer than a known plan's `ceiling` are left out.

    `told` hears of each better cost, and of each better bound.
    """
    board = compile_board(problem)
    model = cp_model.CpModel()
    whole = _Whole(board, model, ceiling)
    for nth in range(len(board.tasks)):
        whole.task(nth)
    whole.shared()
    model.minimize(sum(whole.cost) + problem.wishes.unscheduled * len(board.hopeless))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = seconds
    hearer = _Hearer(told)
    solver.best_bound_callback = hearer.hear_bound
    status = solver.solve(model, hearer)
    bound = int(solver.best_objective_bound + 0.999999)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, bound, False)
    draft = Draft(board)
    for nth, task in enumerate(board.tasks):
        slot = next((s for s, x in whole.starts[nth].items() if solver.value(x)), None)
        if slot is not None:
            rooms = tuple(
                next(room for room, y in options.items() if solver.value(y)) for options in whole.rooms[nth]
            )
            session = (slot, task.length, task.brief.work)
            draft.add(nth, Placement(rooms, (session,), board.price(task, slot)))
    return Answer(publish(draft, min(bound, draft.cost)), bound, status == cp_model.OPTIMAL)


class _Hearer(cp_model.CpSolverSolutionCallback):
    def __init__(self, told: Callable[[int | None, int], None]) -> None:
        super().__init__()
        self._told, self._cost = told, cast("int | None", None)

    def on_solution_callback(self) -> None:
        """A better solution."""
        self._cost = round(self.objective_value)
        self._told(self._cost, ceil(self.best_objective_bound - 1e-6))

    def hear_bound(self, bound: float) -> None:
        """A better bound."""
        self._told(self._cost, ceil(bound - 1e-6))


class _Whole:
    def __init__(self, board: Board, model: cp_model.CpModel, ceiling: int | None) -> None:
        self.board, self.model, self.ceiling = board, model, ceiling
        self.cost: list[cp_model.LinearExprT] = []
        self.starts: list[dict[int, cp_model.IntVar]] = []
        self.rooms: list[list[dict[int, cp_model.IntVar]]] = []
        self.intervals: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
        self.supports: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        self.pairs: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)

    def task(self, nth: int) -> None:
        """One task: a start or none, a room at each place, one venue a place."""
        board, model, task = self.board, self.model, self.board.tasks[nth]
        left_out = model.new_bool_var("")
        self.cost.append(board.problem.wishes.unscheduled * left_out)
        slots = task.same_day | task.later if task.length else 0
        starts = {}
        for slot in each_slot(slots):
            price = board.price(task, slot)
            if self.ceiling is None or price <= self.ceiling:
                starts[slot] = model.new_bool_var("")
                self.cost.append(price * starts[slot])
        model.add_exactly_one([left_out, *starts.values()])
        self.starts.append(starts)
        start = model.new_int_var(0, board.axis.slots, "")
        if starts:
            model.add(start == sum(slot * x for slot, x in starts.items()))
        places = [{room: model.new_bool_var("") for room in task.rooms}]
        for suited in task.guest_rooms:
            places.append({room: model.new_bool_var("") for rooms in suited.values() for room in rooms})
        self.rooms.append(places)
        seen: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for place, options in enumerate(places):
            model.add(sum(options.values()) == 1 - left_out)
            for room, y in options.items():
                free = starts_of(board.free[room], task.length)
                for slot, x in starts.items():
                    if not free >> slot & 1:
                        model.add_at_most_one([x, y])
                if task.length:
                    self.intervals[room].append(
                        model.new_optional_fixed_size_interval_var(start, task.length, y, "")
                    )
                venue = board.room_venue[room]
                seen[venue].append(y)
                if place:
                    self.supports[venue].append(y)
                    self.pairs[task.home, venue].append(y)
        for literals in seen.values():
            model.add_at_most_one(literals)

    def shared(self) -> None:
        """Rooms hold one session at a time; supports and meetings cost more each time."""
        board, model, wishes = self.board, self.model, self.board.problem.wishes
        for intervals in self.intervals.values():
            model.add_no_overlap(intervals)
        for venue, literals in self.supports.items():
            steps = [model.new_bool_var("") for _ in literals]
            model.add(sum(steps) == sum(literals))
            for nth, step in enumerate(steps, start=1):
                self.cost.append(board.support_price(venue, nth) * step)
        for pair, literals in self.pairs.items():
            limit = max(0, board.limits[pair[0]] - board.history.get(pair, 0))
            steps = [model.new_bool_var("") for _ in literals[:limit]]
            model.add(sum(steps) == sum(literals))
            for nth, step in enumerate(steps):
                self.cost.append(wishes.rotation * (nth + board.met.get(pair, 0)) * step)
