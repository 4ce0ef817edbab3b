"""Engagements: an expert's seat on a panel.

No expert ever sits in two evaluations at once: `models.checks.never_twice`, laid on `sitting` by its migration.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models.base import Base, UtcTime
from models.checks import one_of


class EngagementState(StrEnum):
    """From being drawn to having served, or how the seat was lost."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    CHECKED_IN = "checked_in"
    SERVED = "served"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"
    RECUSED = "recused"
    NO_SHOW = "no_show"
    RELEASED = "released"


HOLDS_A_SEAT = frozenset(
    (
        EngagementState.INVITED,
        EngagementState.ACCEPTED,
        EngagementState.CHECKED_IN,
        EngagementState.SERVED,
    )
)
"""States in which an expert counts as a member of the panel."""


class EngagementRow(Base, table=True):
    """A seat given to an expert by a draw; `probability` is the exact chance p/q it was given with."""

    __tablename__ = "engagement"
    __table_args__ = (
        one_of("state", EngagementState),
        Index(
            "uq_engagement_member",
            "project_id",
            "expert_id",
            unique=True,
            postgresql_where=text("state IN ('invited', 'accepted', 'checked_in', 'served')"),
            sqlite_where=text("state IN ('invited', 'accepted', 'checked_in', 'served')"),
        ),
    )

    engagement_id: str = Field(primary_key=True, max_length=64)
    draw_id: str = Field(foreign_key="draw.draw_id", index=True)
    project_id: str = Field(foreign_key="project.project_id", index=True)
    expert_id: str = Field(foreign_key="expert.expert_id", index=True)
    slot_id: str = Field(max_length=200)
    venue_id: str = Field(foreign_key="venue.venue_id", index=True)
    centre_id: str = Field(foreign_key="centre.centre_id")
    probability: str
    state: str


class SittingRow(Base, table=True):
    """An expert's time in one session; `active` ends when the seat is lost."""

    __tablename__ = "sitting"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_start"),
        Index("ix_sitting_expert", "expert_id", "starts_at"),
    )

    engagement_id: str = Field(primary_key=True, foreign_key="engagement.engagement_id")
    nth: int = Field(primary_key=True)
    expert_id: str = Field(foreign_key="expert.expert_id")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    active: bool = True
