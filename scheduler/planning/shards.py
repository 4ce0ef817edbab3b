"""Planning by shards (分省排期): provinces apart, after the few projects whose guests come from another province.

Crossing projects are planned first, one problem for each province that gives guests; their rooms and experts are
then taken in the problems of the provinces, which share nothing any more and may be solved on any machine in any
order. Each shard's plan answers its own problem; together they are a plan of the whole.

The bound holds for every plan of the whole problem, wherever it crosses. Homes are bounded with all their projects
and no room taken by a crossing one; supports by as many of the cheapest that all venues together can give, each
at most at what leaving it out costs. docs/planning.md says why no term counts twice.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from heapq import merge
from itertools import count, islice
from typing import Protocol, TypeVar

from scheduler.planning.balance import met_before, support_cost, support_scale
from scheduler.planning.board import Board, compile_board
from scheduler.planning.budget import Budget
from scheduler.planning.home import home_bound
from scheduler.planning.outcome import Booking, Plan
from scheduler.planning.problem import Commitment, Problem, Refusal, Supply
from scheduler.planning.solve import solve
from scheduler.supply import Use, supply_left, uses_of
from scheduler.timeline import ZONE, run_of

Shard = tuple[Problem, Plan]
T = TypeVar("T")
GUESTS_SHARE = 20
"""The price of a project left out is split between both parts of the bound: a twentieth counts with its guests."""


class Run(Protocol):
    """Maps a picklable function over problems, in their order: `map`, a pool of processes, a queue of jobs."""

    def __call__(self, act: Callable[[Problem], T], problems: Iterable[Problem], /) -> Iterable[T]: ...


@dataclass(frozen=True, slots=True)
class Sharded:
    """The shards with their plans, and the plan of the whole that they are together."""

    shards: tuple[Shard, ...]
    plan: Plan


@dataclass(frozen=True, slots=True)
class _Solver:
    """`solve` with its part of the budget, as a value that reaches another process."""

    iterations: int
    projects: int

    def __call__(self, problem: Problem) -> Plan:
        share = self.iterations * len(problem.projects) // max(1, self.projects)
        return solve(problem, Budget(max(1, share) if self.iterations else 0))


def solve_shards(
    problem: Problem,
    budget: Budget,
    crossing: Mapping[str, str] | None = None,
    digits: int = 2,
    run: Run = map,
) -> Sharded:
    """A plan of the whole, shard by shard; `crossing` gives projects the region prefix their guests come from.

    `digits` of the home's region code name a shard: 2 are a province, 4 a prefecture. Iterations are divided in
    proportion to projects, so that the work grows as their number does.
    """
    crossing = crossing or {}
    by_prefix = {venue.venue_id: venue.region[:digits] for venue in problem.venues}
    solver = _Solver(budget.iterations, len(problem.projects))
    prefixes = sorted({by_prefix.get(project.home, "") for project in problem.projects})
    whole = [_homes(problem, prefix, by_prefix) for prefix in prefixes]
    alone = list(run(_Homes(frozenset(crossing)), [_with_tightest_hours(part, problem) for part in whole]))
    wished = tuple(taken for homes in alone for taken in homes.wished)
    shards: list[Shard] = []
    for there in sorted(set(crossing.values())):
        crossed = _crossing_problem(problem, crossing, there, by_prefix, shards)
        if crossed.projects:
            shards.append(_around(crossed, wished, solver))
    apart = [_province(part, crossing, prefix, shards) for part, prefix in zip(whole, prefixes, strict=True)]
    plans = run(solver, apart)
    shards += zip(apart, plans, strict=True)
    supports = sum(homes.supports for homes in alone)
    bound = sum(homes.bound for homes in alone) + _supports_bound(problem, supports)
    return Sharded(tuple(shards), _whole_plan(problem, shards, bound))


def _whole_plan(problem: Problem, shards: list[Shard], bound: int) -> Plan:
    """The shards' plans as one, its cost on the scale of the whole problem."""
    bookings = [booking for _, plan in shards for booking in plan.bookings]
    unscheduled = [miss for _, plan in shards for miss in plan.unscheduled]
    prices = sum(plan.cost - _guest_cost(part, plan.bookings) for part, plan in shards)
    return Plan(
        bookings=tuple(sorted(bookings, key=lambda booking: booking.project_id)),
        unscheduled=tuple(sorted(unscheduled, key=lambda miss: miss.project_id)),
        cost=prices + _guest_cost(problem, bookings),
        bound=bound,
        seed=problem.seed,
        problem_digest=problem.digest,
        rules_digest=problem.rule_book.digest,
    )


def _guest_cost(problem: Problem, bookings: Iterable[Booking]) -> int:
    """What supports and meetings cost, on the problem's scale; distances are the same on every scale."""
    scale, met, wishes = support_scale(problem), met_before(problem), problem.wishes
    supports: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for booking in bookings:
        for guest in booking.guests:
            supports[guest.venue_id] += 1
            pairs[booking.home.venue_id, guest.venue_id] += 1
    balance = sum(
        support_cost(*scale[v], nth) for v, given in supports.items() for nth in range(1, given + 1)
    )
    rotation = sum(met.get(pair, 0) + nth for pair, meetings in pairs.items() for nth in range(meetings))
    return wishes.support * balance + wishes.rotation * rotation


