"""The event log: one ledger in commit order, and each event's place in the topics that carry it.

The ledger is the audit trail as well: a row says who did what and when, and its digest covers the row before.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Text
from sqlmodel import Field

from models.base import Base, UtcTime


class LedgerRow(Base, table=True):
    """The head of the ledger, one row; locked from the first bump to the commit, so positions have no gaps.

    `epoch` names this history: it changes when a backup is restored, and whoever resumes then starts anew.
    """

    __tablename__ = "ledger"
    __table_args__ = (CheckConstraint("ledger_id = 1", name="one_row"),)

    ledger_id: int = Field(default=1, primary_key=True)
    epoch: str = Field(sa_type=Text)
    position: int = Field(default=0, sa_type=BigInteger)
    digest: str = Field(sa_type=Text)


class EventRow(Base, table=True):
    """An event (事件) and its audit row: never changed; only `sealed` may be emptied, and the chain still holds.

    `facts` and `sealed` are JSON text exactly as digested; `sealed` holds personal facts with a nonce.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("position > 0", name="position_counts_from_one"),
        CheckConstraint("length(digest) = 64", name="digest_is_sha256"),
    )

    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    event_id: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text, index=True)
    at: datetime = Field(sa_type=UtcTime, index=True)
    actor: str = Field(sa_type=Text)
    facts: str = Field(sa_type=Text)
    sealed: str | None = Field(default=None, sa_type=Text)
    sealed_digest: str | None = Field(default=None, sa_type=Text)
    places: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text, unique=True)


class TopicRow(Base, table=True):
    """A topic (an audience) with the offset of its last event, and the last offset no longer kept for replay."""

    __tablename__ = "topic"
    __table_args__ = (CheckConstraint("floor >= 0 AND floor <= head", name="floor_is_below_head"),)

    topic: str = Field(sa_column=Column(Text, primary_key=True))
    head: int = Field(sa_type=BigInteger)
    floor: int = Field(default=0, sa_type=BigInteger)


class EntryRow(Base, table=True):
    """An event's place in one topic: offsets of a topic count 1, 2, 3 … with no gap, in commit order."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint('"offset" > 0', name="offset_counts_from_one"),
        Index("uq_entry_position_topic", "position", "topic", unique=True),
    )

    topic: str = Field(sa_column=Column(Text, ForeignKey("topic.topic"), primary_key=True))
    offset: int = Field(sa_column=Column("offset", BigInteger, primary_key=True, autoincrement=False))
    position: int = Field(sa_column=Column(BigInteger, ForeignKey("event.position"), nullable=False))
