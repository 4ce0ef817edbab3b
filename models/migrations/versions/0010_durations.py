"""Durations learned from finished evaluations, the plan's model, and the watch of running evaluations."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables exist, empty; plans made so far rest on the rule book's assumption."""
    op.create_table(
        "duration_model",
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("calibration", sa.JSON(), nullable=False),
        sa.Column("trained_at", UtcTime(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_duration_model_version_positive")),
        sa.CheckConstraint("records > 0", name=op.f("ck_duration_model_has_records")),
        sa.UniqueConstraint("version", name=op.f("uq_duration_model_version")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_duration_model")),
    )
    op.create_table(
        "evaluation_watch",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("forecast_end", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "alarm IN ('calm', 'split', 'warn', 'watch')", name=op.f("ck_evaluation_watch_alarm_known")
        ),
        sa.CheckConstraint(
            "probability BETWEEN 0 AND 1", name=op.f("ck_evaluation_watch_probability_is_a_share")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_evaluation_watch_project_id_project")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_evaluation_watch")),
    )
    op.add_column("plan", sa.Column("durations_digest", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """The tables and the column are gone."""
    op.drop_column("plan", "durations_digest")
    op.drop_table("evaluation_watch")
    op.drop_table("duration_model")
