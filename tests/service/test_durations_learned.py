"""Durations are learned from the service's own finished evaluations, and plans and forecasts rest on them."""

import shutil
from datetime import UTC, date, timedelta
from math import exp
from statistics import NormalDist

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.cli.app import app
from api.files.openings import made_up
from api.planning import learning
from api.planning.replanning import work_of
from api.services import plans
from api.services import projects as submissions
from api.settings import Settings
from api.store import bookings, durations, venues
from api.store import projects as rows
from api.worker import learn_durations
from models.projects import ProjectState
from scheduler.estimate import forecast
from scheduler.planning import Budget, solve
from scheduler.planning.board.shifts import Shifts
from scheduler.planning.chance import Chance
from scheduler.projects import Category
from scheduler.verification.plans import verify_plan
from tests.service.conftest import office_on
from tests.service.days import publish_day
from tests.service.test_changes_over_http import call  # noqa: F401 - the same callers

MINUTE = timedelta(minutes=1)
SLOW = {Category.WORKS: 0.4, Category.GOODS: -0.2}
"""Log of how much longer than assumed panels of a category take in this town."""


def finish_all(office, on, seed):
    """Every evaluation booked for openings of the day has been finished, as slowly as its category is."""
    chance = Chance(seed)
    with office.changing() as session:
        held = {row.project_id: row for row in bookings.held(session)}
        values = {value.project_id: value for value in bookings.values(session, held.values())}
        for project in rows.rows_of(session, on):
            booking = values.get(project.project_id)
            if booking is None or len(booking.sessions) > 1:
                continue
            value = rows.load(session, project.project_id)
            rules = office.book.at(on, value.region, value.kind)
            noise = 0.2 * NormalDist().inv_cdf(chance.share() * 0.998 + 0.001)
            ratio = exp(SLOW.get(value.category, 0.0) + noise)
            work = forecast(value, rules).expected * ratio // MINUTE
            ended = booking.start + timedelta(minutes=Shifts.of(rules).length(work))
            project.opened_at = project.started_at = booking.start.astimezone(UTC)
            project.state = ProjectState.REPORTED.value
            for section in rows.sections_of(session, project.project_id):
                rows.finish_section(session, section, ended.astimezone(UTC))
            bookings.end_now(session, held[project.project_id], ended)


@pytest.fixture(scope="module")
def experienced(prefecture, tmp_path_factory):
    """An office with three days behind it, and the tokens; its clock stands in the morning of the next."""
    file, tokens = prefecture
    office = office_on(shutil.copy(file, tmp_path_factory.mktemp("experienced") / "office.db"))
    for nth, on in enumerate((date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27))):
        with office.changing() as session:
            day = made_up(on, venues.load_all(session), office.book, 45).projects
            publish_day(session, office, on, office.clock.now(), day, iterations=1)
        finish_all(office, on, nth)
        office.clock.reach(office.clock.now() + timedelta(days=1))
        if nth == 0:
            learn_durations(office)
    yield office, tokens
    office.engine.dispose()


def test_the_first_model_comes_with_twenty_and_the_next_with_the_next_day(experienced):
    office, _ = experienced
    with office.reading() as session:
        first, count = durations.newest(session), durations.count_finished(session)
    assert (first.version, first.records, first.finished) == (1, first.finished, first.finished)
    assert 20 <= first.records <= 45
    assert count > 100
    learn_durations(office)
    with office.reading() as session:
        second = durations.newest(session)
        assert durations.row(session, first.digest).text == first.text, "earlier models stay"
    assert (second.version, second.records) == (2, count)
    assert second.digest != first.digest
    learn_durations(office)
    with office.reading() as session:
        assert durations.newest(session).digest == second.digest, "nothing new, nothing learned"


