"""What is done apart when a plan is made by shards: jobs as values, which reach another process or machine whole.

A job needs nothing but itself, so it answers the same wherever and whenever it is done, and may be done again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol, TypeVar

from scheduler.planning.board import Board, compile_board
from scheduler.planning.bound.home import home_bound
from scheduler.planning.budget import Budget
from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Commitment, Problem
from scheduler.planning.solve import solve
from scheduler.timeline import run_of

Stop = Callable[[], bool]
T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
GUESTS_SHARE = 20
"""The price of a project left out is split between both parts of the bound: a twentieth counts with its guests."""


class Job(Protocol[T_co]):
    """A picklable piece of work on a problem; told to stop, it answers at once with what it has."""

    @property
    def problem(self) -> Problem: ...

    def __call__(self, stop: Stop | None = None, /) -> T_co: ...


class Run(Protocol):
    """Does jobs and gives their answers in the jobs' order: here, on several cores, or by a queue of many machines.

    Told to stop, it may end with some left.
    """

    def __call__(self, jobs: Sequence[Job[T]], /) -> Iterator[T]: ...


@dataclass(frozen=True, slots=True)
class Here:
    """Does one job after the other in this process."""

    stop: Stop | None = None

    def __call__(self, jobs: Sequence[Job[T]]) -> Iterator[T]:
        """The answers."""
        return (job(self.stop) for job in jobs)


@dataclass(frozen=True, slots=True)
class HomesBound:
    """A province's homes, guests left out: what they cost at least, how many supports their tasks ask for, and
    rooms at the times at which their tasks that do not cross would do best."""

    bound: int
    supports: int
    wished: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class BoundHomes:
    """Bounds the homes of a province; whoever wishes rooms, but for the crossing projects, is listed with them."""

    problem: Problem
    crossing: tuple[str, ...]
    any_crosses: bool

    def __call__(self, stop: Stop | None = None) -> HomesBound:
        """Whoever has no place for want of a guest may have one in the whole problem: that counts nothing."""
        board, wishes = compile_board(self.problem), self.problem.wishes
        by_home: dict[int, list[int]] = {}
        for nth, task in enumerate(board.tasks):
            by_home.setdefault(task.home, []).append(nth)
        left_out = wishes.unscheduled - wishes.unscheduled // GUESTS_SHARE
        bound = wishes.unscheduled * sum(why.code != "no_guest_venue" for _, why in board.hopeless)
        wished: list[Commitment] = []
        for members in by_home.values():
            if stop is not None and stop():
                break  # homes not looked at count nothing
            found = home_bound(board, members, left_out)
            bound += found.bound
            if self.any_crosses:
                wished += self._rooms(board, found.starts)
        free = (task for task in board.tasks if task.project_id not in board.begun)
        return HomesBound(bound, sum(task.guest_count for task in free), tuple(wished))

    def _rooms(self, board: Board, starts: Mapping[int, int]) -> Iterator[Commitment]:
        """The first suited room that is free at each start; who finds none is left out."""
        free = dict(enumerate(board.free))
        for slot, nth in sorted((slot, nth) for nth, slot in starts.items()):
            task = board.tasks[nth]
            taken = run_of(task.length) << slot
            room = next((room for room in task.rooms if free[room] & taken == taken), None)
            if task.length and room is not None:
                free[room] &= ~taken
                if task.project_id not in self.crossing:
                    start = board.axis.moment(slot)
                    end = start + timedelta(minutes=task.brief.shifts.length(task.brief.work))
                    venue = board.venues[board.room_venue[room]].venue_id
                    yield Commitment(venue, board.room_ids[room], start, end)


@dataclass(frozen=True, slots=True)
class PlanPart:
    """Plans a part, where it can in rooms at times at which `wished` does not want them.

    What others wish binds nobody: the plan answers the problem without it, at the cost that it has there.
    """

    problem: Problem
    iterations: int
    wished: tuple[Commitment, ...] = ()

    def __call__(self, stop: Stop | None = None) -> Plan:
        """The plan of the part."""
        part, budget = self.problem, Budget(self.iterations)
        if not self.wished:
            return solve(part, budget, stop=stop)
        plan = solve(replace(part, commitments=part.commitments + self.wished), budget, stop=stop)
        floor = part.wishes.unscheduled * len(compile_board(part).hopeless)
        return replace(plan, bound=min(floor, plan.cost), problem_digest=part.digest)
