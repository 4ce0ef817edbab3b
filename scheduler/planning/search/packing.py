"""Packing: of crowded days, an exact model of starts and guests that asks for the fewest avoidable splits, no more.

Where rooms are short, the last split is found by hardly any exchange of a few evaluations; constraint programming
sees all of them at once. Starts are integer variables, guests Booleans; at each venue, sessions that suit only rooms
of one class never take more rooms than it has. Waits and balance are left to the search that goes on from there.
"""

from collections import defaultdict
from collections.abc import Iterable

from ortools.sat.python import cp_model

from scheduler.planning.board import Board
from scheduler.planning.board.task import Task
from scheduler.planning.search import insert_all
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.insertion import single_session
from scheduler.planning.search.resume import still_allowed
from scheduler.timeline import each_slot, run_of

MOST_PAIRS = 1_500
"""Pairs of a task and a possible guest up to which the model is tried: a prefecture's day."""
TRIES = 6
"""How often CP-SAT begins anew with another seed: one lucky start is worth more than a long run."""
EFFORT = 0.8
"""Deterministic seconds of each try: the same result on every machine, some three seconds of one core."""


def packable(draft: Draft, movable: Iterable[int]) -> list[int]:
    """The tasks that packing would place anew; none where no more are split than must be, or there are too many."""
    tasks = [nth for nth in movable if draft.board.tasks[nth].brief.fits and draft.board.tasks[nth].same_day]
    pairs = sum(1 + len(draft.board.tasks[nth].guests) for nth in tasks)
    return tasks if draft.splits > len(draft.forced) and pairs <= MOST_PAIRS else []


def pack(draft: Draft, tasks: list[int]) -> bool:
    """Place the tasks anew with fewer avoidable splits; whether that was found, else nothing changes.

    What is not among the tasks stays where it is, with the rooms it holds.
    """
    if not tasks:
        return False
    board = draft.board
    before, standing = {nth: draft.placed[nth] for nth in tasks if nth in draft.placed}, draft.standing
    for nth in before:
        draft.remove(nth)
    model = Model(board, draft.free)
    for nth in tasks:
        model.sits(nth, each_slot(board.tasks[nth].same_day), model.new())
    model.count_rooms(_meetings(draft))
    model.hint(before)
    model.cp.minimize(sum(1 - present for present in model.present.values()))
    solver = _fewest(model)
    if solver is not None:
        model.place(draft, solver)
        insert_all(draft, sorted(tasks, key=lambda nth: (board.first[nth], nth)))
        if draft.standing[:2] < standing[:2]:
            return True
    for nth in tasks:
        if nth in draft.placed:
            draft.remove(nth)
    for nth, placement in before.items():
        draft.add(nth, placement)
    return False


def _fewest(model: "Model") -> cp_model.CpSolver | None:
    """The try with the fewest splits, the last one if it proves that there are no fewer."""
    best: cp_model.CpSolver | None = None
    for seed in range(1, TRIES + 1):
        solver = cp_model.CpSolver()
        solver.parameters.catch_sigint_signal = False  # as in bound/home.py
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = EFFORT
        status = solver.solve(model.cp)
        if status == cp_model.OPTIMAL:
            return solver
        if status == cp_model.FEASIBLE and (best is None or solver.objective_value < best.objective_value):
            best = solver
    return best


def _meetings(draft: Draft) -> dict[tuple[int, int], int]:
    """How often each pair meets by what is placed, history included."""
    return {
        pair: draft.pairs.get(pair, 0) + draft.board.history.get(pair, 0)
        for pair in {*draft.pairs, *draft.board.history}
    }


class Model:
    """Sessions at rooms of a class, pairs under their share cap."""

    def __init__(self, board: Board, free: Iterable[int]) -> None:
        self.board, self.free, self.cp = board, tuple(free), cp_model.CpModel()
        self.present: dict[int, cp_model.IntVar] = {}
        self.start: dict[int, cp_model.IntVar] = {}
        self.guests: dict[int, dict[int, cp_model.IntVar]] = {}
        self._sessions: dict[int, list[tuple[frozenset[int], cp_model.IntervalVar]]] = defaultdict(list)
        self._pairs: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        self._last = 0

    def new(self) -> cp_model.IntVar:
        """A new Boolean."""
        return self.cp.new_bool_var("")

    def sits(self, nth: int, slots: Iterable[int], present: cp_model.IntVar) -> None:
        """The task sits from one of these slots on if it is present, at home and at as many guests as it needs."""
        task, slots = self.board.tasks[nth], list(slots)
        start = self.cp.new_int_var_from_domain(cp_model.Domain.from_values(slots), "")
        self.present[nth], self.start[nth] = present, start
        self._last = max(self._last, slots[-1] + task.length)
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

    def count_rooms(self, met: dict[tuple[int, int], int]) -> None:
        """No more sessions than free rooms, in each class; no more meetings of a pair than its share leaves."""
        for sessions in self._sessions.values():
            for rooms in sorted({suited for suited, _ in sessions}, key=sorted):
                inside = [session for suited, session in sessions if suited <= rooms]
                inside += [gap for room in sorted(rooms) for gap in self._gaps(room)]
                if len(rooms) == 1:
                    self.cp.add_no_overlap(inside)
                else:
                    self.cp.add_cumulative(inside, [1] * len(inside), len(rooms))
        for pair, meetings in self._pairs.items():
            cap = max(0, self.board.limits[pair[0]] - met.get(pair, 0))
            if len(meetings) > cap:
                self.cp.add(sum(meetings) <= cap)

    def _gaps(self, room: int) -> list[cp_model.IntervalVar]:
        """The times before the last possible end at which the room is not free."""
        taken, gaps, at = run_of(self._last) & ~self.free[room], [], 0
        while taken >> at:
            at += (taken >> at & -(taken >> at)).bit_length() - 1
            length = (~(taken >> at) & -~(taken >> at)).bit_length() - 1
            gaps.append(self.cp.new_fixed_size_interval_var(at, length, ""))
            at += length
        return gaps

    def hint(self, placed: dict[int, Placement]) -> None:
        """Begin from these placements."""
        for nth, start in self.start.items():
            if nth in placed:
                placement = placed[nth]
                at = {self.board.room_venue[room] for room in placement.rooms[1:]}
                self.cp.add_hint(start, placement.start)
                self.cp.add_hint(self.present[nth], placement.start < self.board.tasks[nth].split_from)
                for venue, guest in self.guests[nth].items():
                    self.cp.add_hint(guest, venue in at)

    def place(self, draft: Draft, solver: cp_model.CpSolver) -> None:
        """The solution with concrete rooms, smallest first; who finds none at its start and guests is left out.

        The model knows nothing of experts' supply and quotas: where they forbid its guests, others are taken.
        """
        placed = [nth for nth, present in self.present.items() if solver.value(present)]
        for nth in sorted(placed, key=lambda n: (solver.value(self.start[n]), n)):
            task, slot = self.board.tasks[nth], solver.value(self.start[nth])
            venues = [venue for venue, guest in self.guests[nth].items() if solver.value(guest)]
            options = [task.rooms, *(task.guest_rooms[place].get(v, ()) for place, v in enumerate(venues))]
            rooms = [next((r for r in o if draft.starts(r, task.length) >> slot & 1), -1) for o in options]
            session = (slot, task.length, task.brief.work)
            wanted = Placement(tuple(rooms), (session,), self.board.price(task, slot))
            found = wanted if -1 not in rooms and still_allowed(draft, nth, wanted) else None
            found = found or single_session(draft, task, 1 << slot)
            if found is not None:
                draft.add(nth, found)