def test_records_are_the_time_that_panels_worked_and_the_model_knows_their_categories(experienced):
    office, _ = experienced
    with office.reading() as session:
        records = learning.records(session, office)
        known = learning.known(session)
    assert known.model.scores, "from a hundred records on the quantile is conformal"
    by_category = {}
    for record in records:
        by_category.setdefault(record.category, []).append(record.taken / record.assumed)
    for category, ratios in by_category.items():
        if len(ratios) >= 20:
            learned = exp(known.model.ratio("C01", category, 2, 10))
            truth = exp(SLOW.get(category, 0.0))
            assert learned == pytest.approx(truth, rel=0.25), category
            assert sorted(ratios)[len(ratios) // 2] == pytest.approx(truth, rel=0.15), category


def test_a_plan_rests_on_the_model_it_was_ordered_with_even_when_a_newer_one_is_in_use(experienced):
    office, _ = experienced
    on = date(2026, 11, 30)
    with office.changing() as session:
        day = made_up(on, venues.load_all(session), office.book, 12).projects
        submissions.submit(session, day, office.book, "test", office.clock.now())
        order = plans.order(session, office, on, seed=3, seconds=1, actor="test", now=office.clock.now())
        problem = plans.freeze(session, office, order)
        digest, plan_id = order.durations_digest, order.plan_id
        known = learning.known(session, digest)
    assert digest == known.digest != ""
    told = dict(problem.durations)
    assert set(told) == {project.project_id for project in day}
    slow = next(project for project in day if project.category is Category.WORKS)
    rules = office.book.at(on, slow.region, slow.kind)
    assert told[slow.project_id] > forecast(slow, rules).quantile, "works take longer in this town"
    outcome = solve(problem, Budget(1))
    assert verify_plan(problem, outcome) == ()
    booked = {booking.project_id: booking for booking in outcome.bookings}
    held = work_of(booked[slow.project_id], slow, office)
    assert held >= told[slow.project_id] > forecast(slow, rules).quantile
    with office.changing() as session:
        before = durations.newest(session)
        durations.add(
            session, digest="sha256:other", text=before.text.replace("1", "2", 1), records=99, finished=99,
            calibration=before.calibration, now=office.clock.now(),
        )  # fmt: skip
    with office.changing() as session:
        order = plans.plans.row(session, plan_id)
        assert plans.freeze(session, office, order).digest == problem.digest, "the frozen model reproduces it"
        assert learning.known(session).digest == "sha256:other"
        session.delete(durations.newest(session))


def test_the_report_shows_each_its_own_centres_and_marks_what_rests_on_few(experienced):
    office, tokens = experienced
    learn_durations(office)
    with TestClient(create_app(Settings(), office)) as client:

        def report(account):
            return client.get("/reports/durations", headers={"Authorization": f"Bearer {tokens[account]}"})

        own, all_of_them = report("operator-C01").json(), report("supervisor-5323").json()
        assert report("host-V02").status_code == 403
    assert (own["basis"], own["level"]) == ("history", 0.8)
    assert own["records"] > 100
    assert {s["name"] for s in own["strata"] if s["group"] == "centre"} <= {"C01"}
    assert len({s["name"] for s in all_of_them["strata"] if s["group"] == "centre"}) > 5
    overall = all_of_them["strata"][0]
    assert (overall["group"], overall["few"]) == ("all", False)
    assert 0.6 < overall["coverage"] <= 1
    assert all(s["few"] for s in all_of_them["strata"] if s["records"] < 30)
    answer = CliRunner().invoke(app, ["durations", "--database-url", str(office.engine.url)])
    assert answer.exit_code == 0, answer.output
    assert f"of {own['records']} evaluations" in answer.output.replace("\n", " ")


def test_before_there_is_history_the_report_and_plans_say_that_they_assume(call, town):  # noqa: F811
    office, _ = town
    learn_durations(office)
    report = call("supervisor-5323", "GET", "/reports/durations").json()
    assert (report["basis"], report["finished"], report["fewest"], report["strata"]) == (
        "assumption",
        0,
        20,
        [],
    )
    on = date(2026, 11, 26)
    with office.changing() as session:
        day = made_up(on, venues.load_all(session), office.book, 3).projects
        submissions.submit(session, day, office.book, "test", office.clock.now())
        order = plans.order(session, office, on, seed=3, seconds=1, actor="test", now=office.clock.now())
        assert plans.freeze(session, office, order).durations == ()
    shown = call("supervisor-5323", "GET", f"/plans/{order.plan_id}").json()
    assert shown["durations_digest"] == ""
    answer = CliRunner().invoke(app, ["durations", "--database-url", str(office.engine.url)])
    assert "the rule book's assumption holds" in answer.output.replace("\n", " ")
