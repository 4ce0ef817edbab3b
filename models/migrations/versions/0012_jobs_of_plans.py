"""Jobs of plans: parts of a plan that any worker may do."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table exists, empty."""
    op.create_table(
        "plan_job",
        sa.Column("plan_id", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(80), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(200), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("lease_until", UtcTime()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('done', 'failed', 'queued', 'running')", name=op.f("ck_plan_job_state_known")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_plan_job_attempts_not_negative")),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_plan_job_running_has_a_lease")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (answer IS NOT NULL)", name=op.f("ck_plan_job_done_has_an_answer")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_plan_job_plan_id_plan")),
        sa.PrimaryKeyConstraint("plan_id", "job_id", name=op.f("pk_plan_job")),
    )
    op.create_index(op.f("ix_plan_job_state"), "plan_job", ["state"])


def downgrade() -> None:
    """The table is gone."""
    op.drop_table("plan_job")
