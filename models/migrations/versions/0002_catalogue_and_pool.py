"""Centres, venues, organisations, experts, accounts, rule books, replays, the rehearsal clock."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables exist, empty."""
    op.create_table(
        "centre",
        sa.Column("centre_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_centre")),
    )
    op.create_index(op.f("ix_centre_region"), "centre", ["region"])
    op.create_table(
        "clock",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("now", UtcTime(), nullable=False),
        sa.Column("opening_date", sa.String(10), nullable=False),
        sa.Column("seed", sa.String(80), nullable=False),
        sa.CheckConstraint("clock_id = 1", name=op.f("ck_clock_one_clock")),
        sa.PrimaryKeyConstraint("clock_id", name=op.f("pk_clock")),
    )
    op.create_table(
        "organisation",
        sa.Column("uscc", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_organisation")),
    )
    op.create_table(
        "rule_book",
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_used_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_rule_book")),
    )
    op.create_table(
        "expert",
        sa.Column("expert_id", sa.String(64), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("senior", sa.Boolean(), nullable=False),
        sa.Column("birth_year", sa.Integer()),
        sa.Column("department", sa.Text()),
        sa.Column("employer_group", sa.Text()),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "status IN ('active', 'applied', 'leave', 'removed', 'suspended', 'training')",
            name=op.f("ck_expert_status_known"),
        ),
        sa.CheckConstraint(
            "birth_year IS NULL OR birth_year BETWEEN 1900 AND 2100",
            name=op.f("ck_expert_birth_year_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["employer"], ["organisation.uscc"], name=op.f("fk_expert_employer_organisation")
        ),
        sa.PrimaryKeyConstraint("expert_id", name=op.f("pk_expert")),
    )
    op.create_index(op.f("ix_expert_employer"), "expert", ["employer"])
    op.create_index(op.f("ix_expert_region"), "expert", ["region"])
    op.create_table(
        "organisation_alias",
        sa.Column("alias", sa.String(200), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["uscc"], ["organisation.uscc"], name=op.f("fk_organisation_alias_uscc_organisation")
        ),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_organisation_alias")),
    )
    op.create_index(op.f("ix_organisation_alias_uscc"), "organisation_alias", ["uscc"])
    op.create_table(
        "venue",
        sa.Column("venue_id", sa.String(64), nullable=False),
        sa.Column("centre_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens <= closes", name=op.f("ck_venue_closes_after_opening")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.centre_id"], name=op.f("fk_venue_centre_id_centre")),
        sa.PrimaryKeyConstraint("venue_id", name=op.f("pk_venue")),
    )
    op.create_index(op.f("ix_venue_centre_id"), "venue", ["centre_id"])
    op.create_index(op.f("ix_venue_region"), "venue", ["region"])
    op.create_table(
        "account",
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("centre_id", sa.Text()),
        sa.Column("region", sa.String(12)),
        sa.Column("expert_id", sa.Text()),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("disabled_at", UtcTime()),
        sa.CheckConstraint(
            "role <> 'expert' OR expert_id IS NOT NULL", name=op.f("ck_account_expert_is_someone")
        ),
        sa.CheckConstraint(
            "role <> 'operator' OR centre_id IS NOT NULL", name=op.f("ck_account_operator_has_a_centre")
        ),
        sa.CheckConstraint(
            "role <> 'supervisor' OR region IS NOT NULL", name=op.f("ck_account_supervisor_has_a_region")
        ),
        sa.CheckConstraint(
            "role IN ('administrator', 'expert', 'host', 'machine', 'operator', 'public', 'supervisor')",
            name=op.f("ck_account_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.centre_id"], name=op.f("fk_account_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.expert_id"], name=op.f("fk_account_expert_id_expert")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account")),
        sa.UniqueConstraint("expert_id", name=op.f("uq_account_expert_id")),
    )
    op.create_table(
        "expert_conflict",
        sa.Column("expert_id", sa.Text(), nullable=False),
        sa.Column("other_id", sa.String(64), nullable=False),
        sa.CheckConstraint("expert_id <> other_id", name=op.f("ck_expert_conflict_two_people")),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.expert_id"], name=op.f("fk_expert_conflict_expert_id_expert")
        ),
        sa.PrimaryKeyConstraint("expert_id", "other_id", name=op.f("pk_expert_conflict")),
    )
    op.create_table(
        "expert_specialty",
        sa.Column("expert_id", sa.Text(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.expert_id"], name=op.f("fk_expert_specialty_expert_id_expert")
        ),
        sa.PrimaryKeyConstraint("expert_id", "code", name=op.f("pk_expert_specialty")),
    )
    op.create_index("ix_expert_specialty_code", "expert_specialty", ["code"])
    op.create_table(
        "expert_tie",
        sa.Column("expert_id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint(
            "kind IN ('declared', 'directorship', 'employment', 'kin', 'shareholding')",
            name=op.f("ck_expert_tie_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.expert_id"], name=op.f("fk_expert_tie_expert_id_expert")
        ),
        sa.PrimaryKeyConstraint("expert_id", "organisation", "kind", name=op.f("pk_expert_tie")),
    )
    op.create_table(
        "room",
        sa.Column("room_id", sa.String(64), nullable=False),
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("equipment", sa.JSON(), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_room_has_seats")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.venue_id"], name=op.f("fk_room_venue_id_venue")),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room")),
    )
    op.create_index(op.f("ix_room_venue_id"), "room", ["venue_id"])
    op.create_table(
        "account_venue",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_account_venue_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.venue_id"], name=op.f("fk_account_venue_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("account_id", "venue_id", name=op.f("pk_account_venue")),
    )
    op.create_table(
        "blocked",
        sa.Column("blocked_id", sa.String(64), nullable=False),
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text()),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_blocked_ends_after_start")),
        sa.ForeignKeyConstraint(["room_id"], ["room.room_id"], name=op.f("fk_blocked_room_id_room")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.venue_id"], name=op.f("fk_blocked_venue_id_venue")),
        sa.PrimaryKeyConstraint("blocked_id", name=op.f("pk_blocked")),
    )
    op.create_index(op.f("ix_blocked_venue_id"), "blocked", ["venue_id"])
    op.create_table(
        "replay",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("route", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("request_digest", sa.String(80), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_replay_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "route", "key", name=op.f("pk_replay")),
    )
    op.create_table(
        "token",
        sa.Column("token_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime()),
        sa.Column("revoked_at", UtcTime()),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_token_account_id_account")
        ),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_token")),
    )
    op.create_index(op.f("ix_token_account_id"), "token", ["account_id"])


def downgrade() -> None:
    """The tables are gone."""
    for table in (
        "token",
        "replay",
        "blocked",
        "account_venue",
        "room",
        "expert_tie",
        "expert_specialty",
        "expert_conflict",
        "account",
        "venue",
        "organisation_alias",
        "expert",
        "rule_book",
        "organisation",
        "clock",
        "centre",
    ):
        op.drop_table(table)
