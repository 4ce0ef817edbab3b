"""Check-ins (签到): the proof that a drawn expert sits at the drawn venue."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from models.base import Base, UtcTime
from models.checks import one_of


class CheckInMethod(StrEnum):
    """How identity was established."""

    FACE = "face"
    IDENTITY_CARD = "identity_card"
    MANUAL = "manual"


class CheckInRow(Base, table=True):
    """One expert's arrival, once per engagement."""

    __tablename__ = "check_in"
    __table_args__ = (one_of("method", CheckInMethod),)

    engagement_id: str = Field(primary_key=True, foreign_key="engagement.engagement_id")
    method: str
    checked_in_at: datetime = Field(sa_type=UtcTime)
    checked_in_by: str
