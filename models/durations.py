"""Models of durations learned from finished evaluations (预计时长), and the forecast last told of each running one."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import JSON, Field

from models.base import Base, UtcTime
from models.checks import one_of
from scheduler.estimate import Alarm


class DurationModelRow(Base, table=True):
    """A fitted model under the digest of its text, never changed: plans name the one they were made with.

    `calibration` is its record by rolling origin over the history that it was fitted on.
    """

    __tablename__ = "duration_model"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("records > 0", name="has_records"),
        UniqueConstraint("version"),
    )

    digest: str = Field(primary_key=True, max_length=80)
    version: int
    records: int
    finished: int
    """Evaluations that had been finished when it was fitted, older ones than it knows counted too."""
    text: str
    calibration: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    trained_at: datetime = Field(sa_type=UtcTime)


class WatchRow(Base, table=True):
    """What was last told of how a running evaluation will end: when, and how near it is to passing 22:00."""

    __tablename__ = "evaluation_watch"
    __table_args__ = (
        one_of("alarm", Alarm),
        CheckConstraint("probability BETWEEN 0 AND 1", name="probability_is_a_share"),
    )

    project_id: str = Field(primary_key=True, foreign_key="project.project_id")
    alarm: str
    probability: float
    forecast_end: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
