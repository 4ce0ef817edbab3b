"""Projects, plans, bookings, guest requests and guest support; no room is held twice."""

import sqlalchemy as sa
from alembic import op

from models.base import UtcTime
from models.checks import never_twice

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables exist, empty."""
    op.create_table(
        "plan",
        sa.Column("plan_id", sa.String(64), nullable=False),
        sa.Column("opening_date", sa.String(10), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seed", sa.String(80), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("rules_digest", sa.Text(), nullable=False),
        sa.Column("problem_digest", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("bound", sa.BigInteger(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", UtcTime(), nullable=False),
        sa.Column("lease_until", UtcTime()),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("published_at", UtcTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_plan_published_has_a_time")
        ),
        sa.CheckConstraint(
            "state IN ('impossible', 'published', 'queued', 'solved', 'solving', 'stopped')",
            name=op.f("ck_plan_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('solved', 'published') OR problem_digest <> ''",
            name=op.f("ck_plan_solved_has_a_problem"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_plan_version_positive")),
        sa.ForeignKeyConstraint(
            ["rules_digest"], ["rule_book.digest"], name=op.f("fk_plan_rules_digest_rule_book")
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_opening_date"), "plan", ["opening_date"])
    op.create_index(op.f("ix_plan_state"), "plan", ["state"])
    op.create_table(
        "project",
        sa.Column("project_id", sa.String(64), nullable=False),
        sa.Column("serial", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("opening_at", UtcTime(), nullable=False),
        sa.Column("opening_date", sa.String(10), nullable=False),
        sa.Column("owner_representatives", sa.Integer(), nullable=False),
        sa.Column("guest_count", sa.Integer(), nullable=False),
        sa.Column("exemption", sa.Text()),
        sa.Column("tenderer", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("supervisor", sa.Text(), nullable=False),
        sa.Column("equipment", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcTime()),
        sa.Column("names_unlocked_at", UtcTime()),
        sa.Column("result_at", UtcTime()),
        sa.CheckConstraint(
            "category IN ('goods', 'services', 'works', 'works_low_price')",
            name=op.f("ck_project_category_known"),
        ),
        sa.CheckConstraint(
            "exemption IN ('emergency', 'paper', 'samples_scored', 'secret', 'site_survey', 'software_demo')",
            name=op.f("ck_project_exemption_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('construction', 'gp_consultation', 'gp_large', 'gp_negotiation', "
            "'gp_open', 'mechanical', 'water')",
            name=op.f("ck_project_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('booked', 'cancelled', 'checking_in', 'draw_short', 'drawing', "
            "'evaluating', 'failed_tender', 'guest_pending', 'panel_filled', 'planned', "
            "'reported', 'result_final', 'submitted', 'unscheduled')",
            name=op.f("ck_project_state_known"),
        ),
        sa.CheckConstraint("guest_count BETWEEN 1 AND 4", name=op.f("ck_project_one_to_four_guests")),
        sa.CheckConstraint("owner_representatives >= 0", name=op.f("ck_project_owners_not_negative")),
        sa.CheckConstraint("version > 0", name=op.f("ck_project_version_positive")),
        sa.ForeignKeyConstraint(["home"], ["venue.venue_id"], name=op.f("fk_project_home_venue")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project")),
        sa.UniqueConstraint("opening_date", "serial", name=op.f("uq_project_opening_date_serial")),
    )
    op.create_index(op.f("ix_project_home"), "project", ["home"])
    op.create_index(op.f("ix_project_opening_date"), "project", ["opening_date"])
    op.create_index(op.f("ix_project_state"), "project", ["state"])
    op.create_table(
        "bidder",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_bidder_project_id_project")
        ),
        sa.PrimaryKeyConstraint("project_id", "organisation", name=op.f("pk_bidder")),
    )
    op.create_table(
        "booking",
        sa.Column("booking_id", sa.String(64), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("split", sa.Boolean(), nullable=False),
        sa.Column("avoidable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('cancelled', 'confirmed', 'done', 'draft', 'pending')",
            name=op.f("ck_booking_state_known"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_booking_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_booking_project_id_project")
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_booking")),
    )
    op.create_index(op.f("ix_booking_plan_id"), "booking", ["plan_id"])
    op.create_index(op.f("ix_booking_project_id"), "booking", ["project_id"])
    op.create_index(
        "uq_booking_project",
        "booking",
        ["project_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('draft', 'cancelled')"),
        sqlite_where=sa.text("state NOT IN ('draft', 'cancelled')"),
    )
    op.create_table(
        "section",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("section_id", sa.String(64), nullable=False),
        sa.Column("bidders", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("finished_at", UtcTime()),
        sa.CheckConstraint("bidders >= 0", name=op.f("ck_section_bidders_not_negative")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_section_project_id_project")
        ),
        sa.PrimaryKeyConstraint("project_id", "section_id", name=op.f("pk_section")),
    )
    op.create_table(
        "specialty_demand",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_specialty_demand_has_seats")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_specialty_demand_project_id_project")
        ),
        sa.PrimaryKeyConstraint("project_id", "nth", name=op.f("pk_specialty_demand")),
    )
    op.create_table(
        "unscheduled",
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=op.f("fk_unscheduled_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_unscheduled_project_id_project")
        ),
        sa.PrimaryKeyConstraint("plan_id", "project_id", name=op.f("pk_unscheduled")),
    )
    op.create_table(
        "booking_part",
        sa.Column("booking_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("experts", sa.Integer(), nullable=False),
        sa.CheckConstraint("(place = 0) = (side = 'home')", name=op.f("ck_booking_part_home_is_place_zero")),
        sa.CheckConstraint("side IN ('guest', 'home')", name=op.f("ck_booking_part_side_known")),
        sa.CheckConstraint("experts BETWEEN 0 AND seats", name=op.f("ck_booking_part_experts_have_seats")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.booking_id"], name=op.f("fk_booking_part_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.room_id"], name=op.f("fk_booking_part_room_id_room")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.venue_id"], name=op.f("fk_booking_part_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("booking_id", "place", name=op.f("pk_booking_part")),
    )
    op.create_index(op.f("ix_booking_part_venue_id"), "booking_part", ["venue_id"])
    op.create_table(
        "support_record",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.Text(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("opening_date", sa.String(10), nullable=False),
        sa.Column("experts", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.booking_id"], name=op.f("fk_support_record_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.project_id"], name=op.f("fk_support_record_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.venue_id"], name=op.f("fk_support_record_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("project_id", "venue_id", name=op.f("pk_support_record")),
    )
    op.create_index(op.f("ix_support_record_month"), "support_record", ["month"])
    op.create_index(op.f("ix_support_record_opening_date"), "support_record", ["opening_date"])
    op.create_index(op.f("ix_support_record_venue_id"), "support_record", ["venue_id"])
    op.create_table(
        "guest_request",
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("booking_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("answered_at", UtcTime()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'sent') = (answered_at IS NULL)", name=op.f("ck_guest_request_answered_has_a_time")
        ),
        sa.CheckConstraint(
            "state IN ('approved', 'cancelled', 'expired', 'rejected', 'sent')",
            name=op.f("ck_guest_request_state_known"),
        ),
        sa.CheckConstraint("sent_at < expires_at", name=op.f("ck_guest_request_time_to_answer")),
        sa.ForeignKeyConstraint(
            ["booking_id", "place"],
            ["booking_part.booking_id", "booking_part.place"],
            name="fk_guest_request_part",
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.venue_id"], name=op.f("fk_guest_request_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_guest_request")),
        sa.UniqueConstraint("booking_id", "place", name=op.f("uq_guest_request_booking_id_place")),
    )
    op.create_index(op.f("ix_guest_request_state"), "guest_request", ["state"])
    op.create_index(op.f("ix_guest_request_venue_id"), "guest_request", ["venue_id"])
    op.create_table(
        "reservation",
        sa.Column("booking_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_reservation_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["booking_id", "place"],
            ["booking_part.booking_id", "booking_part.place"],
            name="fk_reservation_part",
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.room_id"], name=op.f("fk_reservation_room_id_room")),
        sa.PrimaryKeyConstraint("booking_id", "place", "nth", name=op.f("pk_reservation")),
    )
    op.create_index("ix_reservation_room", "reservation", ["room_id", "starts_at"])
    for statement in never_twice("reservation", "room_id")[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """The tables are gone."""
    for table in (
        "reservation",
        "guest_request",
        "support_record",
        "booking_part",
        "unscheduled",
        "specialty_demand",
        "section",
        "booking",
        "bidder",
        "project",
        "plan",
    ):
        op.drop_table(table)
