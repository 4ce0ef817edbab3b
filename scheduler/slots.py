"""What a draw must fill: slots at venues."""

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.errors import require
from scheduler.panel import seat_demands
from scheduler.planning.outcome import Booking
from scheduler.projects import Project, Requirement
from scheduler.rules import Rules
from scheduler.venues import Venue


@dataclass(frozen=True, slots=True)
class Slot:
    """Seats of one specialty at one venue; an expert fills it who lives in `region` and meets the requirement.

    Exactly `seats`, or from `seats` to `most` where the draw fixes only the sum over slots.
    """

    slot_id: str
    venue_id: str
    region: str
    requirement: Requirement
    seats: int
    most: int | None = None

    def __post_init__(self) -> None:
        whole = type(self.seats) is int and type(self.most) in (int, type(None))
        require(whole and self.seats >= 0, "seats", self.seats, f"slot {self.slot_id} has a whole number")
        require(
            self.upmost >= max(1, self.seats),
            "most",
            self.upmost,
            f"slot {self.slot_id} has room for its seats",
        )

    @property
    def upmost(self) -> int:
        """The most seats the slot may have."""
        return self.seats if self.most is None else self.most


def slots_of(
    project: Project, booking: Booking, venues: Mapping[str, Venue], rules: Rules
) -> tuple[Slot, ...]:
    """The slots of a booked project, home first: one per venue and specialty."""
    slots = []
    for nth, demand in enumerate(seat_demands(project, rules), start=1):
        venue = venues[booking.parts[demand.place].venue_id]
        slots.append(Slot(f"S{nth}", venue.venue_id, venue.region, demand.requirement, demand.seats))
    return tuple(slots)