@dataclass(frozen=True, slots=True)
class _Alone:
    """A province's homes, guests left out: what they cost at least, how many supports their tasks ask for, and
    rooms at the times at which their tasks that do not cross would do best."""

    bound: int
    supports: int
    wished: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class _Homes:
    """Bounds the homes of a province, as a value that reaches another process."""

    crossing: frozenset[str]

    def __call__(self, problem: Problem) -> _Alone:
        """Whoever has no place for want of a guest may have one in the whole problem: that counts nothing."""
        board, wishes = compile_board(problem), problem.wishes
        by_home: dict[int, list[int]] = {}
        for nth, task in enumerate(board.tasks):
            by_home.setdefault(task.home, []).append(nth)
        left_out = wishes.unscheduled - wishes.unscheduled // GUESTS_SHARE
        bound = wishes.unscheduled * sum(why.code != "no_guest_venue" for _, why in board.hopeless)
        wished: list[Commitment] = []
        for members in by_home.values():
            found = home_bound(board, members, left_out)
            bound += found.bound
            if self.crossing:
                wished += self._rooms(board, found.starts)
        free = (task for task in board.tasks if task.project_id not in board.begun)
        return _Alone(bound, sum(task.guest_count for task in free), tuple(wished))

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


def _around(crossed: Problem, wished: tuple[Commitment, ...], solver: "_Solver") -> Shard:
    """The plan of crossing projects that takes rooms at times at which their owners do not want them.

    What the owners wish binds nobody: the plan answers the problem without it, at the cost that it has there.
    """
    venues = {venue.venue_id for venue in crossed.venues}
    kept = tuple(taken for taken in wished if taken.venue_id in venues)
    plan = solver(replace(crossed, commitments=crossed.commitments + kept))
    floor = crossed.wishes.unscheduled * len(compile_board(crossed).hopeless)
    return crossed, replace(plan, bound=min(floor, plan.cost), problem_digest=crossed.digest)


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


def _with_tightest_hours(part: Problem, problem: Problem) -> Problem:
    """The part with the venues beside it that open last and close first: guests may come from anywhere."""
    known = {venue.venue_id for venue in part.venues}
    able = [venue for venue in problem.venues if venue.rooms]
    extremes = {
        venue.venue_id: venue
        for venue in (
            *sorted(able, key=lambda venue: venue.opens)[-1:],
            *sorted(able, key=lambda venue: venue.closes)[:1],
        )
        if venue.venue_id not in known
    }
    return replace(part, venues=(*part.venues, *extremes.values()))


def _homes(problem: Problem, prefix: str, by_prefix: Mapping[str, str]) -> Problem:
    """All projects of one province at its own venues."""
    projects = tuple(p for p in problem.projects if by_prefix.get(p.home, "") == prefix)
    venues = tuple(venue for venue in problem.venues if by_prefix[venue.venue_id] == prefix)
    return _part(replace(problem, projects=projects, venues=venues), [])


def _crossing_problem(
    problem: Problem, crossing: Mapping[str, str], there: str, by_prefix: Mapping[str, str], done: list[Shard]
) -> Problem:
    """Projects whose guests come from the province `there`: homes of others refuse to be guests."""
    projects = tuple(p for p in problem.projects if crossing.get(p.project_id) == there)
    homes = {project.home for project in projects}
    venues = tuple(v for v in problem.venues if v.venue_id in homes or by_prefix[v.venue_id] == there)
    away = sorted(home for home in homes if by_prefix[home] != there)
    refusals = tuple(
        Refusal(project.project_id, home) for project in projects for home in away if home != project.home
    )
    return _part(
        replace(problem, projects=projects, venues=venues, refusals=refusals + problem.refusals), done
    )


def _province(part: Problem, crossing: Mapping[str, str], prefix: str, done: list[Shard]) -> Problem:
    """The province's projects that do not cross, around what crossing ones have taken."""
    projects = tuple(p for p in part.projects if crossing.get(p.project_id, prefix) == prefix)
    return _part(replace(part, projects=projects), done)


def _part(part: Problem, done: list[Shard]) -> Problem:
    """The shard with what other shards have taken, and nothing that is not its own."""
    venues = {venue.venue_id: venue.region for venue in part.venues}
    ids = {project.project_id for project in part.projects}
    taken = [
        Commitment(place.venue_id, place.room_id, session.start, session.end)
        for _, plan in done
        for booking in plan.bookings
        for place in booking.parts
        if place.venue_id in venues
        for session in booking.sessions
    ]
    return replace(
        part,
        commitments=tuple(c for c in part.commitments if c.venue_id in venues) + tuple(taken),
        supply=_supply_left(part, done),
        durations=tuple(entry for entry in part.durations if entry[0] in ids),
        begun=tuple(booking for booking in part.begun if booking.project_id in ids),
        refusals=tuple(entry for entry in part.refusals if entry.project_id in ids),
    )


def _supply_left(part: Problem, done: list[Shard]) -> tuple[Supply, ...]:
    """Rows of the shard's regions, and for days on which others have taken experts rows of what is left."""
    regions = {venue.region for venue in part.venues}
    return supply_left((row for row in part.supply if row.region in regions), _taken(done))


def _taken(done: list[Shard]) -> Iterator[Use]:
    for other, plan in done:
        region = {venue.venue_id: venue.region for venue in other.venues}
        projects = {project.project_id: project for project in other.projects}
        for booking in plan.bookings:
            project = projects[booking.project_id]
            day = project.opening_at.astimezone(ZONE).date()
            yield from uses_of(
                booking, project, other.rule_book.at(day, project.region, project.kind), region
            )
