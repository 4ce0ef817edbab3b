"""What keeps an expert busy counts once for each evaluation, however many days it takes."""

from datetime import UTC, date, datetime, timedelta

from api.files.openings import made_up
from api.services import draws, guests, plans, projects
from api.store import bookings, engagements, venues
from api.store import guests as guest_rows
from scheduler.planning import Budget, solve

ON = date(2026, 11, 26)
NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)


def test_an_evaluation_of_several_days_is_one_engagement_of_each_member(town):
    office, _ = town
    with office.changing() as session:
        made = made_up(ON, venues.load_all(session), office.book).projects
        projects.submit(session, made, office.book, "test", NOW)
        order = plans.order(session, office, ON, seed=1, seconds=1, actor="test", now=NOW)
        problem = plans.freeze(session, office, order)
        plan = solve(problem, Budget(5))
        plans.save(session, order.plan_id, problem, plan)
        plans.publish(session, office, order.plan_id, "test", NOW)
        long = max(plan.bookings, key=lambda booking: len(booking.sessions))
        assert len(long.sessions) > 1
        row = bookings.holding(session, long.project_id)
        for request in guest_rows.of_booking(session, row.booking_id):
            at = NOW + timedelta(minutes=1)
            guests.answer(session, request.request_id, approves=True, reason="", actor="test", now=at)
        draws.draw(session, office, long.project_id, reason="", actor="test", now=NOW + timedelta(minutes=2))
        panel = sum(part.experts for part in long.parts)
        held = engagements.busy(session)
    assert len(held) == len({one.expert_id for one in held}) == panel
    assert {(one.start, one.end) for one in held} == {(long.start.astimezone(UTC), long.end.astimezone(UTC))}
