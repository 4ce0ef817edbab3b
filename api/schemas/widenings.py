"""Widenings on the wire."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from models.widenings import WideningRow


class WideningIn(BaseModel):
    """The next step of a slot that has too few experts, and why it is needed."""

    model_config = ConfigDict(extra="forbid")

    slot_id: str = Field(max_length=16)
    level: int = Field(ge=1, le=9)
    reason: str = Field(max_length=500)


class DecisionIn(BaseModel):
    """Yes or no; a refusal says why."""

    model_config = ConfigDict(extra="forbid")

    approves: bool
    remark: str = Field(default="", max_length=500)


class WideningView(BaseModel):
    """A widening, and who has asked for and decided it."""

    widening_id: str
    project_id: str
    slot_id: str
    level: int
    asked: list[str]
    allowed: list[str]
    reason: str
    state: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    remark: str

    @classmethod
    def of(cls, row: WideningRow) -> Self:
        """The view of a row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})
