"""Exact exchanges shorten waits on crowded days, keep every rule, and give the same plan again."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planning.instances import Shape, make
from scheduler.errors import BadInput
from scheduler.planning import Budget, solve
from scheduler.verification.plans import verify_plan
from tests.planning.test_planner_properties import problem_of

CROWDED = make(Shape(20, 7, (2, 3), seed=4, many_sections=0.05))


@pytest.fixture(scope="module")
def searched():
    return solve(CROWDED, Budget(300))


@pytest.fixture(scope="module")
def exchanged():
    return solve(CROWDED, Budget(300, exchanges=6))


def test_exchanges_find_a_cheaper_plan_where_the_search_has_stopped(searched, exchanged):
    assert exchanged.bound <= exchanged.cost < searched.cost
    assert exchanged.avoidable_splits <= searched.avoidable_splits
    assert verify_plan(CROWDED, exchanged) == ()


def test_the_same_budget_gives_the_same_plan_and_says_how_many_exchanges_are_done(exchanged):
    told = []
    assert solve(CROWDED, Budget(300, exchanges=6), told.append) == exchanged
    done = [at.exchanges for at in told if at.phase == "exchange"]
    assert done == list(range(1, len(done) + 1))
    assert 0 < len(done) <= 6
    costs = [at.cost for at in told if at.phase in ("exchange", "done")]
    assert costs == sorted(costs, reverse=True)


def test_told_to_stop_in_an_exchange_the_plan_is_the_best_so_far(searched):
    told = []

    def stop():
        return any(at.exchanges == 1 for at in told)

    plan = solve(CROWDED, Budget(300, exchanges=40), told.append, stop)
    assert verify_plan(CROWDED, plan) == ()
    assert plan.cost <= searched.cost
    assert max(at.exchanges for at in told) <= 2


def test_the_solver_prints_nothing(capfd):
    solve(CROWDED, Budget(20, exchanges=1))
    assert capfd.readouterr() == ("", "")


def test_evaluations_of_several_guests_are_exchanged_too():
    rooms = tuple(
        replace(venue, rooms=(*venue.rooms, replace(venue.rooms[0], room_id=f"{venue.venue_id}-R9")))
        for venue in CROWDED.venues
    )
    projects = tuple(
        replace(project, guest_count=1 + nth % 3) if project.exemption is None else project
        for nth, project in enumerate(CROWDED.projects)
    )
    problem = replace(CROWDED, projects=projects, venues=rooms)
    plan = solve(problem, Budget(100, exchanges=4))
    assert verify_plan(problem, plan) == ()
    assert plan.cost < solve(problem, Budget(100)).cost


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**40))
def test_whatever_the_problem_exchanges_break_no_rule_and_cost_no_less_than_the_bound(number):
    problem = problem_of(number)
    plan = solve(problem, Budget(20, exchanges=3))
    assert verify_plan(problem, plan) == ()
    assert plan.bound <= plan.cost <= solve(problem, Budget(20)).cost


def test_fewer_exchanges_than_none_are_refused():
    with pytest.raises(BadInput, match="exchanges = -1"):
        Budget(20, exchanges=-1)
