"""Limits on supply, and when an evaluation began."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table exists, empty; no evaluation has a start on record."""
    op.create_table(
        "supply_limit",
        sa.Column("limit_id", sa.String(64), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("experts", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(10)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("declared_at", UtcTime(), nullable=False),
        sa.CheckConstraint("experts >= 0", name=op.f("ck_supply_limit_experts_not_negative")),
        sa.PrimaryKeyConstraint("limit_id", name=op.f("pk_supply_limit")),
    )
    op.create_index(op.f("ix_supply_limit_region"), "supply_limit", ["region"])
    op.add_column("project", sa.Column("started_at", UtcTime()))


def downgrade() -> None:
    """The table and the column are gone."""
    op.drop_column("project", "started_at")
    op.drop_table("supply_limit")
