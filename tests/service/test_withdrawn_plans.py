"""An order that was withdrawn while its solver worked stays withdrawn."""

from datetime import UTC, date, datetime

from api.files.openings import made_up
from api.services import plans, projects
from api.store import plans as rows
from api.store import venues
from models.plans import PlanState
from scheduler.planning import Budget, solve

ON = date(2026, 11, 26)
NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)


def test_what_a_solver_brings_after_the_withdrawal_is_not_saved(town):
    office, _ = town
    with office.changing() as session:
        projects.submit(
            session, made_up(ON, venues.load_all(session), office.book).projects, office.book, "test", NOW
        )
        order = plans.order(session, office, ON, seed=1, seconds=1, actor="test", now=NOW)
        problem = plans.freeze(session, office, order)
    with office.changing() as session:
        plans.stop(session, order.plan_id, "test", NOW)
    with office.changing() as session:
        plans.save(session, order.plan_id, problem, solve(problem, Budget(5)))
    with office.reading() as session:
        assert rows.row(session, order.plan_id).state == PlanState.STOPPED
        assert not plans.bookings.of_plan(session, order.plan_id)
