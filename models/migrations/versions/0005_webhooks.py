"""Webhooks and up to where each of their topics was delivered."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables exist, empty."""
    op.create_table(
        "webhook",
        sa.Column("webhook_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("disabled_at", UtcTime()),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "(disabled_at IS NULL) = (reason = '')", name=op.f("ck_webhook_disabled_has_a_reason")
        ),
        sa.CheckConstraint("batch BETWEEN 1 AND 100", name=op.f("ck_webhook_batch_in_bounds")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_webhook_account_id_account")
        ),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_account_id"), "webhook", ["account_id"])
    op.create_table(
        "webhook_topic",
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(128), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(64)),
        sa.Column("epoch", sa.String(64), nullable=False),
        sa.Column("due_at", UtcTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcTime()),
        sa.Column("attempted_at", UtcTime()),
        sa.Column("delivered_at", UtcTime()),
        sa.Column("outcome", sa.String(200), nullable=False),
        sa.Column("lease", sa.String(64), nullable=False),
        sa.Column("lease_until", UtcTime()),
        sa.CheckConstraint("after >= 0", name=op.f("ck_webhook_topic_after_counts_from_zero")),
        sa.CheckConstraint(
            "(failures = 0) = (failing_since IS NULL)", name=op.f("ck_webhook_topic_failing_has_a_time")
        ),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_webhook_topic_failures_not_negative")),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.webhook_id"],
            name=op.f("fk_webhook_topic_webhook_id_webhook"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("webhook_id", "topic", name=op.f("pk_webhook_topic")),
    )


def downgrade() -> None:
    """The tables are gone."""
    op.drop_table("webhook_topic")
    op.drop_table("webhook")
