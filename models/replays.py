"""Answers already given under an Idempotency-Key."""

from datetime import datetime

from sqlmodel import Field

from models.base import Base, UtcTime


class ReplayRow(Base, table=True):
    """What a caller's request under a key on a route led to: a reference, rendered afresh on replay."""

    __tablename__ = "replay"

    account_id: str = Field(primary_key=True, foreign_key="account.account_id")
    route: str = Field(primary_key=True, max_length=200)
    key: str = Field(primary_key=True, max_length=200)
    request_digest: str = Field(max_length=80)
    reference: str
    created_at: datetime = Field(sa_type=UtcTime)
