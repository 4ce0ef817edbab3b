"""Bookings: which rooms an evaluation holds, session by session.

No room is ever held twice: `models.checks.never_twice`, laid on `reservation` by its migration.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from models.base import Base, UtcTime
from models.checks import one_of
from scheduler.planning.outcome import Side


class BookingState(StrEnum):
    """Whether a booking is only proposed, waits for its guests, holds, or has ended."""

    DRAFT = "draft"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DONE = "done"


class BookingRow(Base, table=True):
    """Where and when one project is evaluated; at most one booking of a project holds."""

    __tablename__ = "booking"
    __table_args__ = (
        one_of("state", BookingState),
        Index(
            "uq_booking_project",
            "project_id",
            unique=True,
            postgresql_where=text("state NOT IN ('draft', 'cancelled')"),
            sqlite_where=text("state NOT IN ('draft', 'cancelled')"),
        ),
    )

    booking_id: str = Field(primary_key=True, max_length=64)
    project_id: str = Field(foreign_key="project.project_id", index=True)
    plan_id: str = Field(foreign_key="plan.plan_id", index=True)
    split: bool
    avoidable: bool
    reason: str = ""
    state: str


class BookingPartRow(Base, table=True):
    """The room and seats of one place: 0 is the home venue, 1 to N the guests."""

    __tablename__ = "booking_part"
    __table_args__ = (
        one_of("side", Side),
        CheckConstraint("(place = 0) = (side = 'home')", name="home_is_place_zero"),
        CheckConstraint("experts BETWEEN 0 AND seats", name="experts_have_seats"),
    )

    booking_id: str = Field(primary_key=True, foreign_key="booking.booking_id")
    place: int = Field(primary_key=True)
    side: str
    venue_id: str = Field(foreign_key="venue.venue_id", index=True)
    room_id: str = Field(foreign_key="room.room_id")
    seats: int
    experts: int


class ReservationRow(Base, table=True):
    """A room held for one session of one part; `active` from the plan's release until the booking is cancelled."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        ForeignKeyConstraint(
            ["booking_id", "place"],
            ["booking_part.booking_id", "booking_part.place"],
            name="fk_reservation_part",
        ),
        Index("ix_reservation_room", "room_id", "starts_at"),
    )

    booking_id: str = Field(primary_key=True, max_length=64)
    place: int = Field(primary_key=True)
    nth: int = Field(primary_key=True)
    room_id: str = Field(foreign_key="room.room_id")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    active: bool = True
