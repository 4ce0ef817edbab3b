"""Venues (评标场所), their rooms (评标室) and the times in which they cannot be used."""

from datetime import datetime, time

from sqlalchemy import CheckConstraint
from sqlmodel import JSON, Field

from models.base import Base, UtcTime


class VenueRow(Base, table=True):
    """A venue of a centre, with its local opening hours."""

    __tablename__ = "venue"
    __table_args__ = (CheckConstraint("opens <= closes", name="closes_after_opening"),)

    venue_id: str = Field(primary_key=True, max_length=64)
    centre_id: str = Field(foreign_key="centre.centre_id", index=True)
    name: str
    region: str = Field(max_length=12, index=True)
    opens: time
    closes: time


class VenueHoursRow(Base, table=True):
    """The venue's hours on a weekday ("1" Monday to "7") or on one day; closed when they are equal."""

    __tablename__ = "venue_hours"
    __table_args__ = (CheckConstraint("opens <= closes", name="closes_after_opening"),)

    venue_id: str = Field(primary_key=True, foreign_key="venue.venue_id")
    day: str = Field(primary_key=True, max_length=10)
    opens: time
    closes: time


class RoomRow(Base, table=True):
    """A room with seats (工位)."""

    __tablename__ = "room"
    __table_args__ = (CheckConstraint("seats > 0", name="has_seats"),)

    room_id: str = Field(primary_key=True, max_length=64)
    venue_id: str = Field(foreign_key="venue.venue_id", index=True)
    seats: int
    equipment: list[str] = Field(default_factory=list, sa_type=JSON)


class BlockedRow(Base, table=True):
    """Time in which a room, or with no room the whole venue, is out of service."""

    __tablename__ = "blocked"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ends_after_start"),)

    blocked_id: str = Field(primary_key=True, max_length=64)
    venue_id: str = Field(foreign_key="venue.venue_id", index=True)
    room_id: str | None = Field(default=None, foreign_key="room.room_id")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    reason: str = ""
