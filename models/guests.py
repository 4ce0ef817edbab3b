"""Guest requests (客场申请): a venue is asked to support an evaluation and answers in time or not."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from models.base import Base, UtcTime
from models.checks import one_of


class GuestRequestState(StrEnum):
    """Where a guest request stands."""

    SENT = "sent"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class GuestRequestRow(Base, table=True):
    """One question to one venue about one place of a booking."""

    __tablename__ = "guest_request"
    __table_args__ = (
        one_of("state", GuestRequestState),
        CheckConstraint("sent_at < expires_at", name="time_to_answer"),
        CheckConstraint("(state = 'sent') = (answered_at IS NULL)", name="answered_has_a_time"),
        ForeignKeyConstraint(
            ["booking_id", "place"],
            ["booking_part.booking_id", "booking_part.place"],
            name="fk_guest_request_part",
        ),
        UniqueConstraint("booking_id", "place"),
    )

    request_id: str = Field(primary_key=True, max_length=64)
    booking_id: str
    place: int
    venue_id: str = Field(foreign_key="venue.venue_id", index=True)
    state: str = Field(index=True)
    sent_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reason: str = ""
