"""The exact model of one home venue with its guests left out: half of the lower bound, and a good first order.

Time-indexed: one Boolean for each task and start. Rooms are counted by class (those that suit the most
demanding tasks, then more and more), which every assignment of concrete rooms obeys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from ortools.sat.python import cp_model

from scheduler.planning.board import Board
from scheduler.planning.bound.fees import NO_FEES, Fees
from scheduler.planning.bound.reach import Starts, starts_at_home
from scheduler.planning.chance import Chance
from scheduler.timeline import each_slot, run_of, starts_of

TRIES = 150
"""Orders tried for a first solution of a home."""
MOST_STARTS = 240
"""Starts of a task that the model tells apart; all later ones are one that costs as the first of them."""
EFFORT = 2.0
"""Deterministic seconds of CP-SAT for one component; its bound is valid wherever it stops."""


@dataclass(frozen=True, slots=True)
class Option:
    """A start a task may have at home: its price with fees, and the slots it takes for certain."""

    slot: int
    price: int
    length: int


@dataclass(frozen=True, slots=True)
class HomeBound:
    """What the tasks of one home cost at least, and starts by which they may be tried first."""

    bound: int
    starts: dict[int, int]


def home_bound(board: Board, members: Sequence[int], unscheduled: int, fees: Fees = NO_FEES) -> HomeBound:
    """No plan has these tasks of one home, fees paid, for less than `bound`, whatever their guests do.

    The bound is in units of the fees.
    """
    starts = {nth: starts_at_home(board, board.tasks[nth]) for nth in members}
    return _Home(board, fees, fees.scale * unscheduled - fees.prize).bound(starts)


@dataclass(frozen=True, slots=True)
class _Home:
    """The model's scale: what a start costs with its fees, and what leaving a task out costs."""

    board: Board
    fees: Fees
    unscheduled: int

    def bound(self, starts: dict[int, Starts]) -> HomeBound:
        """The bound of tasks that share rooms, taken apart as far as cheap starts leave them apart."""
        board = self.board
        starts = {n: reach for n, reach in starts.items() if board.tasks[n].project_id not in board.begun}
        least = {nth: self.least(nth, reach) for nth, reach in starts.items()}
        floor = sum(least.values())
        ceiling, found = _greedy(self, starts, floor)
        if ceiling <= floor:
            return HomeBound(ceiling, found)
        options = {
            nth: self.options(nth, reach, ceiling - floor + least[nth]) for nth, reach in starts.items()
        }
        groups = _components(options)
        if len(groups) == 1:
            return _solve(self, options, floor, ceiling, found)
        parts = [self.bound({nth: starts[nth] for nth in group}) for group in groups]
        return HomeBound(
            sum(part.bound for part in parts),
            {nth: slot for part in parts for nth, slot in part.starts.items()},
        )

    def least(self, nth: int, starts: Starts) -> int:
        """What the task costs at least."""
        return min([self.unscheduled, *(self.cheapest(nth, slots)[0] for slots, _ in starts)])

    def cheapest(self, nth: int, slots: int) -> tuple[int, int]:
        """The charge and slot of the cheapest of these starts, the earliest of equals.

        The price alone never falls with time: from where, with the least of fees, it reaches the cheapest charge,
        nothing is cheaper.
        """
        task, scale, floor = self.board.tasks[nth], self.fees.scale, self.fees.floor.get(nth, 0)
        best = (-1, -1)
        for slot in each_slot(slots):
            price = scale * self.board.price(task, slot)
            if best[1] >= 0 and price + floor >= best[0]:
                break
            charge = price + self.fees.of(nth, slot)
            if best[1] < 0 or charge < best[0]:
                best = (charge, slot)
        return best

    def options(self, nth: int, starts: Starts, limit: int) -> list[Option]:
        """The starts that a solution no dearer than the known one can use.

        Beyond MOST_STARTS one last option stands for all the rest: it takes no room and pays the least of fees, so
        that it only relaxes.
        """
        task, scale, floor = self.board.tasks[nth], self.fees.scale, self.fees.floor.get(nth, 0)
        options: list[Option] = []
        for slots, length in starts:
            for slot in each_slot(slots):
                price = scale * self.board.price(task, slot)
                if price + floor > limit:
                    break
                if len(options) == MOST_STARTS:
                    return [*options, Option(slot, price + floor, 0)]
                charge = price + self.fees.of(nth, slot)
                if charge <= limit:
                    options.append(Option(slot, charge, length))
        return options


def _components(options: dict[int, list[Option]]) -> list[list[int]]:
    """Groups of tasks that can meet."""
    groups: list[tuple[int, list[int]]] = []
    for nth in sorted(options):
        mask, members = 0, [nth]
        for option in options[nth]:
            mask |= run_of(option.length) << option.slot
        apart = []
        for other, theirs in groups:
            if other & mask:
                mask, members = mask | other, members + theirs
            else:
                apart.append((other, theirs))
        groups = [*apart, (mask, members)]
    return [sorted(members) for _, members in groups]


def _greedy(home: _Home, starts: dict[int, Starts], floor: int) -> tuple[int, dict[int, int]]:
    """A solution of the model: the best of many orders, each task at its cheapest free start in turn."""
    board = home.board
    order = sorted(starts, key=lambda n: (board.first[n], board.tasks[n].length, n))
    best = _insert(home, starts, order)
    chance = Chance(len(order))
    for _ in range(TRIES):
        if best[0] <= floor:
            break
        other = list(order)
        for _ in range(1 + chance.below(3)):
            other.insert(chance.below(len(other)), other.pop(chance.below(len(other))))
        found = _insert(home, starts, other)
        if found[0] <= best[0]:
            best, order = found, other
    return best


def _insert(home: _Home, starts: dict[int, Starts], order: list[int]) -> tuple[int, dict[int, int]]:
    board = home.board
    free = {room: board.free[room] for nth in order for room in board.tasks[nth].rooms}
    total, taken = 0, dict[int, int]()
    for nth in order:
        found = [
            (*home.cheapest(nth, slots), at, length, room)
            for mask, length in starts[nth]
            for at, room in enumerate(board.tasks[nth].rooms)
            if (slots := starts_of(free[room], length) & mask)
        ]
        charge, slot, _, length, room = min(found, default=(home.unscheduled, -1, 0, 0, 0))
        if charge < home.unscheduled:
            free[room] &= ~(run_of(length) << slot)
            taken[nth] = slot
        total += min(charge, home.unscheduled)
    return total, taken


def _solve(
    home: _Home,
    options: dict[int, list[Option]],
    floor: int,
    ceiling: int,
    starts: dict[int, int],
) -> HomeBound:
    """The model itself, by CP-SAT, one thread and a deterministic limit: the same bound on any machine."""
    board, model = home.board, cp_model.CpModel()
    chosen: dict[tuple[int, int], cp_model.IntVar] = {}
    cost: list[cp_model.LinearExprT] = []
    for nth, entries in options.items():
        left_out = model.new_bool_var("")
        variables = [model.new_bool_var("") for _ in entries]
        model.add_exactly_one([left_out, *variables])
        cost.append(home.unscheduled * left_out)
        for at, (option, variable) in enumerate(zip(entries, variables, strict=True)):
            chosen[nth, at] = variable
            cost.append(option.price * variable)
            model.add_hint(variable, starts.get(nth) == option.slot)
    for rooms in sorted({frozenset(board.tasks[nth].rooms) for nth in options}, key=sorted):
        _count_rooms(board, model, options, chosen, rooms)
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # whoever called decides; two handlers end the process
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
