"""What a draw must fill: slots at venues."""

from collections.abc import Mapping, Sequence
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


class Reach:
    """Which slots experts can fill, remembered by region and by specialty: pools are large, codes few."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self._slots = slots
        self._near: dict[str, int] = {}
        self._met: dict[str, int] = {}
        self._bits: dict[int, tuple[int, ...]] = {0: ()}

    def near(self, region: str) -> int:
        """A bit for each slot of the region."""
        if region not in self._near:
            self._near[region] = sum(1 << n for n, slot in enumerate(self._slots) if slot.region == region)
        return self._near[region]

    def of(self, region: str, specialties: frozenset[str]) -> tuple[int, ...]:
        """The indexes of the slots that someone of this region with these specialties can fill."""
        known, met = self._met, 0
        for code in specialties:
            if code not in known:
                own = frozenset((code,))
                known[code] = sum(
                    1 << n for n, slot in enumerate(self._slots) if slot.requirement.is_met_by(own)
                )
            met |= known[code]
        mask = met & self.near(region)
        if mask not in self._bits:
            self._bits[mask] = tuple(n for n in range(len(self._slots)) if mask >> n & 1)
        return self._bits[mask]


def slots_of(
    project: Project, booking: Booking, venues: Mapping[str, Venue], rules: Rules
) -> tuple[Slot, ...]:
    """The slots of a booked project, home first: one per venue and specialty."""
    slots = []
    for nth, demand in enumerate(seat_demands(project, rules), start=1):
        venue = venues[booking.parts[demand.place].venue_id]
        slots.append(Slot(f"S{nth}", venue.venue_id, venue.region, demand.requirement, demand.seats))
    return tuple(slots)
