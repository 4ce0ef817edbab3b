"""provisional"""

from datetime import datetime
from typing import Any

from sqlmodel import JSON, Field

from models.base import Base, UtcTime


class EventRow(Base, table=True):
    """Event."""

    __tablename__ = "event"

    event_id: int | None = Field(default=None, primary_key=True)
    kind: str
    topics: list[str] = Field(sa_type=JSON)
    facts: dict[str, Any] = Field(sa_type=JSON)
    sealed: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    now: datetime = Field(sa_type=UtcTime)
    actor: str
