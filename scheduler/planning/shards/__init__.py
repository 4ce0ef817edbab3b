"""Planning by shards (分省排期): provinces apart, around the few projects whose guests come from another province.

Crossing projects are planned first, one problem for each province that gives guests; their rooms and experts are
then taken in the problems of the provinces, which share nothing any more and may be solved on any machine in any
order. Each shard's plan answers its own problem. Then those who fared badly seek a better place in groups of a
few provinces: a repair search, for a part of the budget.

The bound holds for every plan of the whole problem, wherever it crosses. Homes are bounded with all their projects
and no room taken by a crossing one; supports by as many of the cheapest that all venues together can give, each
at most at what leaving it out costs. docs/planning.md says why no term counts twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import count, islice
from typing import TypeVar

from scheduler.planning.board.balance import support_cost, support_scale
from scheduler.planning.budget import Budget, Progress
from scheduler.planning.outcome import STOPPED, Plan, Unscheduled
from scheduler.planning.problem import Problem
from scheduler.planning.shards.jobs import (
    GUESTS_SHARE,
    BoundHomes,
    Here,
    HomesBound,
    Job,
    PlanPart,
    Run,
    Stop,
)
from scheduler.planning.shards.parts import crossing_to, homes_of, prefixes_of, staying, with_tightest_hours
from scheduler.planning.shards.whole import Whole
from scheduler.planning.solve import solve

Shard = tuple[Problem, Plan]
T = TypeVar("T")
REPAIR_SHARE = 8
"""One part of the budget in so many is kept for repairs across provinces."""
ROUNDS = 3
"""How often provinces are put together for a repair, each time differently."""


@dataclass(frozen=True, slots=True)
class Sharded:
    """The shards with their plans, and the plan of the whole that they are together after the repair."""

    shards: tuple[Shard, ...]
    plan: Plan


def solve_shards(
    problem: Problem,
    budget: Budget,
    crossing: Mapping[str, str] | None = None,
    digits: int = 2,
    run: Run | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Stop | None = None,
) -> Sharded:
    """A plan of the whole, shard by shard; `crossing` gives projects the region prefix their guests come from.

    `digits` of the home's region code name a shard: 2 are a province, 4 a prefecture. Iterations are divided in
    proportion to projects, so that the work grows as their number does. The same input and budget give the same
    plan wherever jobs run, unless `stop` cuts it short: whose turn had not come is then unscheduled. A `run` of
    one's own asks `stop` itself.
    """
    return _Course(problem, budget, crossing or {}, digits, run or Here(stop), progress, stop).sharded()


class _Course:
    """One planning by shards, and what is known so far: the plan, and its bound."""

    def __init__(
        self,
        problem: Problem,
        budget: Budget,
        crossing: Mapping[str, str],
        digits: int,
        run: Run,
        progress: Callable[[Progress], None] | None,
        stop: Stop | None,
    ) -> None:
        self.problem, self.crossing, self.digits = problem, crossing, digits
        self._run, self._progress, self._stop = run, progress, stop
        self._total = budget.iterations
        self._repairs = budget.iterations // REPAIR_SHARE
        self._used = 0
        self._bound = 0
        self._whole = Whole(problem, digits)
        self._shards: list[Shard] = []

    def sharded(self) -> Sharded:
        """The shards and the plan."""
        problem, by_prefix = self.problem, prefixes_of(self.problem, self.digits)
        prefixes = sorted({by_prefix.get(project.home, "") for project in problem.projects})
        whole = [homes_of(problem, prefix, by_prefix) for prefix in prefixes]
        alone = self._bound_homes(whole)
        self._bound += _supports_bound(problem, sum(homes.supports for homes in alone))
        self._tell("homes")
        wished = tuple(taken for homes in alone for taken in homes.wished)
        for there in sorted(set(self.crossing.values())):
            done = [booking for _, plan in self._shards for booking in plan.bookings]
            crossed = crossing_to(problem, self.crossing, there, by_prefix, done)
            if crossed.projects:
                venues = {venue.venue_id for venue in crossed.venues}
                kept = tuple(taken for taken in wished if taken.venue_id in venues)
                self._plan("crossing", [PlanPart(crossed, self._share(crossed), kept)])
        done = [booking for _, plan in self._shards for booking in plan.bookings]
        apart = [
            staying(part, problem, self.crossing, prefix, done)
            for part, prefix in zip(whole, prefixes, strict=True)
        ]
        self._plan("provinces", [PlanPart(part, self._share(part)) for part in apart])
        self._whole.keep_shares()
        for nth in range(ROUNDS if self._repairs else 0):
            self._repair(nth)
        self._tell("done")
        return Sharded(tuple(self._shards), self._whole.plan(self._bound))

    def _bound_homes(self, whole: list[Problem]) -> list[HomesBound]:
        ids, some = frozenset(self.crossing), bool(self.crossing)
        jobs = [
            BoundHomes(
                with_tightest_hours(part, self.problem),
                tuple(p.project_id for p in part.projects if p.project_id in ids),
                some,
            )
            for part in whole
        ]
        found = []
        for homes in self._answers(jobs):
            found.append(homes)
            self._bound += homes.bound
            self._tell("homes")
        return found

    def _share(self, part: Problem) -> int:
        """The part's iterations, at least one of any."""
        share = (self._total - self._repairs) * len(part.projects) // max(1, len(self.problem.projects))
        return max(1, share) if self._total else 0

    def _plan(self, phase: str, jobs: list[PlanPart]) -> None:
        """Each job's part has its plan; when told to stop, a part whose turn had not come one without bookings."""
        plans = self._answers(jobs)
        for job in jobs:
            plan = next(plans, None) or _not_planned(job.problem)
            self._shards.append((job.problem, plan))
            self._whole.add(job.problem, plan)
            self._used += job.iterations
            self._tell(phase)

    def _repair(self, nth: int) -> None:
        """One round of repairs: groups share no venue, so the order of their answers does not matter."""
        if self._stop is not None and self._stop():
            return
        state = self._whole
        sore = state.sore()
        made = [state.repair(group, sore) for group in state.groups(sore, nth)]
        jobs = [job for job in made if job is not None]
        movable = sum(len(job.problem.projects) for job in jobs)
        share = self._repairs // ROUNDS
        jobs = [replace(job, iterations=share * len(job.problem.projects) // movable) for job in jobs]
        for found in self._answers(jobs):
            if found is not None:
                state.take(found)
            self._tell("repair")
        self._used += share

    def _answers(self, jobs: Sequence[Job[T]]) -> Iterator[T]:
        """The jobs' answers in their order, no more of them once told to stop."""
        if self._stop is None or not self._stop():
            for answer in self._run(jobs):
                yield answer
                if self._stop is not None and self._stop():
                    return

    def _tell(self, phase: str) -> None:
        if self._progress is not None:
            cost = self._whole.cost
            self._progress(Progress(phase, self._used, cost, min(self._bound, cost)))


def _not_planned(part: Problem) -> Plan:
    """All projects left out, planning was stopped before their province's turn; what has begun goes on."""
    if part.begun:
        return solve(part, Budget(0))
    reason = "planning was stopped before the turn of its province"
    cost = part.wishes.unscheduled * len(part.projects)
    misses = tuple(Unscheduled(project.project_id, STOPPED, reason) for project in part.projects)
    return Plan((), misses, cost, 0, part.seed, part.digest, part.rule_book.digest)


def _supports_bound(problem: Problem, supports: int) -> int:
    """The least that so many supports cost, whoever gives them: marginal costs of a venue never fall."""
    most = max((project.guest_count for project in problem.projects), default=1)
    left_out = problem.wishes.unscheduled // GUESTS_SHARE // most
    steps = [
        map(support_cost, _always(ahead), _always(scale), count(1))
        for ahead, scale in support_scale(problem).values()
    ]
    cheapest = islice(merge(*steps), supports) if steps else iter(())
    return sum(min(left_out, problem.wishes.support * cost) for cost in cheapest)


def _always(value: T) -> Iterator[T]:
    while True:
        yield value
