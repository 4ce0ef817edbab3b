"""Webhooks: who wants which topics sent to where, and up to where each topic has been delivered."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, LargeBinary, Text
from sqlmodel import Field

from models.base import Base, UtcTime


class WebhookRow(Base, table=True):
    """A subscription of an account; `secret` is sealed, and a disabled one says why."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("(disabled_at IS NULL) = (reason = '')", name="disabled_has_a_reason"),
        CheckConstraint("batch BETWEEN 1 AND 100", name="batch_in_bounds"),
    )

    webhook_id: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(foreign_key="account.account_id", index=True)
    url: str = Field(max_length=2000)
    secret: bytes = Field(sa_type=LargeBinary)
    batch: int
    created_at: datetime = Field(sa_type=UtcTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reason: str = Field(default="", max_length=200)


class WebhookTopicRow(Base, table=True):
    """One topic of a webhook: all up to `after` was acknowledged; whose turn it is, and before when it is not tried.

    `event_id` and `epoch` prove which event that was, so that a restored backup is noticed. The lease is of
    one courier: who holds another must not write here.
    """

    __tablename__ = "webhook_topic"
    __table_args__ = (
        CheckConstraint("after >= 0", name="after_counts_from_zero"),
        CheckConstraint("(failures = 0) = (failing_since IS NULL)", name="failing_has_a_time"),
        CheckConstraint("failures >= 0", name="failures_not_negative"),
    )

    webhook_id: str = Field(
        sa_column=Column(Text, ForeignKey("webhook.webhook_id", ondelete="CASCADE"), primary_key=True)
    )
    topic: str = Field(primary_key=True, max_length=128)
    after: int = Field(sa_type=BigInteger)
    event_id: str | None = Field(default=None, max_length=64)
    epoch: str = Field(max_length=64)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    failures: int = 0
    failing_since: datetime | None = Field(default=None, sa_type=UtcTime)
    attempted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    outcome: str = Field(default="", max_length=200)
    lease: str = Field(default="", max_length=64)
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
