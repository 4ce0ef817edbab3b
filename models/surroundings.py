"""What plans are made around: rooms taken elsewhere, histories from before the service, distances, quotas."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.base import Base, UtcTime


class CommitmentRow(Base, table=True):
    """A room taken by what the service does not plan."""

    __tablename__ = "commitment"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ends_after_start"),)

    room_id: str = Field(primary_key=True, foreign_key="room.room_id")
    starts_at: datetime = Field(primary_key=True, sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    venue_id: str = Field(foreign_key="venue.venue_id")


class PriorPairRow(Base, table=True):
    """How many projects of a home the guest had supported by a day, before the service kept count."""

    __tablename__ = "prior_pair"
    __table_args__ = (CheckConstraint("projects >= 0", name="projects_not_negative"),)

    home: str = Field(primary_key=True, foreign_key="venue.venue_id")
    guest: str = Field(primary_key=True, foreign_key="venue.venue_id")
    projects: int
    as_of: str = Field(max_length=10)


class PriorSupportRow(Base, table=True):
    """How many projects a venue had supported by a day of the period, before the service kept count."""

    __tablename__ = "prior_support"
    __table_args__ = (CheckConstraint("projects >= 0", name="projects_not_negative"),)

    venue_id: str = Field(primary_key=True, foreign_key="venue.venue_id")
    projects: int
    as_of: str = Field(max_length=10)


class DistanceRow(Base, table=True):
    """How far a guest venue is from a home venue (就近)."""

    __tablename__ = "distance"
    __table_args__ = (CheckConstraint("kilometres >= 0", name="kilometres_not_negative"),)

    home: str = Field(primary_key=True, foreign_key="venue.venue_id")
    guest: str = Field(primary_key=True, foreign_key="venue.venue_id")
    kilometres: int


class QuotaRow(Base, table=True):
    """How many projects of one region may have guests in another (跨州市配额)."""

    __tablename__ = "quota"
    __table_args__ = (CheckConstraint("projects >= 0", name="projects_not_negative"),)

    home_region: str = Field(primary_key=True, max_length=12)
    guest_region: str = Field(primary_key=True, max_length=12)
    projects: int
