"""Explanations say what is so, and what they say would help does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.planning.instances import SHAPES, make
from scheduler.errors import BadInput
from scheduler.planning import Budget, solve
from scheduler.planning.explain import explain
from scheduler.planning.insertion import single_session
from scheduler.planning.replan import draft_of
from scheduler.timeline import ZONE
from scheduler.verification.plans import verify_plan

PROBLEM = make(SHAPES["tight-rooms"])
PLAN = solve(PROBLEM, Budget(200))
FIRST = solve(PROBLEM, Budget(0))
SPLIT = [booking.project_id for booking in PLAN.bookings if booking.avoidable]


@pytest.mark.parametrize("project_id", SPLIT)
def test_an_avoidable_split_names_who_sits_in_its_rooms_and_what_would_help_does(project_id):
    explanation = explain(PROBLEM, PLAN, project_id)
    now = next(booking for booking in PLAN.bookings if booking.project_id == project_id)
    assert "on the opening day no room" in explanation.why[0]
    for rival in explanation.why[1].rpartition("held by ")[2].split(", "):
        other = next(b for b in PLAN.bookings if b.project_id == rival)
        assert now.home.venue_id in {part.venue_id for part in other.parts}
    for found in explanation.helps:
        assert found.booking.start + timedelta(minutes=30) <= now.start
        assert f"{found.booking.start.astimezone(ZONE):%Y-%m-%d %H:%M}" in found.sentence


@pytest.mark.parametrize("project_id", SPLIT)
def test_no_avoidable_split_has_a_free_place_on_its_opening_day(project_id):
    without = replace(PLAN, bookings=tuple(b for b in PLAN.bookings if b.project_id != project_id))
    midnight = min(project.opening_at for project in PROBLEM.projects) - timedelta(hours=9)
    draft, _, _ = draft_of(PROBLEM, without, midnight)
    nth = next(n for n, task in enumerate(draft.board.tasks) if task.project_id == project_id)
    assert single_session(draft, draft.board.tasks[nth], draft.board.tasks[nth].same_day) is None


def test_one_more_room_is_said_to_help_a_home_that_has_none_fit():
    small = replace(PROBLEM.venues[0], rooms=(replace(PROBLEM.venues[0].rooms[0], seats=1),))
    stuck = next(p for p in PROBLEM.projects if p.home == small.venue_id)
    problem = replace(PROBLEM, venues=(small, *PROBLEM.venues[1:]), projects=(stuck,))
    explanation = explain(problem, solve(problem, Budget(0)), stuck.project_id)
    assert "no room at V000 has" in explanation.why[0]
    assert [found.kind for found in explanation.helps] == ["more_rooms"]


def test_what_has_begun_is_told_no_better_place():
    late = next(booking for booking in PLAN.bookings if booking.avoidable)
    begun = replace(PROBLEM, begun=(late,))
    plan = replace(PLAN, problem_digest=begun.digest)
    explanation = explain(begun, plan, late.project_id)
    assert "on the opening day no room" in explanation.why[0]
    assert explanation.helps == ()


def test_another_project_that_would_have_to_move_is_named_with_a_plan_that_the_checker_passes():
    explained = [explain(PROBLEM, FIRST, booking.project_id) for booking in FIRST.bookings if booking.split]
    moves = [(e, found) for e in explained for found in e.helps if found.kind == "move_other"]
    assert moves
    for explanation, found in moves:
        name = found.sentence.split()[1]
        now = next(b for b in FIRST.bookings if b.project_id == explanation.project_id)
        assert name in explanation.why[1].rpartition("held by ")[2]
        assert found.booking.start + timedelta(minutes=30) <= now.start
        stay = tuple(b for b in FIRST.bookings if b.project_id not in {name, now.project_id})
        with_it = replace(FIRST, bookings=(*stay, found.booking))
        others = {v.rule for v in verify_plan(PROBLEM, with_it)}
        assert others <= {
            "every_project_is_answered_once",
            "the_cost_is_as_stated",
            "the_bound_is_below_the_cost",
        }


def test_who_is_not_in_the_plan_is_refused():
    with pytest.raises(BadInput):
        explain(PROBLEM, PLAN, "nobody")
