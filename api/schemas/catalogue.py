"""Centres, venues, rules and support counts on the wire: the shared catalogues."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from scheduler.venues import Centre, Venue


class CentreView(BaseModel):
    """A centre."""

    centre_id: str
    name: str
    region: str
    uscc: str

    @classmethod
    def of(cls, centre: Centre) -> Self:
        """All of it is public."""
        return cls(centre_id=centre.centre_id, name=centre.name, region=centre.region, uscc=centre.uscc)


class RoomView(BaseModel):
    """A room."""

    room_id: str
    seats: int
    equipment: list[str]


class HoursView(BaseModel):
    """Hours on a weekday (1 Monday to 7 Sunday), or on one day; closed when they are equal."""

    weekday: int | None
    day: date | None
    opens: str
    closes: str


class VenueView(BaseModel):
    """A venue with its rooms."""

    venue_id: str
    centre_id: str
    name: str
    region: str
    opens: str
    closes: str
    hours: list[HoursView]
    """Where they differ from `opens` and `closes`; a day comes before its weekday."""
    rooms: list[RoomView]

    @classmethod
    def of(cls, venue: Venue) -> Self:
        """All of it is public, except why something is blocked."""
        return cls(
            venue_id=venue.venue_id,
            centre_id=venue.centre_id,
            name=venue.name,
            region=venue.region,
            opens=venue.opens.strftime("%H:%M"),
            closes=venue.closes.strftime("%H:%M"),
            hours=[
                HoursView(
                    weekday=each.weekday,
                    day=each.day,
                    opens=each.opens.strftime("%H:%M"),
                    closes=each.closes.strftime("%H:%M"),
                )
                for each in venue.hours
            ],
            rooms=[
                RoomView(room_id=room.room_id, seats=room.seats, equipment=sorted(room.equipment))
                for room in venue.rooms
            ],
        )


class RulesView(BaseModel):
    """The rule book in force: its text is public."""

    version: str
    digest: str
    text: str


class SupportView(BaseModel):
    """A venue's guest-support count (客场支持项目数); null where it would tell of too small a group."""

    venue_id: str
    name: str
    count: int | None


class MeView(BaseModel):
    """Who the caller is."""

    account_id: str
    role: str
    centre_id: str | None
    venue_ids: list[str]
    region: str | None
    expert_id: str | None
    topics: list[str]
