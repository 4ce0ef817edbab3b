"""What a draw must fill: slots at venues, and how many members one employer may have."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from scheduler.errors import require
from scheduler.panel import seat_demands
from scheduler.planning.outcome import Booking
from scheduler.projects import Project, Requirement
from scheduler.rules import Rules
from scheduler.venues import Venue


@dataclass(frozen=True, slots=True)
class Slot:
    """Seats of one specialty at one venue; an expert fills it who lives in `region` and meets the requirement."""

    slot_id: str
    venue_id: str
    region: str
    requirement: Requirement
    seats: int

    def __post_init__(self) -> None:
        require(
            type(self.seats) is int and self.seats > 0, "seats", self.seats, f"slot {self.slot_id} has seats"
        )


def slots_of(
    project: Project, booking: Booking, venues: Mapping[str, Venue], rules: Rules
) -> tuple[Slot, ...]:
    """The slots of a booked project, home first: one per venue and specialty."""
    slots = []
    for nth, demand in enumerate(seat_demands(project, rules), start=1):
        venue = venues[booking.parts[demand.place].venue_id]
        slots.append(Slot(f"S{nth}", venue.venue_id, venue.region, demand.requirement, demand.seats))
    return tuple(slots)


def employer_cap(project: Project, rules: Rules) -> int:
    """How many members of one employer a panel may have: the count, and the fraction where a rule sets one."""
    fraction = rules.panel_same_employer_max_fraction or Fraction(1)
    return max(1, min(rules.panel_same_employer_max_count, floor(fraction * project.panel_size)))
