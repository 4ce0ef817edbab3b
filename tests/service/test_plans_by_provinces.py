"""A day of several provinces: planned by jobs that any worker does, the same whoever does them, whoever dies."""

import base64
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select, update

from api.calendars import published_calendar
from api.clocks import SteppedClock
from api.database import make_engine, migrate
from api.files import documents
from api.files.openings import made_up
from api.keys import Keys
from api.office import Office, rehearsal_entropy
from api.planning.solver import Solver, SolverFailed
from api.sealing import Sealer
from api.services import plans, projects, worlds
from api.signing import Signer
from api.store import ledger, plan_jobs, venues
from api.worker import Worker
from models.experts import ExpertRow
from models.plans import JobState, PlanJobRow, PlanState
from models.venues import VenueRow
from scheduler.planning import Budget, solve
from scheduler.planning.shards import solve_shards
from scheduler.rules import default_rule_book
from scheduler.synthetic import make_world
from tests.service.conftest import MORNING, fresh
from tests.service.test_changes_over_http import call  # noqa: F401 - the same callers

ON = date(2026, 11, 26)
SECONDS = 1


@pytest.fixture(scope="module")
def solver():
    """A child process, started once."""
    solver = Solver()
    yield solver
    solver.close()


def provinces(office):
    """The town's counties lie in three provinces, their experts too, and a busy day is submitted."""
    with office.changing() as session:
        for table in (VenueRow, ExpertRow):
            for region in sorted(set(session.exec(select(table.region)).all())):
                moved = f"{51 + int(region) % 3}{region[2:]}"
                session.exec(update(table).where(table.region == region).values(region=moved))
    with office.changing() as session:
        made = made_up(ON, venues.load_all(session), office.book, 45)
        projects.submit(session, made.projects, office.book, "test", office.clock.now())
    return office


@pytest.fixture
def country(town):
    """The office of three provinces, on SQLite."""
    return provinces(town[0])


def ordered(office, seconds=SECONDS):
    """An order, and the plan that the engine makes of it without any service."""
    with office.changing() as session:
        row = plans.order(
            session, office, ON, seed=3, seconds=seconds, actor="operator-C01", now=office.clock.now()
        )
        problem = plans.freeze(session, office, row)
    return row.plan_id, problem


def expected(problem, seconds=SECONDS):
    return documents.dump(solve_shards(problem, Budget(seconds * 400 * 3)).plan)


def stored(office, plan_id):
    with office.reading() as session:
        return documents.dump(plans.plans.load(session, plans.plans.row(session, plan_id)))


def jobs_of(office, plan_id):
    with office.reading() as session:
        return session.exec(select(PlanJobRow).where(PlanJobRow.plan_id == plan_id)).all()


def test_one_worker_alone_makes_the_engines_plan_and_leaves_no_jobs_behind(country, solver):
    plan_id, problem = ordered(country)
    assert Worker(country, shards_from=20).work(solver)
    assert stored(country, plan_id) == expected(problem)
    assert jobs_of(country, plan_id) == []
    with country.reading() as session:
        entries = ledger.replay(session, "centre/C01", 0, 1000)
    told = [e.event.facts for e in entries if e.event.kind == "plan.progressed"]
    phases = [facts["phase"] for facts in told if "phase" in facts]
    assert list(dict.fromkeys(phases)) == ["homes", "provinces", "repair", "done"]
    with_both = [facts for facts in told if "phase" in facts]
    assert all(facts["bound"] <= facts["cost"] for facts in with_both)
    assert with_both[-1]["gap"] < 1


def test_a_plan_by_provinces_is_withdrawn_within_a_second(country, call, solver):  # noqa: F811
    given = {"date": ON.isoformat(), "seed": 1, "seconds": 3600}
    where = call("operator-C01", "POST", "/plans", given, Idempotency_Key="w").headers["location"]
    worker = Worker(country, shards_from=20)
    working = threading.Thread(target=worker.work, args=(solver,))
    working.start()
    plan_id = where.rpartition("/")[2]
    until = time.monotonic() + 60
    while not any(job.state == JobState.RUNNING and job.nth >= 3 for job in jobs_of(country, plan_id)):
        assert time.monotonic() < until
        time.sleep(0.05)
    plan = call("operator-C01", "GET", where)
    assert plan.json()["progress"]["phase"] == "homes"
    assert 0 < plan.json()["progress"]["bound"] < plan.json()["progress"]["cost"]
    assert call("operator-C01", "DELETE", where, If_Match=plan.headers["etag"]).status_code == 200
    start = time.monotonic()
    working.join(10)
    assert not working.is_alive()
    assert time.monotonic() - start < 1
    assert jobs_of(country, plan_id) == []
    assert call("operator-C01", "GET", where).json()["state"] == "stopped"


