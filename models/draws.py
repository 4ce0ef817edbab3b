"""Draws (抽取) and redraws (补抽): numbered without gaps, committed, completed, certified."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import JSON, Field

from models.base import Base, UtcTime
from models.checks import one_of


class DrawKind(StrEnum):
    """Whether a whole panel is drawn or only lost seats."""

    FULL = "full"
    REDRAW = "redraw"


class DrawRow(Base, table=True):
    """A completed draw with its certificate; the sealed part is encrypted until the rules open it.

    A draw is written in the transaction that completes it, so a row never shows a half-done draw.
    """

    __tablename__ = "draw"
    __table_args__ = (
        one_of("kind", DrawKind),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("(kind = 'redraw') = (previous_id IS NOT NULL)", name="redraw_is_chained"),
        UniqueConstraint("project_id", "number"),
    )

    draw_id: str = Field(primary_key=True, max_length=64)
    project_id: str = Field(foreign_key="project.project_id", index=True)
    number: int
    kind: str
    previous_id: str | None = Field(default=None, foreign_key="draw.draw_id")
    booking_id: str = Field(foreign_key="booking.booking_id")
    rules_digest: str = Field(foreign_key="rule_book.digest")
    public: dict[str, Any] = Field(sa_type=JSON)
    sealed: bytes
    digest: str = Field(max_length=80)
    reason: str = ""
    drawn_by: str
    drawn_at: datetime = Field(sa_type=UtcTime)


class DrawBatchRow(Base, table=True):
    """Draws made together: the public record of their order, which each of them names by digest."""

    __tablename__ = "draw_batch"

    batch_id: str = Field(primary_key=True, max_length=64)
    digest: str = Field(unique=True, max_length=80)
    record: dict[str, Any] = Field(sa_type=JSON)
    drawn_by: str
    drawn_at: datetime = Field(sa_type=UtcTime)


class OpenDrawState(StrEnum):
    """How far a draw of several parties is: they promise, then it is committed, then they reveal."""

    PROMISING = "promising"
    REVEALING = "revealing"
    COMPLETED = "completed"
    FAILED = "failed"


class OpenDrawRow(Base, table=True):
    """A draw of several parties on its way; what it froze, and secrets revealed so far, are encrypted."""

    __tablename__ = "open_draw"
    __table_args__ = (
        one_of("state", OpenDrawState),
        CheckConstraint(
            "commitment IS NOT NULL OR state IN ('promising', 'failed')", name="committed_once_promised"
        ),
    )

    draw_id: str = Field(primary_key=True, max_length=64)
    project_id: str = Field(foreign_key="project.project_id", index=True)
    number: int
    state: str
    reason: str = ""
    parties: list[str] = Field(sa_type=JSON)
    promises: dict[str, str] = Field(sa_type=JSON)
    revealed: list[str] = Field(sa_type=JSON)
    minutes: int
    with_beacon: bool
    reveal_by: datetime | None = Field(default=None, sa_type=UtcTime)
    commitment: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    frozen: bytes | None = None
    secrets: bytes
    opened_by: str
    opened_at: datetime = Field(sa_type=UtcTime)
