"""Draws of several parties on their way, and the records of draws made together."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables exist, empty."""
    op.create_table(
        "draw_batch",
        sa.Column("batch_id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=False),
        sa.Column("drawn_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_draw_batch")),
        sa.UniqueConstraint("digest", name=op.f("uq_draw_batch_digest")),
    )
    op.create_table(
        "open_draw",
        sa.Column("draw_id", sa.String(64), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("promises", sa.JSON(), nullable=False),
        sa.Column("revealed", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("with_beacon", sa.Boolean(), nullable=False),
        sa.Column("reveal_by", UtcTime()),
        sa.Column("commitment", sa.JSON(none_as_null=True)),
        sa.Column("frozen", sa.LargeBinary()),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('completed', 'failed', 'promising', 'revealing')",
            name=op.f("ck_open_draw_state_known"),
        ),
        sa.CheckConstraint(
            "commitment IS NOT NULL OR state IN ('promising', 'failed')",
            name=op.f("ck_open_draw_committed_once_promised"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_open_draw_project_id_project")
        ),
        sa.PrimaryKeyConstraint("draw_id", name=op.f("pk_open_draw")),
    )
    op.create_index(op.f("ix_open_draw_project_id"), "open_draw", ["project_id"])


def downgrade() -> None:
    """The tables are gone."""
    op.drop_table("open_draw")
    op.drop_table("draw_batch")
