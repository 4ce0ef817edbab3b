"""Exact models of one wish at a time, by CP-SAT: what it proves, and a legal plan that shows what can be had.

Starts are integer variables, guests Booleans; at each venue, sessions that suit only rooms of one class never take
more rooms than it has. That every plan obeys, so what CP-SAT proves holds for all plans. What it finds becomes a plan
with concrete rooms through the planner's own draft; what the model left open (work of several days, starts past
its days, evaluations split anyway) is inserted last, wherever there still is room.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ortools.sat.python import cp_model

from scheduler.planning import Plan, Problem
from scheduler.planning.board import Board, compile_board
from scheduler.planning.draft import Draft, Placement
from scheduler.planning.insertion import best_placement
from scheduler.planning.limits import only_waits
from scheduler.planning.publish import publish
from scheduler.planning.task import Task
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
    model = _Model(compile_board(problem))
    for nth, task in enumerate(model.board.tasks):
        if task.brief.fits:
            model.sits(nth, list(each_slot(task.same_day)), model.new())
    model.count_rooms()
    model.hint(known)
    model.cp.minimize(sum(1 - present for present in model.present.values()))
    return model.found(seconds, workers)


def least_waits(problem: Problem, seconds: float, workers: int, known: Plan | None = None) -> Found:
    """The least sum of steps waited; work of several days waits at least till its first possible start."""
    model = _Model(compile_board(problem))
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
    model.count_rooms()
    model.hint(known)
    model.cp.minimize(sum(cost))
    return model.found(seconds, workers)


def _days(slots: Iterable[int], width: int) -> list[tuple[int, int]]:
    """Each day on which there are starts, with the first of them."""
    firsts: dict[int, int] = {}
    for slot in slots:
        firsts.setdefault(slot // width, slot)
    return list(firsts.items())


class _Model:
    """Sessions at rooms of a class, pairs under their share cap."""

    def __init__(self, board: Board) -> None:
        self.board, self.cp = board, cp_model.CpModel()
        self.present: dict[int, cp_model.IntVar] = {}
        self.start: dict[int, cp_model.IntVar] = {}
        self.on_day: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        self.guests: dict[int, dict[int, cp_model.IntVar]] = {}
        self._sessions: dict[int, list[tuple[frozenset[int], cp_model.IntervalVar]]] = defaultdict(list)
        self._pairs: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)

    def new(self) -> cp_model.IntVar:
        """A new Boolean."""
        return self.cp.new_bool_var("")

    def sits(self, nth: int, slots: list[int], present: cp_model.IntVar) -> None:
        """The task sits from one of these slots on if it is present, at home and at as many guests as it needs."""
        task = self.board.tasks[nth]
        start = self.cp.new_int_var_from_domain(cp_model.Domain.from_values(slots), "")
        self.present[nth], self.start[nth] = present, start
        self._session(task, start, frozenset(task.rooms), task.home, present)
        self.guests[nth] = {venue: self.new() for venue in task.guests}
        for venue, guest in self.guests[nth].items():
            rooms = frozenset(room for place in task.guest_rooms for room in place.get(venue, ()))
            self._session(task, start, rooms, venue, guest)
            self._pairs[task.home, venue].append(guest)
        self.cp.add(sum(self.guests[nth].values()) == task.guest_count * present)

    def _session(
        self, task: Task, start: cp_model.IntVar, rooms: frozenset[int], venue: int, present: cp_model.IntVar
    ) -> None:
        session = self.cp.new_optional_fixed_size_interval_var(start, task.length, present, "")
        self._sessions[venue].append((rooms, session))

    def count_rooms(self) -> None:
        """No more sessions than rooms, in each class; no more meetings of a pair than its share."""
        for sessions in self._sessions.values():
            for rooms in {suited for suited, _ in sessions}:
                inside = [session for suited, session in sessions if suited <= rooms]
                if len(rooms) == 1:
                    self.cp.add_no_overlap(inside)
                else:
                    self.cp.add_cumulative(inside, [1] * len(inside), len(rooms))
        for (home, venue), meetings in self._pairs.items():
            cap = max(0, self.board.limits[home] - self.board.history.get((home, venue), 0))
            if len(meetings) > cap:
                self.cp.add(sum(meetings) <= cap)

    def hint(self, plan: Plan | None) -> None:
        """Begin from a plan."""
        index = {venue.venue_id: nth for nth, venue in enumerate(self.board.venues)}
        booked = {booking.project_id: booking for booking in plan.bookings} if plan else {}
        for nth, start in self.start.items():
            booking = booked.get(self.board.tasks[nth].project_id)
            if booking is not None:
                self.cp.add_hint(start, self.board.axis.slot_at(booking.start))
                at = {index[part.venue_id] for part in booking.guests}
                for venue, guest in self.guests[nth].items():
                    self.cp.add_hint(guest, venue in at)

    def found(self, seconds: float, workers: int) -> Found:
        """Solve, and make a plan of the best solution."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(self.cp)
        least = max(0, int(solver.best_objective_bound + 1 - 1e-6))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Found(least, None)
        return Found(least, self._plan(solver))

    def _plan(self, solver: cp_model.CpSolver) -> Plan | None:
        """The solution with concrete rooms, smallest first; None when they do not suffice for it."""
        board, draft = self.board, Draft(self.board)
        placed = [nth for nth, present in self.present.items() if solver.value(present)]
        for nth in sorted(placed, key=lambda n: (solver.value(self.start[n]), n)):
            task, slot = board.tasks[nth], solver.value(self.start[nth])
            venues = [venue for venue, guest in self.guests[nth].items() if solver.value(guest)]
            options = [task.rooms, *(task.guest_rooms[place][venue] for place, venue in enumerate(venues))]
            rooms = [next((r for r in o if draft.starts(r, task.length) >> slot & 1), None) for o in options]
            if None in rooms:
                return None
            session = (slot, task.length, task.brief.work)
            draft.add(nth, Placement(tuple(rooms), (session,), board.price(task, slot)))
        for nth in sorted(set(range(len(board.tasks))) - set(placed), key=lambda n: (board.first[n], n)):
            placement = best_placement(draft, nth)
            if placement is not None:
                draft.add(nth, placement)
        return publish(draft, 0)
