"""A plan under way: its progress is seen and pushed, a withdrawal ends its solver at once, and history counts."""

import threading
import time
from datetime import date, timedelta

import pytest

from api.files.openings import made_up
from api.planning.solver import Solver, SolverFailed
from api.services import guests, plans, projects
from api.store import bookings, ledger, venues
from api.store import guests as asked
from api.worker import Worker
from models.bookings import BookingState
from scheduler.planning import Budget, solve
from tests.service.test_changes_over_http import PROJECT, call, solve_here  # noqa: F401 - the same callers

ON = date(2026, 11, 26)


@pytest.fixture(scope="module")
def solver():
    """A child process that solves, started once."""
    solver = Solver()
    yield solver
    solver.close()


@pytest.fixture
def full_day(town):
    """The office with so busy a day submitted that its best plan is not found soon."""
    office, _ = town
    with office.changing() as session:
        made = made_up(ON, venues.load_all(session), office.book, 70)
        projects.submit(session, made.projects, office.book, "test", office.clock.now())
    return office


def order(call, seconds):  # noqa: F811
    given = {"date": ON.isoformat(), "seed": 1, "seconds": seconds}
    ordered = call("operator-C01", "POST", "/plans", given, Idempotency_Key=f"p{seconds}")
    assert ordered.status_code == 202, ordered.text
    return ordered.headers["location"]


def told(office, topic="centre/C01"):
    with office.reading() as session:
        entries = ledger.replay(session, topic, 0, 1000)
    return [entry.event.facts for entry in entries if entry.event.kind == "plan.progressed"]


def test_a_withdrawn_order_ends_its_solver_within_a_second(full_day, call, solver):  # noqa: F811
    where = order(call, 3600)
    worker = Worker(full_day)
    working = threading.Thread(target=worker.work, args=(solver,))
    working.start()
    until = time.monotonic() + 60
    while (plan := call("operator-C01", "GET", where)).json()["progress"].get("phase") != "search":
        assert time.monotonic() < until, plan.text
        time.sleep(0.05)
    shown = plan.json()
    assert shown["state"] == "solving"
    assert 0 < shown["progress"]["bound"] <= shown["progress"]["cost"]
    withdrawn = call("operator-C01", "DELETE", where, If_Match=plan.headers["etag"])
    assert withdrawn.json()["state"] == "stopped", withdrawn.text
    start = time.monotonic()
    working.join(10)
    assert not working.is_alive()
    assert time.monotonic() - start < 1
    assert call("operator-C01", "GET", where).json()["state"] == "stopped"
    seen = told(full_day)
    assert [facts["state"] for facts in (seen[0], seen[-1])] == ["solving", "stopped"]
    phases = [facts["phase"] for facts in seen if "phase" in facts]
    assert phases[0] == "first plan"
    assert phases[-1] == "search"
    assert told(full_day, "centre/C02") == [], "another centre does not follow the order"


def test_the_same_child_solves_the_next_order_to_its_end(full_day, call, solver):  # noqa: F811
    where = order(call, 1)
    assert Worker(full_day).work(solver)
    plan = call("operator-C01", "GET", where).json()
    assert plan["state"] == "solved"
    last = told(full_day)[-1]
    assert (last["state"], last["cost"], last["bound"]) == ("solved", plan["cost"], plan["bound"])


def test_an_order_that_another_worker_took_over_is_left_to_it(full_day, call, solver):  # noqa: F811
    order(call, 3600)
    first = Worker(full_day)
    working = threading.Thread(target=first.work, args=(solver,))
    working.start()
    until = time.monotonic() + 60
    while not told(full_day):
        assert time.monotonic() < until
        time.sleep(0.05)
    full_day.clock.advance(timedelta(hours=1))
    with full_day.changing() as session:
        assert plans.claim(session, "other", timedelta(minutes=10), full_day.clock.now())
    working.join(10)
    assert not working.is_alive()


