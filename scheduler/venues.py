"""Centres (公共资源交易中心), their venues (评标场所) and rooms (评标室)."""

from dataclasses import dataclass
from datetime import datetime, time

from scheduler.errors import require


@dataclass(frozen=True, slots=True)
class Room:
    """A room with seats (工位); a panel's part at a venue sits in one room."""

    room_id: str
    seats: int
    equipment: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        require(self.seats > 0, "seats", self.seats, f"room {self.room_id} has at least one seat")


@dataclass(frozen=True, slots=True, order=True)
class Blocked:
    """Time in which a room, or with `room_id` None the whole venue, cannot be used."""

    start: datetime
    end: datetime
    room_id: str | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        require(self.start.tzinfo is not None, "start", self.start, "times carry their time zone")
        require(self.start < self.end, "end", self.end, "a blocked time ends after it starts")


@dataclass(frozen=True, slots=True)
class Venue:
    """Where panels sit: a centre's rooms, opening hours and blocked times.

    `region` is the GB/T 2260 code of the county or prefecture. Rooms are listed in the order of their ids.
    Hours are local (Asia/Shanghai) and hold on each working day; the rule book's 22:00 line bounds them too.
    """

    venue_id: str
    centre_id: str
    name: str
    region: str
    rooms: tuple[Room, ...]
    opens: time = time(9)
    closes: time = time(22)
    blocked: tuple[Blocked, ...] = ()

    def __post_init__(self) -> None:
        ids = [room.room_id for room in self.rooms]
        require(ids == sorted(set(ids)), "rooms", ids, f"venue {self.venue_id} lists each room once, by id")
        require(
            self.opens <= self.closes, "closes", self.closes, f"venue {self.venue_id} closes after it opens"
        )

    @property
    def seats(self) -> int:
        """Seats in all rooms together."""
        return sum(room.seats for room in self.rooms)


@dataclass(frozen=True, slots=True)
class Centre:
    """An organisation that runs venues and requests draws."""

    centre_id: str
    name: str
    region: str
    uscc: str = ""
