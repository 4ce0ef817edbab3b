"""Limits on how many experts a region can supply: what someone has declared, besides what the pool says."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import JSON, Field

from models.base import Base, UtcTime


class SupplyLimitRow(Base, table=True):
    """At most so many experts of a region, for seats that ask for exactly these codes, or all; on a day, or each."""

    __tablename__ = "supply_limit"
    __table_args__ = (CheckConstraint("experts >= 0", name="experts_not_negative"),)

    limit_id: str = Field(primary_key=True, max_length=64)
    region: str = Field(max_length=12, index=True)
    codes: list[str] = Field(default_factory=list, sa_type=JSON)
    experts: int
    day: str | None = Field(default=None, max_length=10)
    reason: str
    declared_by: str
    declared_at: datetime = Field(sa_type=UtcTime)
