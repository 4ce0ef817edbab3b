"""Projects (项目), their sections (标段), expert seats asked for, and bidders once known."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import JSON, Field

from models.base import Base, UtcTime
from models.checks import one_of
from scheduler.projects import Category, Exemption, ProcurementKind


class ProjectState(StrEnum):
    """Where a project's evaluation stands."""

    SUBMITTED = "submitted"
    UNSCHEDULED = "unscheduled"
    PLANNED = "planned"
    GUEST_PENDING = "guest_pending"
    BOOKED = "booked"
    DRAWING = "drawing"
    DRAW_SHORT = "draw_short"
    PANEL_FILLED = "panel_filled"
    CHECKING_IN = "checking_in"
    EVALUATING = "evaluating"
    REPORTED = "reported"
    RESULT_FINAL = "result_final"
    FAILED_TENDER = "failed_tender"
    CANCELLED = "cancelled"


class ProjectRow(Base, table=True):
    """A project; `serial` is what those see who may not know which project it is.

    `opening_date` is the local day of the opening. `opened_at` is when bids were opened,
    `started_at` when the evaluation began.
    `version` grows with each change and is the resource's entity tag.
    """

    __tablename__ = "project"
    __table_args__ = (
        one_of("state", ProjectState),
        one_of("kind", ProcurementKind),
        one_of("category", Category),
        one_of("exemption", Exemption),
        CheckConstraint("owner_representatives >= 0", name="owners_not_negative"),
        CheckConstraint("guest_count BETWEEN 1 AND 4", name="one_to_four_guests"),
        CheckConstraint("version > 0", name="version_positive"),
        UniqueConstraint("opening_date", "serial"),
    )

    project_id: str = Field(primary_key=True, max_length=64)
    serial: str = Field(max_length=16)
    name: str
    kind: str
    category: str
    home: str = Field(foreign_key="venue.venue_id", index=True)
    region: str = Field(max_length=12)
    opening_at: datetime = Field(sa_type=UtcTime)
    opening_date: str = Field(max_length=10, index=True)
    owner_representatives: int
    guest_count: int
    exemption: str | None = None
    tenderer: str = ""
    agency: str = ""
    supervisor: str = ""
    equipment: list[str] = Field(default_factory=list, sa_type=JSON)
    state: str = Field(index=True)
    reason: str = ""
    version: int = 1
    opened_at: datetime | None = Field(default=None, sa_type=UtcTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    names_unlocked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    result_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SectionRow(Base, table=True):
    """A lot with the bids expected, or received once opened; `finished_at` once its evaluation is done.

    `failed`: it was opened with too few bids and is not evaluated (实施条例 art. 44).
    """

    __tablename__ = "section"
    __table_args__ = (CheckConstraint("bidders >= 0", name="bidders_not_negative"),)

    project_id: str = Field(primary_key=True, foreign_key="project.project_id")
    section_id: str = Field(primary_key=True, max_length=64)
    bidders: int
    failed: bool = False
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DemandRow(Base, table=True):
    """Expert seats of one specialty requirement; `nth` keeps the order in which they were asked for."""

    __tablename__ = "specialty_demand"
    __table_args__ = (CheckConstraint("seats > 0", name="has_seats"),)

    project_id: str = Field(primary_key=True, foreign_key="project.project_id")
    nth: int = Field(primary_key=True)
    codes: list[str] = Field(sa_type=JSON)
    seats: int


class BidderRow(Base, table=True):
    """An organisation that bid, known from the opening on."""

    __tablename__ = "bidder"

    project_id: str = Field(primary_key=True, foreign_key="project.project_id")
    organisation: str = Field(primary_key=True, max_length=64)
