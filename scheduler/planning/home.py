"""The exact model of one home venue with its guests left out: half of the lower bound, and a good first order.

Time-indexed: one Boolean for each task and start. Rooms are counted by class (those that suit the most
demanding tasks, then more and more), which every assignment of concrete rooms obeys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from ortools.sat.python import cp_model

from scheduler.planning.board import Board
from scheduler.planning.chance import Chance
from scheduler.planning.task import Task
from scheduler.timeline import each_slot, first_slot, minute_of, run_of, starts_of

TRIES = 150
"""Orders tried for a first solution of a home."""
EFFORT = 2.0
"""Deterministic seconds of CP-SAT for one component; its bound is valid wherever it stops."""


@dataclass(frozen=True, slots=True)
class Option:
    """A start a task may have at home: its price, and the slots it takes for certain."""

    slot: int
    price: int
    length: int


@dataclass(frozen=True, slots=True)
class HomeBound:
    """What the tasks of one home cost at least, and starts by which they may be tried first."""

    bound: int
    starts: dict[int, int]


def home_bound(board: Board, members: Sequence[int], unscheduled: int) -> HomeBound:
    """No plan has these tasks of one home for less than `bound`, whatever their guests do."""
    options = {nth: _options(board, board.tasks[nth]) for nth in members}
    total, starts = 0, dict[int, int]()
    for group in _components(board, options, unscheduled):
        part = _solve(board, {nth: options[nth] for nth in group}, unscheduled)
        total += part.bound
        starts.update(part.starts)
    return HomeBound(total, starts)


def _options(board: Board, task: Task) -> list[Option]:
    """All starts at home, cheapest first; sessions on later days count only with what they surely take.

    What has begun is where it is: it counts nothing.
    """
    if task.project_id in board.begun:
        return [Option(0, 0, 0)]
    shifts, axis = task.brief.shifts, board.axis
    opens = max(minute_of(venue.opens) for venue in board.venues)
    closes = min(minute_of(venue.closes) for venue in board.venues)
    holds = shifts.day_holds(opens, closes)
    sure = task.length if task.length and task.brief.work <= holds else 0
    if not sure:
        least = min(shifts.length(max(1, holds // 2)), shifts.length(task.brief.work))
        sure = max(1, least // axis.grid)
    free = [board.free[room] for room in task.rooms]
    same = later = 0
    for slots in free:
        if task.same_day:
            same |= starts_of(slots, task.length) & task.same_day
        later |= starts_of(slots, sure) & task.window & task.steps
    options = [Option(slot, board.price(task, slot), task.length) for slot in each_slot(same)]
    return options + [Option(slot, board.price(task, slot), sure) for slot in each_slot(later)]


def _components(board: Board, options: dict[int, list[Option]], unscheduled: int) -> list[list[int]]:
    """Groups of tasks that can meet, after starts dearer than any best solution needs are dropped."""
    ceiling = _greedy(board, options, unscheduled)[0]
    floor = sum(_cheapest(entries, unscheduled) for entries in options.values())
    reach: dict[int, int] = {}
    for nth, entries in options.items():
        limit = ceiling - floor + _cheapest(entries, unscheduled)
        entries[:] = [option for option in entries if option.price <= limit]
        taken = 0
        for option in entries:
            taken |= run_of(option.length) << option.slot
        reach[nth] = taken
    groups: list[tuple[int, list[int]]] = []
    for nth in sorted(options):
        mask, members = reach[nth], [nth]
        apart = []
        for other, theirs in groups:
            if other & mask:
                mask, members = mask | other, members + theirs
            else:
                apart.append((other, theirs))
        groups = [*apart, (mask, members)]
    return [sorted(members) for _, members in groups]


def _cheapest(entries: list[Option], unscheduled: int) -> int:
    return min([unscheduled, *(option.price for option in entries[:1])])


def _greedy(board: Board, options: dict[int, list[Option]], unscheduled: int) -> tuple[int, dict[int, int]]:
    """A solution of the model: the best of many orders, each task at its cheapest free start in turn."""
    order = sorted(options, key=lambda n: (options[n][0].slot if options[n] else 0, board.tasks[n].length, n))
    floor = sum(_cheapest(entries, unscheduled) for entries in options.values())
    masks = {n: _start_masks(entries) for n, entries in options.items()}
    prices = {n: {option.slot: option.price for option in entries} for n, entries in options.items()}
    best = _insert(board, masks, prices, order, unscheduled)
    chance = Chance(len(order))
    for _ in range(TRIES):
        if best[0] <= floor:
            break
        other = list(order)
        for _ in range(1 + chance.below(3)):
            other.insert(chance.below(len(other)), other.pop(chance.below(len(other))))
        found = _insert(board, masks, prices, other, unscheduled)
        if found[0] <= best[0]:
            best, order = found, other
    return best


def _start_masks(options: list[Option]) -> list[tuple[int, int]]:
    """The starts by the length they take: those of the opening day come first."""
    masks: dict[int, int] = {}
    for option in options:
        masks[option.length] = masks.get(option.length, 0) | 1 << option.slot
    return sorted(masks.items(), key=lambda item: first_slot(item[1]))


def _insert(
    board: Board,
    masks: dict[int, list[tuple[int, int]]],
    prices: dict[int, dict[int, int]],
    order: list[int],
    unscheduled: int,
) -> tuple[int, dict[int, int]]:
    free = {room: board.free[room] for nth in order for room in board.tasks[nth].rooms}
    total, starts = 0, dict[int, int]()
    for nth in order:
        found = [
            (first_slot(slots), at, length, room)
            for length, mask in masks[nth]
            for at, room in enumerate(board.tasks[nth].rooms)
            if (slots := starts_of(free[room], length) & mask)
        ]
        slot, _, length, room = min(found, default=(-1, 0, 0, 0))
        if slot >= 0 and prices[nth][slot] < unscheduled:
            free[room] &= ~(run_of(length) << slot)
            total += prices[nth][slot]
            starts[nth] = slot
        else:
            total += unscheduled
    return total, starts


def _solve(board: Board, options: dict[int, list[Option]], unscheduled: int) -> HomeBound:
    floor = sum(_cheapest(entries, unscheduled) for entries in options.values())
    ceiling, starts = _greedy(board, options, unscheduled)
    if ceiling <= floor:
        return HomeBound(ceiling, starts)
    model = cp_model.CpModel()
    chosen: dict[tuple[int, int], cp_model.IntVar] = {}
    cost: list[cp_model.LinearExprT] = []
    for nth, entries in options.items():
        left_out = model.new_bool_var("")
        variables = [model.new_bool_var("") for _ in entries]
        model.add_exactly_one([left_out, *variables])
        cost.append(unscheduled * left_out)
        for at, (option, variable) in enumerate(zip(entries, variables, strict=True)):
            chosen[nth, at] = variable
            cost.append(option.price * variable)
            model.add_hint(variable, starts.get(nth) == option.slot)
    for rooms in sorted({frozenset(board.tasks[nth].rooms) for nth in options}, key=sorted):
        _count_rooms(board, model, options, chosen, rooms)
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = EFFORT
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        starts = {nth: options[nth][at].slot for (nth, at), var in chosen.items() if solver.value(var)}
    # A float just above an integer is that integer: the bound may lose a unit, never gain one.
    return HomeBound(max(floor, min(ceiling, ceil(solver.best_objective_bound - 1e-6))), starts)


def _count_rooms(
    board: Board,
    model: cp_model.CpModel,
    options: dict[int, list[Option]],
    chosen: dict[tuple[int, int], cp_model.IntVar],
    rooms: frozenset[int],
) -> None:
    """At each slot, tasks that suit no room outside the class sit in no more rooms than it has free."""
    over: dict[int, list[cp_model.IntVar]] = {}
    tasks: dict[int, set[int]] = {}
    for (nth, at), variable in chosen.items():
        if set(board.tasks[nth].rooms) <= rooms:
            option = options[nth][at]
            for slot in range(option.slot, option.slot + option.length):
                over.setdefault(slot, []).append(variable)
                tasks.setdefault(slot, set()).add(nth)
    for slot, variables in over.items():
        capacity = sum(board.free[room] >> slot & 1 for room in rooms)
        if len(tasks[slot]) > capacity:
            model.add(sum(variables) <= capacity)
