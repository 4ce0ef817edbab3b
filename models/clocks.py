"""The simulated clock of a demo or rehearsal, kept so that a restart goes on where it stopped."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.base import Base, UtcTime


class ClockRow(Base, table=True):
    """The simulated time of one rehearsal day and the seed it was made from."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("clock_id = 1", name="one_clock"),)

    clock_id: int = Field(default=1, primary_key=True)
    now: datetime = Field(sa_type=UtcTime)
    opening_date: str = Field(max_length=10)
    seed: str = Field(max_length=80)
