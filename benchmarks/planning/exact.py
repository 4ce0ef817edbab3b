"""Exact models of one wish at a time, by CP-SAT: what it proves, and a legal plan that shows what can be had.

The model is that of `scheduler.planning.search.packing`: every plan obeys it, so what CP-SAT proves holds for all
plans. What it finds becomes a plan with concrete rooms through the planner's own draft; what the model left open (work
of several days, starts past its days, evaluations split anyway) is inserted last, wherever there still is room.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ortools.sat.python import cp_model

from scheduler.planning import Plan, Problem
from scheduler.planning.board import compile_board
from scheduler.planning.bound.limits import only_waits
from scheduler.planning.publish import publish
from scheduler.planning.search import insert_all
from scheduler.planning.search.draft import Draft
from scheduler.planning.search.packing import Model
from scheduler.planning.search.resume import placement_of
from scheduler.timeline import each_slot

DAYS = 2
"""Days from the opening on whose rooms the model of waits counts; a later start costs what the first one after does."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is proven of all plans, and the best plan that was found, if any."""

    least: int
    plan: Plan | None


def fewest_splits(problem: Problem, seconds: float, workers: int, known: Plan | None = None) -> Found:
    """As many evaluations as possible on their opening day; all others may have any later time."""
    model = _Model(problem)
    for nth, task in enumerate(model.board.tasks):
        if task.brief.fits:
            model.sits(nth, list(each_slot(task.same_day)), model.new())
    model.count_rooms(model.board.history)
    model.begin(known)
    model.cp.minimize(sum(1 - present for present in model.present.values()))
    return model.found(seconds, workers)


def least_waits(problem: Problem, seconds: float, workers: int, known: Plan | None = None) -> Found:
    """The least sum of steps waited; work of several days waits at least till its first possible start."""
    model = _Model(problem)
    priced = compile_board(only_waits(problem))
    cost: list[cp_model.LinearExprT] = []
    for nth, task in enumerate(model.board.tasks):
        slots = list(each_slot(task.starts)) if task.length else []
        end = (task.first_day + DAYS) * model.board.axis.width
        near = [slot for slot in slots if slot < end]
        if not near:
            cost.append(priced.least[nth])
            continue
        present = model.new()
        model.sits(nth, near, present)
        after = [priced.price(priced.tasks[nth], slot) for slot in slots[len(near) : len(near) + 1]]
        waited = model.cp.new_int_var(0, max([priced.price(priced.tasks[nth], near[-1]), *after]), "")
        for day, first in _days(near, model.board.axis.width):
            sits = model.new()
            model.on_day[nth].append(sits)
            start, low = model.start[nth], day * model.board.axis.width
            model.cp.add(start >= low).only_enforce_if(sits)
            model.cp.add(start < low + model.board.axis.width).only_enforce_if(sits)
            price = priced.price(priced.tasks[nth], first)
            every = task.brief.shifts.grid // model.board.axis.grid
            model.cp.add(every * (waited - price) >= start - first).only_enforce_if(sits)
        model.cp.add(sum(model.on_day[nth]) == present)
        if after:
            model.cp.add(waited >= after[0]).only_enforce_if(~present)
        else:
            model.cp.add(present == 1)
        cost.append(waited)
    model.count_rooms(model.board.history)
    model.begin(known)
    model.cp.minimize(sum(cost))
    return model.found(seconds, workers)


def _days(slots: Iterable[int], width: int) -> list[tuple[int, int]]:
    """Each day on which there are starts, with the first of them."""
    firsts: dict[int, int] = {}
    for slot in slots:
        firsts.setdefault(slot // width, slot)
    return list(firsts.items())


class _Model(Model):
    """The engine's model of packing, solved for as long as it takes, and read as a plan."""

    def __init__(self, problem: Problem) -> None:
        self.draft = Draft(compile_board(problem))
        super().__init__(self.draft.board, self.draft.free)
        self.on_day: dict[int, list[cp_model.IntVar]] = defaultdict(list)

    def begin(self, plan: Plan | None) -> None:
        """Begin from a plan."""
        index = {task.project_id: nth for nth, task in enumerate(self.board.tasks)}
        placed = {}
        for booking in plan.bookings if plan else ():
            nth = index[booking.project_id]
            if (placement := placement_of(self.board, nth, booking)) is not None:
                placed[nth] = placement
        self.hint(placed)

    def found(self, seconds: float, workers: int) -> Found:
        """Solve, and make a plan of the best solution; what the model left open is inserted last."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(self.cp)
        least = max(0, int(solver.best_objective_bound + 1 - 1e-6))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Found(least, None)
        self.place(self.draft, solver)
        insert_all(self.draft, sorted(range(len(self.board.tasks)), key=lambda n: (self.board.first[n], n)))
        return Found(least, publish(self.draft, 0))
