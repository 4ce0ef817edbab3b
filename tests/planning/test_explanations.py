"""Explanations say what is so, and what they say would help does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.planning.instances import SHAPES, make
from scheduler.errors import BadInput
from scheduler.planning import Budget, solve
from scheduler.planning.changes.replan import draft_of
from scheduler.planning.explain import clash, explain
from scheduler.planning.explain.clash import MOST_PLANS
from scheduler.planning.explain.rules import BY_NAME
from scheduler.planning.reasons.sentences import RULES, SENTENCES
from scheduler.planning.search.insertion import single_session
from scheduler.timeline import ZONE
from scheduler.verification.plans import verify_plan

PROBLEM = make(SHAPES["tight-rooms"])
PLAN = solve(PROBLEM, Budget(200))
FIRST = solve(PROBLEM, Budget(0))
SPLIT = [booking.project_id for booking in PLAN.bookings if booking.avoidable]


def said(explanation, code):
    """The facts of what is said under that code."""
    return next(said.facts for said in explanation.facts if said.code.startswith(code))


@pytest.mark.parametrize("project_id", SPLIT)
def test_an_avoidable_split_names_who_sits_in_its_rooms_and_what_would_help_does(project_id):
    explanation = explain(PROBLEM, PLAN, project_id)
    now = next(booking for booking in PLAN.bookings if booking.project_id == project_id)
    assert "on the opening day no room" in explanation.why[0]
    rivals = said(explanation, "home_taken")["projects"].split(", ")
    assert any(", ".join(rivals) in sentence for sentence in explanation.why)
    for rival in rivals:
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
        now = next(b for b in FIRST.bookings if b.project_id == explanation.project_id)
        assert found.moved.project_id in said(explanation, "home_taken")["projects"]
        assert f"if {found.moved.project_id} moved to" in found.sentence
        assert found.booking.start + timedelta(minutes=30) <= now.start
        changed = {now.project_id, found.moved.project_id}
        stay = tuple(b for b in FIRST.bookings if b.project_id not in changed)
        with_both = replace(FIRST, bookings=(*stay, found.booking, found.moved))
        assert {v.rule for v in verify_plan(PROBLEM, with_both)} <= {
            "the_cost_is_as_stated",
            "the_bound_is_below_the_cost",
        }


def test_who_is_not_in_the_plan_is_refused():
    with pytest.raises(BadInput):
        explain(PROBLEM, PLAN, "nobody")


def test_a_guest_chosen_among_equals_is_chosen_by_the_recorded_seed():
    by_lot = [(b, f) for b in FIRST.bookings for f in explain(PROBLEM, FIRST, b.project_id).facts]
    told = next((booking, said) for booking, said in by_lot if said.code == "guest_by_lot")
    assert f"the recorded seed {PROBLEM.seed} put it first" in told[1].sentence()
    assert f"留痕随机种子 {PROBLEM.seed}" in told[1].sentence("zh")
    chosen = set()
    for seed in range(20):
        other = replace(PROBLEM, seed=seed)
        plan = solve(other, Budget(0))
        chosen |= {
            said.facts["guest"]
            for said in explain(other, plan, told[0].project_id).facts
            if said.code == "guest_by_lot"
        }
    assert len(chosen) > 1


@pytest.mark.parametrize("project_id", SPLIT)
def test_the_rules_that_clash_are_named_with_their_source(project_id):
    found = clash(PROBLEM, PLAN, project_id)
    assert found.goal == "opening_day"
    assert found.plans <= MOST_PLANS
    assert found.proven
    names = [rule.name for rule in found.rules]
    assert "rooms_of_other_projects" in names
    for rule in found.rules:
        if rule.parameter:
            assert f"({rule.parameter}: {rule.source})" in rule.said.sentence()


def test_where_nothing_is_better_no_rule_is_blamed():
    at_once = next(
        b.project_id
        for b in PLAN.bookings
        if not b.split and any(s.code == "at_once" for s in explain(PROBLEM, PLAN, b.project_id).facts)
    )
    assert clash(PROBLEM, PLAN, at_once) is None
    assert explain(PROBLEM, PLAN, at_once).helps == ()


def test_every_code_has_a_sentence_in_both_languages():
    assert SENTENCES["en"].keys() == SENTENCES["zh"].keys()
    assert RULES["en"].keys() == RULES["zh"].keys() == BY_NAME.keys()
    named = [rule.parameters[0] for rule in BY_NAME.values() if rule.parameters]
    assert set(named) <= {name for name, _ in PROBLEM.rule_book.rows}
