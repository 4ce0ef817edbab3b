"""Plans: an order to solve, its lease by a worker, what the solver found, and its release."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import JSON, Field

from models.base import Base, UtcTime
from models.checks import one_of


class PlanState(StrEnum):
    """Where a plan stands between order and release."""

    QUEUED = "queued"
    SOLVING = "solving"
    SOLVED = "solved"
    IMPOSSIBLE = "impossible"
    STOPPED = "stopped"
    PUBLISHED = "published"


class PlanRow(Base, table=True):
    """A plan of one day's openings; its bookings are drafts, which hold no room, until it is published."""

    __tablename__ = "plan"
    __table_args__ = (
        one_of("state", PlanState),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint(
            "state NOT IN ('solved', 'published') OR problem_digest <> ''", name="solved_has_a_problem"
        ),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_has_a_time"),
    )

    plan_id: str = Field(primary_key=True, max_length=64)
    opening_date: str = Field(max_length=10, index=True)
    state: str = Field(index=True)
    seed: str = Field(max_length=80)
    seconds: int
    rules_digest: str = Field(foreign_key="rule_book.digest")
    problem_digest: str = ""
    durations_digest: str = ""
    """The model of durations that it was ordered with; empty for the rule book's assumption."""
    cost: int = Field(default=0, sa_type=BigInteger)
    bound: int = Field(default=0, sa_type=BigInteger)
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    explanation: str = ""
    ordered_by: str
    ordered_at: datetime = Field(sa_type=UtcTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    worker: str = ""
    published_at: datetime | None = Field(default=None, sa_type=UtcTime)
    version: int = 1


class JobState(StrEnum):
    """Where a job of a plan stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PlanJobRow(Base, table=True):
    """A part of a plan that any worker may do (分省作业); it goes when its plan is there.

    Its id is the digest of its request, so that a plan taken up again finds what had been done. The lease is of one
    worker: who holds another must not write here.
    """

    __tablename__ = "plan_job"
    __table_args__ = (
        one_of("state", JobState),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_has_a_lease"),
        CheckConstraint("(state = 'done') = (answer IS NOT NULL)", name="done_has_an_answer"),
    )

    plan_id: str = Field(primary_key=True, foreign_key="plan.plan_id", max_length=64)
    job_id: str = Field(primary_key=True, max_length=80)
    nth: int
    region: str = Field(max_length=200)
    request: str
    answer: str | None = None
    state: str = Field(index=True)
    attempts: int = 0
    worker: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    reason: str = ""


class UnscheduledRow(Base, table=True):
    """A project without a place in a plan, with the planner's reason."""

    __tablename__ = "unscheduled"

    plan_id: str = Field(primary_key=True, foreign_key="plan.plan_id")
    project_id: str = Field(primary_key=True, foreign_key="project.project_id")
    code: str = Field(max_length=64)
    reason: str
