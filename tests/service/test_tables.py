"""What the database itself refuses, whatever the service above it does."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api.refusals import ExpertTaken, RoomTaken
from api.store.clashes import told
from models.accounts import AccountRow
from models.bookings import BookingPartRow, BookingRow, ReservationRow
from models.centres import CentreRow
from models.draws import DrawRow
from models.engagements import EngagementRow, SittingRow
from models.experts import ExpertRow
from models.organisations import OrganisationRow
from models.plans import PlanRow
from models.projects import ProjectRow, SectionRow
from models.rulebooks import RuleBookRow
from models.venues import RoomRow, VenueRow

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def project(project_id, serial, **changes):
    facts = {
        "project_id": project_id,
        "serial": serial,
        "name": "Bridge",
        "kind": "construction",
        "category": "works",
        "home": "V01",
        "region": "532301",
        "opening_at": NOON,
        "opening_date": "2026-11-24",
        "owner_representatives": 1,
        "guest_count": 1,
        "state": "submitted",
    }
    return ProjectRow(**{**facts, **changes})


def plan(**changes):
    facts = {
        "plan_id": "P1",
        "opening_date": "2026-11-24",
        "state": "queued",
        "seed": "0",
        "seconds": 1,
        "rules_digest": "sha256:0",
        "ordered_by": "op",
        "ordered_at": NOON,
    }
    return PlanRow(**{**facts, **changes})


@pytest.fixture
def session(tables):
    """A session on a database with two booked and drawn projects of one centre, but no reservations."""
    with (
        tables.connect() as connection,
        connection.begin() as everything,
        Session(connection, join_transaction_mode="create_savepoint") as session,
    ):
        session.add_all([CentreRow(centre_id="C01", name="Chuxiong", region="532301")])
        session.add_all(
            [
                OrganisationRow(uscc="ORG"),
                RuleBookRow(digest="sha256:0", version="1", text="", first_used_at=NOON),
            ]
        )
        session.flush()
        session.add(
            VenueRow(
                venue_id="V01",
                centre_id="C01",
                name="Chuxiong",
                region="532301",
                opens=time(9),
                closes=time(22),
            )
        )
        session.add(ExpertRow(expert_id="E1", employer="ORG", region="532301", status="active"))
        session.flush()
        session.add(RoomRow(room_id="R1", venue_id="V01", seats=9))
        session.add_all([project("A", "A-001"), project("B", "A-002"), plan()])
        session.flush()
        for project_id in "AB":
            session.add(
                BookingRow(
                    booking_id=f"B{project_id}",
                    project_id=project_id,
                    plan_id="P1",
                    split=False,
                    avoidable=False,
                    state="confirmed",
                )
            )
            session.flush()
            session.add(
                BookingPartRow(
                    booking_id=f"B{project_id}",
                    place=0,
                    side="home",
                    venue_id="V01",
                    room_id="R1",
                    seats=5,
                    experts=4,
                )
            )
            session.add(
                DrawRow(
                    draw_id=f"D{project_id}",
                    project_id=project_id,
                    number=1,
                    kind="full",
                    booking_id=f"B{project_id}",
                    rules_digest="sha256:0",
                    public={},
                    sealed=b"",
                    digest="",
                    drawn_by="op",
                    drawn_at=NOON,
                )
            )
            session.flush()
            session.add(
                EngagementRow(
                    engagement_id=f"E{project_id}",
                    draw_id=f"D{project_id}",
                    project_id=project_id,
                    expert_id="E1",
                    slot_id="s",
                    venue_id="V01",
                    centre_id="C01",
                    probability="1/2",
                    state="invited",
                )
            )
        session.commit()
        yield session
        session.close()
        everything.rollback()


def reservation(booking_id, start, end, **changes):
    return ReservationRow(
        **{
            "booking_id": booking_id,
            "place": 0,
            "nth": 0,
            "room_id": "R1",
            "starts_at": start,
            "ends_at": end,
            **changes,
        }
    )


def sitting(engagement_id, start, end, **changes):
    return SittingRow(
        **{
            "engagement_id": engagement_id,
            "nth": 0,
            "expert_id": "E1",
            "starts_at": start,
            "ends_at": end,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("made", "refusal", "ids"),
    [
        (reservation, RoomTaken, ("BA", "BB")),
        (sitting, ExpertTaken, ("EA", "EB")),
    ],
)
class TestNothingIsBookedTwice:
    def test_overlapping_times_are_refused(self, session, made, refusal, ids):
        session.add(made(ids[0], NOON, NOON + 2 * HOUR))
        session.commit()
        with pytest.raises(refusal), told(session):
            session.add(made(ids[1], NOON + HOUR, NOON + 3 * HOUR))

    def test_a_time_inside_another_is_refused(self, session, made, refusal, ids):
        session.add(made(ids[0], NOON, NOON + 3 * HOUR))
        session.commit()
        with pytest.raises(refusal), told(session):
            session.add(made(ids[1], NOON + HOUR, NOON + 2 * HOUR))

    def test_one_may_begin_when_the_other_ends(self, session, made, refusal, ids):
        session.add_all([made(ids[0], NOON, NOON + HOUR), made(ids[1], NOON + HOUR, NOON + 2 * HOUR)])
        session.commit()

    def test_what_is_not_active_holds_nothing(self, session, made, refusal, ids):
        session.add_all([made(ids[0], NOON, NOON + HOUR, active=False), made(ids[1], NOON, NOON + HOUR)])
        session.commit()

    def test_waking_an_inactive_row_over_an_active_one_is_refused(self, session, made, refusal, ids):
        asleep = made(ids[0], NOON, NOON + HOUR, active=False)
        session.add_all([asleep, made(ids[1], NOON, NOON + HOUR)])
        session.commit()
        asleep.active = True
        with pytest.raises(refusal), told(session):
            session.add(asleep)

    def test_moving_one_onto_the_other_is_refused(self, session, made, refusal, ids):
        second = made(ids[1], NOON + HOUR, NOON + 2 * HOUR)
        session.add_all([made(ids[0], NOON, NOON + HOUR), second])
        session.commit()
        second.starts_at = NOON + HOUR / 2
        with pytest.raises(refusal), told(session):
            session.add(second)

    def test_a_row_may_be_changed_in_place(self, session, made, refusal, ids):
        first = made(ids[0], NOON, NOON + 2 * HOUR)
        session.add(first)
        session.commit()
        first.ends_at = NOON + HOUR
        session.add(first)
        session.commit()


@pytest.mark.parametrize(
    "wrong",
    [
        project("X", "A-009", state="lost"),
        project("X", "A-009", kind="gift"),
        project("X", "A-009", guest_count=0),
        project("X", "A-009", exemption="laziness"),
        project("X", "A-001"),
        project("X", "A-009", home="nowhere"),
        SectionRow(project_id="A", section_id="1", bidders=-1),
        RoomRow(room_id="R2", venue_id="V01", seats=0),
        VenueRow(venue_id="V02", centre_id="C01", name="", region="5", opens=time(9), closes=time(8)),
        plan(plan_id="P2", state="published"),
        plan(plan_id="P2", state="solved"),
        BookingRow(
            booking_id="BC", project_id="A", plan_id="P1", split=False, avoidable=False, state="pending"
        ),
        BookingPartRow(
            booking_id="BA", place=1, side="home", venue_id="V01", room_id="R1", seats=5, experts=4
        ),
        BookingPartRow(
            booking_id="BA", place=1, side="guest", venue_id="V01", room_id="R1", seats=5, experts=6
        ),
        reservation("BA", NOON, NOON),
        reservation("nothing", NOON, NOON + HOUR),
        DrawRow(
            draw_id="D2",
            project_id="A",
            number=1,
            kind="full",
            booking_id="BA",
            rules_digest="sha256:0",
            public={},
            sealed=b"",
            digest="",
            drawn_by="op",
            drawn_at=NOON,
        ),
        DrawRow(
            draw_id="D2",
            project_id="A",
            number=2,
            kind="redraw",
            booking_id="BA",
            rules_digest="sha256:0",
            public={},
            sealed=b"",
            digest="",
            drawn_by="op",
            drawn_at=NOON,
        ),
        EngagementRow(
            engagement_id="E9",
            draw_id="DA",
            project_id="A",
            expert_id="E1",
            slot_id="s",
            venue_id="V01",
            centre_id="C01",
            probability="1",
            state="accepted",
        ),
        AccountRow(account_id="a", role="operator"),
        AccountRow(account_id="a", role="king"),
        AccountRow(account_id="a", role="expert"),
    ],
    ids=lambda row: type(row).__name__,
)
def test_a_row_that_breaks_a_rule_is_refused(session, wrong):
    session.add(type(wrong)(**wrong.model_dump()))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
