"""The event log: ledger, events, topics and entries."""

import secrets

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime
from models.guards import forbid_change

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The log exists, empty, in an epoch of its own, and its events cannot be rewritten."""
    ledger = op.create_table(
        "ledger",
        sa.Column("ledger_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.CheckConstraint("ledger_id = 1", name=op.f("ck_ledger_one_row")),
    )
    first = {"ledger_id": 1, "epoch": secrets.token_hex(8), "position": 0, "digest": "0" * 64}
    op.bulk_insert(ledger, [first])
    op.create_table(
        "event",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("sealed_digest", sa.Text),
        sa.Column("places", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_event_position_counts_from_one")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_event_digest_is_sha256")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_event_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_event_digest")),
    )
    op.create_index(op.f("ix_event_kind"), "event", ["kind"])
    op.create_index(op.f("ix_event_at"), "event", ["at"])
    op.create_table(
        "topic",
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("head", sa.BigInteger, nullable=False),
        sa.Column("floor", sa.BigInteger, nullable=False),
        sa.CheckConstraint("floor >= 0 AND floor <= head", name=op.f("ck_topic_floor_is_below_head")),
    )
    op.create_table(
        "entry",
        sa.Column("topic", sa.Text, sa.ForeignKey("topic.topic"), primary_key=True),
        sa.Column("offset", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, sa.ForeignKey("event.position"), nullable=False),
        sa.CheckConstraint('"offset" > 0', name=op.f("ck_entry_offset_counts_from_one")),
    )
    op.create_index("uq_entry_position_topic", "entry", ["position", "topic"], unique=True)
    kept = ("position", "event_id", "kind", "at", "actor", "facts", "sealed_digest", "places", "digest")
    forbid_change("event", name="event_is_append_only", columns=kept)


def downgrade() -> None:
    """Nothing of the log is left."""
    for table in ("entry", "topic", "event", "ledger"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION event_is_append_only()")
