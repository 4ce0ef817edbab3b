"""Widenings (放宽专业): a slot may accept less of a specialty code, asked for by one and decided by another."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import JSON, Field

from models.base import Base, UtcTime
from models.checks import one_of


class WideningState(StrEnum):
    """Where a widening stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


class WideningRow(Base, table=True):
    """One step for one slot, from the codes `asked` to the codes `allowed`; `level` counts the steps from 1."""

    __tablename__ = "widening"
    __table_args__ = (
        one_of("state", WideningState),
        CheckConstraint("level > 0", name="level_positive"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        CheckConstraint("(state = 'requested') = (decided_at IS NULL)", name="decided_has_a_time"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_someone"),
        CheckConstraint("decided_by <> requested_by", name="four_eyes"),
    )

    widening_id: str = Field(primary_key=True, max_length=64)
    project_id: str = Field(foreign_key="project.project_id", index=True)
    slot_id: str = Field(max_length=16)
    level: int
    asked: list[str] = Field(sa_type=JSON)
    allowed: list[str] = Field(sa_type=JSON)
    reason: str
    state: str
    requested_by: str
    requested_at: datetime = Field(sa_type=UtcTime)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    remark: str = ""
