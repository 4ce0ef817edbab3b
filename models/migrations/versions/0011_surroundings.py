"""Venues' hours by weekday and day, and what plans are made around."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables exist, empty."""
    op.create_table(
        "venue_hours",
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens <= closes", name=op.f("ck_venue_hours_closes_after_opening")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.venue_id"], name=op.f("fk_venue_hours_venue_id_venue")),
        sa.PrimaryKeyConstraint("venue_id", "day", name=op.f("pk_venue_hours")),
    )
    op.create_table(
        "commitment",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_commitment_ends_after_start")),
        sa.ForeignKeyConstraint(["room_id"], ["room.room_id"], name=op.f("fk_commitment_room_id_room")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.venue_id"], name=op.f("fk_commitment_venue_id_venue")),
        sa.PrimaryKeyConstraint("room_id", "starts_at", name=op.f("pk_commitment")),
    )
    op.create_table(
        "prior_pair",
        *_pair(),
        sa.Column("projects", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.CheckConstraint("projects >= 0", name=op.f("ck_prior_pair_projects_not_negative")),
        *_keys("prior_pair"),
    )
    op.create_table(
        "prior_support",
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.Column("projects", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.CheckConstraint("projects >= 0", name=op.f("ck_prior_support_projects_not_negative")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.venue_id"], name=op.f("fk_prior_support_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("venue_id", name=op.f("pk_prior_support")),
    )
    op.create_table(
        "distance",
        *_pair(),
        sa.Column("kilometres", sa.Integer(), nullable=False),
        sa.CheckConstraint("kilometres >= 0", name=op.f("ck_distance_kilometres_not_negative")),
        *_keys("distance"),
    )
    op.create_table(
        "quota",
        sa.Column("home_region", sa.String(12), nullable=False),
        sa.Column("guest_region", sa.String(12), nullable=False),
        sa.Column("projects", sa.Integer(), nullable=False),
        sa.CheckConstraint("projects >= 0", name=op.f("ck_quota_projects_not_negative")),
        sa.PrimaryKeyConstraint("home_region", "guest_region", name=op.f("pk_quota")),
    )


def _pair() -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in ("home", "guest"))


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        *(
            sa.ForeignKeyConstraint([name], ["venue.venue_id"], name=op.f(f"fk_{table}_{name}_venue"))
            for name in ("home", "guest")
        ),
        sa.PrimaryKeyConstraint("home", "guest", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    """The tables are gone."""
    for table in ("quota", "distance", "prior_support", "prior_pair", "commitment", "venue_hours"):
        op.drop_table(table)
