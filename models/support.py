"""Guest support (客场支持): one record per project and guest venue, for the 通报考核."""

from datetime import datetime

from sqlmodel import Field

from models.base import Base, UtcTime


class SupportRow(Base, table=True):
    """A guest venue's support of one project, counted once when the evaluation finished."""

    __tablename__ = "support_record"

    project_id: str = Field(primary_key=True, foreign_key="project.project_id")
    venue_id: str = Field(primary_key=True, foreign_key="venue.venue_id", index=True)
    booking_id: str = Field(foreign_key="booking.booking_id")
    month: str = Field(max_length=7, index=True)
    opening_date: str = Field(max_length=10, index=True)
    experts: int
    counted_at: datetime = Field(sa_type=UtcTime)
