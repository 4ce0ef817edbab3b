"""Centres (公共资源交易中心), their venues (评标场所) and rooms (评标室)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time

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
class Hours:
    """A venue's hours on one weekday (1 Monday to 7 Sunday), or on one day; closed when they are equal."""

    opens: time
    closes: time
    weekday: int | None = None
    day: date | None = None

    def __post_init__(self) -> None:
        require(
            (self.weekday is None) != (self.day is None), "day", self.day, "hours name a weekday or one day"
        )
        require(self.weekday in (None, *range(1, 8)), "weekday", self.weekday, "1 (Monday) to 7 (Sunday)")
        require(self.opens <= self.closes, "closes", self.closes, "a venue closes after it opens")


WEEKDAYS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Venue:
    """Where panels sit: a centre's rooms, opening hours and blocked times.

    `region` is the GB/T 2260 code of the county or prefecture. Rooms are listed in the order of their ids.
    `opens` and `closes` are local (Asia/Shanghai) and hold on each day for which `hours` has no entry; an entry
    for the day comes before one for its weekday. The rule book's 22:00 line bounds them too.
    """

    venue_id: str
    centre_id: str
    name: str
    region: str
    rooms: tuple[Room, ...]
    opens: time = time(9)
    closes: time = time(22)
    blocked: tuple[Blocked, ...] = ()
    hours: tuple[Hours, ...] = ()

    def __post_init__(self) -> None:
        order = sorted(self.blocked, key=lambda b: (b.start, b.end, b.room_id or "", b.reason))
        object.__setattr__(self, "blocked", tuple(order))
        days = {(each.day, each.weekday): each for each in self.hours}
        require(len(days) == len(self.hours), "hours", self.venue_id, "a weekday or day comes once")
        own = sorted(self.hours, key=lambda each: (each.day or date.min, each.weekday or 0))
        object.__setattr__(self, "hours", tuple(own))
        ids = [room.room_id for room in self.rooms]
        require(ids == sorted(set(ids)), "rooms", ids, f"venue {self.venue_id} lists each room once, by id")
        require(
            self.opens <= self.closes, "closes", self.closes, f"venue {self.venue_id} closes after it opens"
        )

    def hours_on(self, day: date) -> tuple[time, time]:
        """When the venue opens and closes on the day; equal when it is closed."""
        for each in reversed(self.hours):  # single days come last
            if each.day == day or (each.day is None and each.weekday == day.isoweekday()):
                return each.opens, each.closes
        return self.opens, self.closes

    @property
    def usual(self) -> tuple[time, time]:
        """The hours of most weekdays on which it is open, the longest of equals: what a day there can hold."""
        weekly = {each.weekday: (each.opens, each.closes) for each in self.hours if each.day is None}
        if not weekly:
            return self.opens, self.closes
        own = Counter(weekly.get(weekday, (self.opens, self.closes)) for weekday in WEEKDAYS)
        able = [hours for hours in own if hours[0] < hours[1]]
        return max(able, key=lambda h: (own[h], _length(*h), h), default=(self.opens, self.closes))

    @property
    def seats(self) -> int:
        """Seats in all rooms together."""
        return sum(room.seats for room in self.rooms)


def _length(opens: time, closes: time) -> int:
    return 60 * (closes.hour - opens.hour) + closes.minute - opens.minute


@dataclass(frozen=True, slots=True)
class Centre:
    """An organisation that runs venues and requests draws."""

    centre_id: str
    name: str
    region: str
    uscc: str = ""
