"""Planning by shards: provinces apart, after the few projects whose guests come from another province.

Crossing projects are planned first, pair of provinces by pair, in small problems; their rooms and experts are then
taken in the problems of the provinces, which share nothing any more and may be solved on any machine in any
order. Each shard's plan answers its own problem and is checked against it. The sum of the bounds holds for every
plan that crosses where `crossing` says, after the crossing projects are where they are; it is no bound for plans
that cross elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from scheduler.panel import seat_demands
from scheduler.planning.budget import Budget
from scheduler.planning.outcome import Booking, Plan
from scheduler.planning.problem import Commitment, Problem, Refusal, Supply
from scheduler.planning.solve import solve
from scheduler.timeline import ZONE

Shard = tuple[Problem, Plan]
Run = Callable[[Callable[[Problem], Plan], Iterable[Problem]], Iterable[Plan]]


@dataclass(frozen=True, slots=True)
class Sharded:
    """The shards with their plans; together they answer every project once."""

    shards: tuple[Shard, ...]

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """All bookings, by project."""
        found = (booking for _, plan in self.shards for booking in plan.bookings)
        return tuple(sorted(found, key=lambda booking: booking.project_id))

    @property
    def cost(self) -> int:
        """The shards' costs together."""
        return sum(plan.cost for _, plan in self.shards)

    @property
    def bound(self) -> int:
        """The shards' bounds together."""
        return sum(plan.bound for _, plan in self.shards)


@dataclass(frozen=True, slots=True)
class _Solver:
    """`solve` with its budget, as a value that reaches another process."""

    budget: Budget

    def __call__(self, problem: Problem) -> Plan:
        return solve(problem, self.budget)


def solve_shards(
    problem: Problem,
    budget: Budget,
    crossing: Mapping[str, str] | None = None,
    digits: int = 2,
    run: Run = map,
) -> Sharded:
    """Plans of all shards; `crossing` gives projects the region prefix that their guests must come from.

    `digits` of the home's region code name a shard: 2 are a province, 4 a prefecture. `run` maps a picklable
    function over problems, here by default, elsewhere by a pool of processes or a queue of jobs.
    """
    crossing = crossing or {}
    shards: list[Shard] = []
    for pair in sorted(_pairs(problem, crossing, digits)):
        crossed = _crossing_problem(problem, crossing, pair, digits, shards)
        shards.append((crossed, _Solver(budget)(crossed)))
    prefixes = sorted({_prefix(problem, project.home, digits) for project in problem.projects})
    apart = [_province(problem, crossing, prefix, digits, shards) for prefix in prefixes]
    plans = run(_Solver(budget), apart)
    return Sharded((*shards, *zip(apart, plans, strict=True)))


def _prefix(problem: Problem, venue_id: str, digits: int) -> str:
    return next((v.region[:digits] for v in problem.venues if v.venue_id == venue_id), "")


def _pairs(problem: Problem, crossing: Mapping[str, str], digits: int) -> Iterator[tuple[str, str]]:
    seen = set()
    for project in problem.projects:
        if project.project_id in crossing:
            seen.add((_prefix(problem, project.home, digits), crossing[project.project_id]))
    yield from seen


def _crossing_problem(
    problem: Problem, crossing: Mapping[str, str], pair: tuple[str, str], digits: int, done: list[Shard]
) -> Problem:
    """Projects of one province whose guests come from another: homes there refuse to be guests."""
    here, there = pair
    projects = tuple(
        p
        for p in problem.projects
        if crossing.get(p.project_id) == there and _prefix(problem, p.home, digits) == here
    )
    homes = {project.home for project in projects}
    venues = tuple(v for v in problem.venues if v.venue_id in homes or v.region.startswith(there))
    refusals = tuple(
        Refusal(project.project_id, home) for project in projects for home in homes if home != project.home
    )
    return _part(
        replace(problem, projects=projects, venues=venues, refusals=refusals + problem.refusals), done
    )


def _province(
    problem: Problem, crossing: Mapping[str, str], prefix: str, digits: int, done: list[Shard]
) -> Problem:
    projects = tuple(
        p
        for p in problem.projects
        if p.project_id not in crossing and _prefix(problem, p.home, digits) == prefix
    )
    venues = tuple(venue for venue in problem.venues if venue.region.startswith(prefix))
    return _part(replace(problem, projects=projects, venues=venues), done)


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
    rows = [row for row in part.supply if row.region in regions]
    for other, plan in done:
        region = {venue.venue_id: venue.region for venue in other.venues}
        projects = {project.project_id: project for project in other.projects}
        for booking in plan.bookings:
            project = projects[booking.project_id]
            day = project.opening_at.astimezone(ZONE).date()
            rules = other.rule_book.at(day, project.region, project.kind)
            for demand in seat_demands(project, rules):
                where = region[booking.parts[demand.place].venue_id]
                for session in booking.sessions:
                    on = session.start.astimezone(ZONE).date()
                    for codes in (demand.requirement.codes, frozenset[str]()):
                        known = [r for r in rows if (r.region, r.codes) == (where, codes)]
                        row = min(
                            (r for r in known if r.day == on),
                            key=lambda r: r.experts,
                            default=next((r for r in known if r.day is None), None),
                        )
                        if row is not None:
                            rows.append(replace(row, day=on, experts=max(0, row.experts - demand.seats)))
    return tuple(rows)
