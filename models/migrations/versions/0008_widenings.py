"""Widenings of slots: asked for, decided by somebody else."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table exists, empty."""
    op.create_table(
        "widening",
        sa.Column("widening_id", sa.String(64), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("slot_id", sa.String(16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("allowed", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", UtcTime(), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", UtcTime()),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('approved', 'refused', 'requested')", name=op.f("ck_widening_state_known")
        ),
        sa.CheckConstraint("level > 0", name=op.f("ck_widening_level_positive")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_widening_has_a_reason")),
        sa.CheckConstraint(
            "(state = 'requested') = (decided_at IS NULL)", name=op.f("ck_widening_decided_has_a_time")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_widening_decided_by_someone")
        ),
        sa.CheckConstraint("decided_by <> requested_by", name=op.f("ck_widening_four_eyes")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_widening_project_id_project")
        ),
        sa.PrimaryKeyConstraint("widening_id", name=op.f("pk_widening")),
    )
    op.create_index(op.f("ix_widening_project_id"), "widening", ["project_id"])


def downgrade() -> None:
    """The table is gone."""
    op.drop_table("widening")
