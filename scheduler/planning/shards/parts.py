"""A problem divided by region (分省): each part around what others have taken, and nothing that is not its own."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from scheduler.planning.outcome import Booking
from scheduler.planning.problem import Commitment, Problem, Refusal, Supply
from scheduler.supply import Use, supply_left, uses_of
from scheduler.timeline import ZONE


def prefixes_of(problem: Problem, digits: int) -> dict[str, str]:
    """The first digits of each venue's region code: 2 are a province, 4 a prefecture."""
    return {venue.venue_id: venue.region[:digits] for venue in problem.venues}


def homes_of(problem: Problem, prefix: str, by_prefix: Mapping[str, str]) -> Problem:
    """All projects of one province at its own venues."""
    projects = tuple(p for p in problem.projects if by_prefix.get(p.home, "") == prefix)
    venues = tuple(venue for venue in problem.venues if by_prefix[venue.venue_id] == prefix)
    return part_of(replace(problem, projects=projects, venues=venues), problem, ())


def with_tightest_hours(part: Problem, problem: Problem) -> Problem:
    """The part with the venues beside it that open last and close first: guests may come from anywhere."""
    known = {venue.venue_id for venue in part.venues}
    able = [venue for venue in problem.venues if venue.rooms]
    extremes = {
        venue.venue_id: venue
        for venue in (
            *sorted(able, key=lambda venue: venue.usual[0])[-1:],
            *sorted(able, key=lambda venue: venue.usual[1])[:1],
        )
        if venue.venue_id not in known
    }
    return replace(part, venues=(*part.venues, *extremes.values()))


def crossing_to(
    problem: Problem,
    crossing: Mapping[str, str],
    there: str,
    by_prefix: Mapping[str, str],
    done: Iterable[Booking],
) -> Problem:
    """Projects whose guests come from the province `there`: homes of others refuse to be guests."""
    projects = tuple(p for p in problem.projects if crossing.get(p.project_id) == there)
    homes = {project.home for project in projects}
    venues = tuple(v for v in problem.venues if v.venue_id in homes or by_prefix[v.venue_id] == there)
    away = sorted(home for home in homes if by_prefix[home] != there)
    refusals = tuple(
        Refusal(project.project_id, home) for project in projects for home in away if home != project.home
    )
    crossed = replace(problem, projects=projects, venues=venues, refusals=refusals + problem.refusals)
    return part_of(crossed, problem, done)


def staying(
    part: Problem, problem: Problem, crossing: Mapping[str, str], prefix: str, done: Iterable[Booking]
) -> Problem:
    """The province's projects that do not cross, around what crossing ones have taken."""
    projects = tuple(p for p in part.projects if crossing.get(p.project_id, prefix) == prefix)
    return part_of(replace(part, projects=projects), problem, done)


def part_of(part: Problem, problem: Problem, done: Iterable[Booking]) -> Problem:
    """The part without what is not its own, around the rooms and experts that `done` takes of the whole."""
    venues = {venue.venue_id for venue in part.venues}
    ids = {project.project_id for project in part.projects}
    taken = [booking for booking in done if any(place.venue_id in venues for place in booking.parts)]
    return replace(
        part,
        commitments=tuple(c for c in part.commitments if c.venue_id in venues) + tuple(_held(taken, venues)),
        supply=_supply_left(part, problem, taken),
        durations=tuple(entry for entry in part.durations if entry[0] in ids),
        begun=tuple(booking for booking in part.begun if booking.project_id in ids),
        refusals=tuple(entry for entry in part.refusals if entry.project_id in ids),
    )


def _held(bookings: Iterable[Booking], venues: Collection[str]) -> Iterator[Commitment]:
    """The rooms of these venues in which the bookings sit."""
    for booking in bookings:
        for place in booking.parts:
            if place.venue_id in venues:
                for session in booking.sessions:
                    yield Commitment(place.venue_id, place.room_id, session.start, session.end)


def _supply_left(part: Problem, problem: Problem, taken: Iterable[Booking]) -> tuple[Supply, ...]:
    """Rows of the part's regions, and for days on which others have taken experts rows of what is left."""
    regions = {venue.region for venue in part.venues}
    rows = tuple(row for row in part.supply if row.region in regions)
    return supply_left(rows, _uses(problem, taken)) if rows else ()


def _uses(problem: Problem, bookings: Iterable[Booking]) -> Iterator[Use]:
    region = {venue.venue_id: venue.region for venue in problem.venues}
    projects = {project.project_id: project for project in problem.projects}
    for booking in bookings:
        project = projects[booking.project_id]
        day = project.opening_at.astimezone(ZONE).date()
        rules = problem.rule_book.at(day, project.region, project.kind)
        yield from uses_of(booking, project, rules, region)
