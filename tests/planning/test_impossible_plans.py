"""`Impossible` is said where no plan is legal, by the checker, and nowhere else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.cli.app import app
from api.files import documents
from scheduler.planning import Budget, Impossible, OutOfTime, Plan, Unscheduled, solve
from scheduler.planning.cores import solve_on
from scheduler.planning.possible import contradiction, outcome_of
from scheduler.planning.shards import solve_shards
from scheduler.verification.plans import verify_plan
from tests.planning.test_each_rule_is_kept import TWINS, problem, venue
from tests.planning.test_planner_properties import problem_of

TRUTH = problem(*TWINS[:2], venues=(venue(1, 7, 7), venue(2, 7, 7), venue(3, 7, 7)))
FIRST, SECOND = solve(TRUTH, Budget(20)).bookings
SAME_ROOM = replace(SECOND, parts=(FIRST.parts[0], *SECOND.parts[1:]), sessions=FIRST.sessions)
LATER = replace(
    SAME_ROOM,
    sessions=tuple(
        replace(s, start=s.start + timedelta(minutes=30), end=s.end + timedelta(minutes=30))
        for s in FIRST.sessions
    ),
)
CLASHES = {
    "two in one room": (replace(TRUTH, begun=(FIRST, SAME_ROOM)), "a_room_holds_one_session"),
    "one at two places": (
        replace(TRUTH, begun=(FIRST, replace(SECOND, project_id="P0"))),
        "every_project_is_answered_once",
    ),
    "nobody knows it": (
        replace(TRUTH, begun=(replace(FIRST, project_id="P9"),)),
        "every_project_is_answered_once",
    ),
}


def answers(truth):
    """Plans that keep, suspend or forget what has begun: whatever one might try."""
    plan = solve(truth, Budget(0))
    nobody = tuple(Unscheduled(p.project_id, "suspended", "cannot go on") for p in truth.projects)
    strangers = tuple(Unscheduled(b.project_id, "suspended", "cannot go on") for b in truth.begun)
    for bookings, missing in (
        (plan.bookings, plan.unscheduled),
        ((), nobody),
        ((), tuple({m.project_id: m for m in (*nobody, *strangers)}.values())),
        (tuple({b.project_id: b for b in truth.begun}.values()), ()),
    ):
        yield replace(plan, bookings=bookings, unscheduled=missing)


@pytest.mark.parametrize("name", CLASHES)
def test_what_contradicts_itself_has_no_legal_plan_and_the_rules_are_named(name, tmp_path):
    truth, rule = CLASHES[name]
    assert solve_on(1, truth, Budget(0)) == Impossible((rule, "what_has_begun_stays"))
    for answer in answers(truth):
        broken = {violation.rule for violation in verify_plan(truth, answer)}
        assert broken & {rule, "what_has_begun_stays"}
    (tmp_path / "problem.json").write_text(documents.problem_document(truth), encoding="utf-8")
    for how in ((), ("--shards", "--crossing", "0.5")):
        asked = ("plan", str(tmp_path / "problem.json"), *how, "--out", str(tmp_path / "plan"))
        told = CliRunner().invoke(app, asked)
        assert told.exit_code == 1
        assert f"no legal plan: {rule}, what_has_begun_stays" in told.output
        assert not (tmp_path / "plan").exists()


def test_what_began_later_in_the_same_room_may_have_followed_a_suspended_one():
    truth = replace(TRUTH, begun=(FIRST, LATER))
    assert contradiction(truth) is None
    plan = solve(truth, Budget(0))
    assert verify_plan(truth, plan) == ()
    assert [miss.code for miss in plan.unscheduled] == ["suspended"]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**40))
def test_impossible_is_never_claimed_of_a_problem_that_has_a_plan(number):
    truth = problem_of(number)
    plan = solve(truth, Budget(0))
    begun = replace(truth, begun=plan.bookings)
    assert contradiction(begun) is None
    assert verify_plan(begun, solve(begun, Budget(0))) == ()


def test_what_is_stopped_before_anybodys_turn_is_no_plan_but_out_of_time():
    def planned(problem, stop):
        return outcome_of(problem, lambda: solve_shards(problem, Budget(40), stop=stop).plan)

    assert planned(TRUTH, lambda: True) == OutOfTime()
    assert isinstance(planned(TRUTH, None), Plan)
    # What has begun goes on whenever planning is stopped, and a day without projects has its plan.
    assert planned(replace(TRUTH, begun=(FIRST,)), lambda: True).bookings[0] == FIRST
    assert planned(replace(TRUTH, projects=()), lambda: True).cost == 0