@pytest.mark.parametrize("shards_from", [20, 1000], ids=["by provinces", "whole"])
def test_what_has_begun_in_one_room_at_once_is_answered_as_impossible(
    shards_from,
    country,
    call,  # noqa: F811
    solver,
    monkeypatch,
):
    freeze = plans.freeze

    def clashing(*asked):
        problem = freeze(*asked)
        first, second = solve(problem, Budget(0)).bookings[:2]
        beside = replace(second, parts=(first.parts[0], *second.parts[1:]), sessions=first.sessions)
        return replace(problem, begun=(first, beside))

    monkeypatch.setattr(plans, "freeze", clashing)
    given = {"date": ON.isoformat(), "seed": 1, "seconds": SECONDS}
    where = call("operator-C01", "POST", "/plans", given, Idempotency_Key="i").headers["location"]
    assert Worker(country, shards_from=shards_from).work(solver)
    told = call("operator-C01", "GET", where).json()
    assert told["state"] == "impossible"
    assert told["explanation"] == "a_room_holds_one_session, what_has_begun_stays"
    assert jobs_of(country, where.rpartition("/")[2]) == []


def test_a_job_is_tried_three_times_and_then_its_plan_fails(country):
    plan_id, _ = ordered(country)

    class Broken(Solver):
        def do(self, work, heard):
            raise SolverFailed("the solving process ended")

    assert Worker(country, shards_from=20).work(Broken())
    with country.reading() as session:
        row = plans.plans.row(session, plan_id)
    assert row.state == PlanState.STOPPED
    assert "the solving process ended" in row.explanation
    assert jobs_of(country, plan_id) == []


def test_a_job_whose_worker_went_silent_is_another_workers(country):
    plan_id, _ = ordered(country)
    lease, now = timedelta(minutes=1), country.clock.now()
    with country.changing() as session:
        plans.claim(session, "planner", lease, now)
        plan_jobs.add(session, plan_id, [("sha256:1", "51", "{}"), ("sha256:2", "52", "{}")])
    with country.changing() as session:
        first = plan_jobs.claim(session, "a", lease, now)
        second = plan_jobs.claim(session, "b", lease, now)
        assert (first.job_id, second.job_id) == ("sha256:1", "sha256:2")
        assert plan_jobs.claim(session, "c", lease, now) is None
        again = plan_jobs.claim(session, "c", lease, now + 2 * lease)
        assert (again.job_id, again.attempts) == ("sha256:1", 2)
        plan_jobs.finish(session, plan_id, "sha256:1", "a", "late")
        assert plan_jobs.row(session, plan_id, "sha256:1").answer is None, "who lost the lease writes nothing"
        plan_jobs.finish(session, plan_id, "sha256:1", "c", "right")
        assert plan_jobs.row(session, plan_id, "sha256:1").answer == "right"


@contextmanager
def machine(url):
    """A worker in a program of its own, as on another machine."""
    settings = {
        "YIDI_DATABASE_URL": url,
        "YIDI_FIELD_KEYS": f"k1:{base64.b64encode(b'1' * 32).decode()}",
        "YIDI_SIGNING_KEY": base64.b64encode(b"2" * 32).decode(),
        "YIDI_SHARDS_FROM": "20",
        "YIDI_WORKER_LEASE_SECONDS": "4",
    }
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "work"], env={**os.environ, **settings}, cwd=root
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.timeout(300)
def test_a_worker_killed_in_the_midst_of_a_plan_is_survived_by_others(postgres):
    url = fresh(postgres)
    migrate(url)
    keys = Keys(Sealer((("k1", b"1" * 32),)), Signer(b"2" * 32))
    clock, entropy = SteppedClock(MORNING), rehearsal_entropy(7)
    office = Office(make_engine(url), default_rule_book(), published_calendar(), keys, clock, entropy)
    with office.changing() as session:
        worlds.load(session, make_world(), office.keys.sealer)
    plan_id, problem = ordered(provinces(office))
    begun = {}

    def wait_for(there, seconds=90):
        until = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < until, begun
            time.sleep(0.05)

    def state():
        with office.reading() as session:
            return plans.plans.row(session, plan_id).state

    def half_done():
        jobs = jobs_of(office, plan_id)
        begun.update({(job.worker, job.job_id): job.state for job in jobs if job.worker})
        states = [job.state for job in jobs]
        return states.count("done") >= 3 and "running" in states

    def finished():
        half_done()
        return state() != PlanState.SOLVING

    with machine(url) as first:
        wait_for(half_done)
        first.kill()  # SIGKILL: it says no farewell
        first.wait()
    dead = {worker for worker, _ in begun}
    assert len(dead) == 1
    done = {job.job_id for job in jobs_of(office, plan_id) if job.state == JobState.DONE}
    with machine(url), machine(url):
        wait_for(finished, 120)
    assert state() == PlanState.SOLVED
    others = {worker for worker, _ in begun} - dead
    assert len(others) == 2, "both took jobs of the plan"
    assert not {job_id for worker, job_id in begun if worker in others} & done, "nothing was done again"
    assert stored(office, plan_id) == expected(problem)
    assert jobs_of(office, plan_id) == []
    office.engine.dispose()
