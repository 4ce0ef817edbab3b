"""A guest refuses or does not answer: the next one is asked, and rooms are free again."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from api.services import guests, plans, projects
from api.services.reallocations import refused
from api.store import bookings, ledger
from api.store import guests as asked_rows
from api.store import projects as rows
from api.worker import keep_terms
from models.bookings import ReservationRow
from models.projects import ProjectState
from scheduler.planning import Budget, solve
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.timeline import ZONE

DAY = date(2026, 11, 26)


@pytest.fixture
def asked(town):
    """An office where one project is planned and its guest has been asked."""
    office, _ = town
    now = office.clock.now()
    bridge = Project(
        project_id="BRIDGE-1",
        name="龙川江大桥",
        kind=ProcurementKind.CONSTRUCTION,
        category=Category.WORKS,
        home="V01",
        region="532300",
        opening_at=(now + timedelta(days=1, hours=3)).astimezone(ZONE),
        sections=(Section("1", 5),),
        specialties=((Requirement(frozenset({"A08"})), 4),),
    )
    with office.changing() as session:
        projects.submit(session, [bridge], office.book, "op", now)
        order = plans.order(session, office, DAY, seed=1, seconds=1, actor="op", now=now)
        problem = plans.freeze(session, office, order)
        plans.save(session, order.plan_id, problem, solve(problem, Budget(20)))
        plans.publish(session, office, order.plan_id, "op", now)
    return office


def request(office):
    with office.reading() as session:
        held = bookings.holding(session, "BRIDGE-1")
        return asked_rows.of_booking(session, held.booking_id)[0] if held else None


def refuse(office):
    with office.changing() as session:
        guests.answer(session, request(office).request_id, approves=False, reason="full",
                      actor="host", now=office.clock.now())  # fmt: skip


def test_after_a_refusal_another_venue_is_asked_and_the_old_rooms_are_free(asked):
    first = request(asked)
    refuse(asked)
    keep_terms(asked)
    second = request(asked)
    assert second.state == "sent"
    assert second.venue_id != first.venue_id
    with asked.reading() as session:
        held = session.exec(select(ReservationRow).where(ReservationRow.active)).all()
        kinds = [entry.event.kind for entry in ledger.replay(session, "centre/C01", 0, 100)]
    assert {row.booking_id for row in held} == {second.booking_id}
    assert kinds.index("guest.rejected") < kinds.index("booking.cancelled")
    assert kinds[-3:] == ["booking.made", "booking.made", "guest.requested"]


def test_a_guest_who_does_not_answer_in_time_has_refused(asked):
    first = request(asked)
    asked.clock.reach(first.expires_at)
    keep_terms(asked)
    assert request(asked).venue_id != first.venue_id


def test_before_its_time_is_over_nothing_happens_to_a_request(asked):
    first = request(asked)
    asked.clock.reach(first.expires_at - timedelta(seconds=1))
    keep_terms(asked)
    assert request(asked) == first


def test_an_answer_after_the_time_is_refused(asked):
    asked.clock.reach(request(asked).expires_at)
    with asked.reading() as session:
        assert refused(session) == []
    with pytest.raises(Exception, match="its time is over"):
        refuse(asked)


def test_nobody_is_asked_twice_and_with_nobody_left_the_project_says_why(asked):
    seen = []
    for _ in range(12):
        if (one := request(asked)) is None:
            break
        seen.append(one.venue_id)
        refuse(asked)
        keep_terms(asked)
    assert len(seen) == len(set(seen))
    with asked.reading() as session:
        project = rows.row(session, "BRIDGE-1")
    assert project.state == ProjectState.UNSCHEDULED
    assert project.reason
