"""How many experts a plan may count on: who is active, lives in the region, meets the requirement, and sits nowhere."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from scheduler.panel import seat_demands
from scheduler.people import ExpertStatus, Pool
from scheduler.planning.outcome import Booking
from scheduler.planning.problem import Supply
from scheduler.projects import Project
from scheduler.rules import Rules
from scheduler.timeline import ZONE


def supply_of(pool: Pool, regions: Iterable[str], projects: Iterable[Project]) -> tuple[Supply, ...]:
    """A row for each region and each requirement that the projects ask for; conflicts are not known yet."""
    asked = {requirement for project in projects for requirement, _ in project.specialties}
    counts: Counter[tuple[str, frozenset[str]]] = Counter()
    for expert in pool:
        if expert.status is ExpertStatus.ACTIVE:
            counts.update(
                (expert.region, requirement.codes)
                for requirement in asked
                if requirement.is_met_by(expert.specialties)
            )
    return tuple(
        Supply(region, requirement.codes, counts[region, requirement.codes])
        for region in sorted(set(regions))
        for requirement in asked
    )


@dataclass(frozen=True, slots=True)
class Use:
    """Experts of a region whom a booking seats on one day, for exactly these codes or, without any, in all."""

    region: str
    codes: frozenset[str]
    day: date
    seats: int


def uses_of(booking: Booking, project: Project, rules: Rules, regions: Mapping[str, str]) -> Iterator[Use]:
    """The experts whom the booking seats, on each day of its sessions; `regions` are those of the venues."""
    days = sorted({session.start.astimezone(ZONE).date() for session in booking.sessions})
    for demand in seat_demands(project, rules):
        if demand.place < len(booking.parts):
            where = regions[booking.parts[demand.place].venue_id]
            for day in days:
                yield Use(where, demand.requirement.codes, day, demand.seats)
                yield Use(where, frozenset(), day, demand.seats)


def supply_left(rows: Iterable[Supply], uses: Iterable[Use]) -> tuple[Supply, ...]:
    """The rows, and for each day on which others seat experts of a row, a row of what they leave."""
    listed = tuple(rows)
    limits: dict[tuple[str, frozenset[str], date | None], int] = {}
    for row in listed:
        key = (row.region, row.codes, row.day)
        limits[key] = min(row.experts, limits.get(key, row.experts))
    used: Counter[tuple[str, frozenset[str], date]] = Counter()
    for use in uses:
        used[use.region, use.codes, use.day] += use.seats
    left = []
    for (region, codes, day), seats in used.items():
        limit = limits.get((region, codes, day), limits.get((region, codes, None)))
        if limit is not None:
            left.append(Supply(region, codes, max(0, limit - seats), day))
    return (*listed, *left)
