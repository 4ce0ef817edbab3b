"""Draws, engagements, invitations and check-ins; no expert sits in two evaluations at once."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime
from models.checks import never_twice

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables exist, empty."""
    op.create_table(
        "draw",
        sa.Column("draw_id", sa.String(64), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("previous_id", sa.Text()),
        sa.Column("booking_id", sa.Text(), nullable=False),
        sa.Column("rules_digest", sa.Text(), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=False),
        sa.Column("drawn_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'redraw') = (previous_id IS NOT NULL)", name=op.f("ck_draw_redraw_is_chained")
        ),
        sa.CheckConstraint("kind IN ('full', 'redraw')", name=op.f("ck_draw_kind_known")),
        sa.CheckConstraint("number > 0", name=op.f("ck_draw_number_positive")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.booking_id"], name=op.f("fk_draw_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(["previous_id"], ["draw.draw_id"], name=op.f("fk_draw_previous_id_draw")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_draw_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["rules_digest"], ["rule_book.digest"], name=op.f("fk_draw_rules_digest_rule_book")
        ),
        sa.PrimaryKeyConstraint("draw_id", name=op.f("pk_draw")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_draw_project_id_number")),
    )
    op.create_index(op.f("ix_draw_project_id"), "draw", ["project_id"])
    op.create_table(
        "engagement",
        sa.Column("engagement_id", sa.String(64), nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("expert_id", sa.Text(), nullable=False),
        sa.Column("slot_id", sa.String(200), nullable=False),
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.Column("centre_id", sa.Text(), nullable=False),
        sa.Column("probability", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('accepted', 'checked_in', 'declined', 'invited', 'no_show', 'recused', "
            "'released', 'served', 'timed_out', 'withdrawn')",
            name=op.f("ck_engagement_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.centre_id"], name=op.f("fk_engagement_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.draw_id"], name=op.f("fk_engagement_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.expert_id"], name=op.f("fk_engagement_expert_id_expert")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_engagement_project_id_project")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.venue_id"], name=op.f("fk_engagement_venue_id_venue")),
        sa.PrimaryKeyConstraint("engagement_id", name=op.f("pk_engagement")),
    )
    op.create_index(op.f("ix_engagement_draw_id"), "engagement", ["draw_id"])
    op.create_index(op.f("ix_engagement_expert_id"), "engagement", ["expert_id"])
    op.create_index(op.f("ix_engagement_project_id"), "engagement", ["project_id"])
    op.create_index(op.f("ix_engagement_venue_id"), "engagement", ["venue_id"])
    op.create_index(
        "uq_engagement_member",
        "engagement",
        ["project_id", "expert_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('invited', 'accepted', 'checked_in', 'served')"),
        sqlite_where=sa.text("state IN ('invited', 'accepted', 'checked_in', 'served')"),
    )
    op.create_table(
        "check_in",
        sa.Column("engagement_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("checked_in_at", UtcTime(), nullable=False),
        sa.Column("checked_in_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "method IN ('face', 'identity_card', 'manual')", name=op.f("ck_check_in_method_known")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.engagement_id"], name=op.f("fk_check_in_engagement_id_engagement")
        ),
        sa.PrimaryKeyConstraint("engagement_id", name=op.f("pk_check_in")),
    )
    op.create_table(
        "invitation",
        sa.Column("invitation_id", sa.String(64), nullable=False),
        sa.Column("engagement_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("answered_at", UtcTime()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'sent') = (answered_at IS NULL)", name=op.f("ck_invitation_answered_has_a_time")
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'declined', 'sent', 'timed_out', 'withdrawn')",
            name=op.f("ck_invitation_state_known"),
        ),
        sa.CheckConstraint("sent_at < expires_at", name=op.f("ck_invitation_time_to_answer")),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.engagement_id"],
            name=op.f("fk_invitation_engagement_id_engagement"),
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_invitation_engagement_id")),
    )
    op.create_index(op.f("ix_invitation_state"), "invitation", ["state"])
    op.create_table(
        "sitting",
        sa.Column("engagement_id", sa.Text(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_sitting_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.engagement_id"], name=op.f("fk_sitting_engagement_id_engagement")
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.expert_id"], name=op.f("fk_sitting_expert_id_expert")
        ),
        sa.PrimaryKeyConstraint("engagement_id", "nth", name=op.f("pk_sitting")),
    )
    op.create_index("ix_sitting_expert", "sitting", ["expert_id", "starts_at"])
    for statement in never_twice("sitting", "expert_id")[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """The tables are gone."""
    for table in ("sitting", "invitation", "check_in", "engagement", "draw"):
        op.drop_table(table)
