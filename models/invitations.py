"""Invitations: an expert is asked, and accepts, declines or lets the time pass."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.base import Base, UtcTime
from models.checks import one_of


class InvitationState(StrEnum):
    """Where an invitation stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"


class InvitationRow(Base, table=True):
    """The one question put to the expert of one engagement."""

    __tablename__ = "invitation"
    __table_args__ = (
        one_of("state", InvitationState),
        CheckConstraint("sent_at < expires_at", name="time_to_answer"),
        CheckConstraint("(state = 'sent') = (answered_at IS NULL)", name="answered_has_a_time"),
    )

    invitation_id: str = Field(primary_key=True, max_length=64)
    engagement_id: str = Field(foreign_key="engagement.engagement_id", unique=True)
    state: str = Field(index=True)
    sent_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reason: str = ""