def test_a_problem_that_cannot_be_solved_fails_the_order_not_the_worker(full_day, call, solver):  # noqa: F811
    with pytest.raises(SolverFailed, match="AttributeError"):
        solver.solve(None, Budget(1), lambda _: True)
    where = order(call, 1)

    class Broken(Solver):
        def solve(self, problem, budget, heard):
            raise SolverFailed("the solving process ended")

    assert Worker(full_day).work(Broken())
    plan = call("operator-C01", "GET", where).json()
    assert (plan["state"], plan["explanation"]) == ("stopped", "solving failed: the solving process ended")


def test_pairs_supports_and_refusals_of_published_plans_count_in_the_next(town, call):  # noqa: F811
    office, _ = town
    call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k1")
    location = order(call, 1)
    solve_here(office, location.rpartition("/")[2])
    plan = call("operator-C01", "GET", location)
    call("operator-C01", "POST", f"{location}/publish", If_Match=plan.headers["etag"])
    later = {**PROJECT, "project_id": "BRIDGE-2", "opening_at": "2026-11-27T09:30:00+08:00"}
    far = {**PROJECT, "project_id": "BRIDGE-3", "opening_at": "2027-03-01T09:30:00+08:00"}
    for nth, project in enumerate((later, far)):
        made = call("operator-C01", "POST", "/projects", project, Idempotency_Key=f"l{nth}")
        assert made.status_code == 201, made.text
    with office.reading() as session:
        booked = bookings.values(session, [bookings.holding(session, "BRIDGE-1")])[0]
        guest = booked.guests[0].venue_id
        soon, late = (
            plans.problem_of(session, office, (projects.projects.load(session, project_id),), 1)
            for project_id in ("BRIDGE-2", "BRIDGE-3")
        )
        own = plans.alone(session, office, "BRIDGE-1", 1)
    assert [(pair.home, pair.guest, pair.projects) for pair in soon.pair_history] == [("V01", guest, 1)]
    assert [(one.venue_id, one.projects) for one in soon.support_history] == [(guest, 1)]
    assert late.pair_history == (), "90 days later the meeting is out of the window"
    assert late.support_history == ()
    assert own.pair_history == (), "a project does not meet its own booking"
    assert guest not in {part.venue_id for part in solve(soon, Budget(20)).bookings[0].guests}
    with office.changing() as session:
        request = asked.of_booking(session, bookings.holding(session, "BRIDGE-1").booking_id)[0]
        guests.answer(
            session, request.request_id, approves=False, reason="full", actor="h", now=office.clock.now()
        )
        again = plans.alone(session, office, "BRIDGE-1", 1)
    assert [(one.project_id, one.venue_id) for one in again.refusals] == [("BRIDGE-1", guest)]


def test_experts_whom_a_published_plan_seats_are_not_counted_on_again_that_day(town, call):  # noqa: F811
    office, _ = town
    call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k1")
    other = {**PROJECT, "project_id": "BRIDGE-2"}
    call("operator-C01", "POST", "/projects", other, Idempotency_Key="k2")

    def limits():
        with office.reading() as session:
            wanted = (projects.projects.load(session, "BRIDGE-2"),)
            rows = plans.problem_of(session, office, wanted, 1).supply
        return {(row.region, row.day): row.experts for row in rows}

    before = limits()
    with office.changing() as session:
        order_row = plans.order(session, office, ON, seed=1, seconds=1, actor="t", now=office.clock.now())
        problem = plans.problem_of(session, office, (projects.projects.load(session, "BRIDGE-1"),), 1)
        plans.plans.save(session, order_row, solve(problem, Budget(5)), {"BRIDGE-1": "A-001"})
        drafts = bookings.of_plan(session, order_row.plan_id)
        bookings.release(session, drafts, BookingState.CONFIRMED)
        booking = bookings.values(session, drafts)[0]
    after = limits()
    regions = {part.venue_id: part for part in booking.parts}
    with office.reading() as session:
        places = venues.places(session)
    for venue_id, part in regions.items():
        region = places[venue_id][1]
        assert (region, ON) not in before
        assert after[region, ON] == before[region, None] - part.experts
    assert sum(day is not None for _, day in after) == len(regions)
