"""On crowded days others give way, so that evaluations are not split from their openings without need."""

import pytest

from benchmarks.planning.instances import Shape, make
from scheduler.planning import Budget, first_come_first_served, search, solve
from scheduler.verification.plans import verify_plan

CROWDED = [make(Shape(90, 20, (2, 4), prefectures=4, seed=seed)) for seed in (2, 3)]
BUDGET = Budget(2_000)


@pytest.mark.parametrize("problem", CROWDED, ids=lambda problem: f"seed {problem.seed}")
def test_nine_in_ten_splits_of_first_come_first_served_are_avoided(problem):
    plan = solve(problem, BUDGET)
    assert verify_plan(problem, plan) == ()
    assert not plan.unscheduled
    assert plan.avoidable_splits <= 0.1 * first_come_first_served(problem).avoidable_splits


def test_a_split_that_others_can_avoid_by_giving_way_is_avoided(monkeypatch):
    with_room = solve(CROWDED[1], BUDGET)
    monkeypatch.setattr(search, "ROOM", 10**9)
    assert with_room.avoidable_splits == 0 < solve(CROWDED[1], BUDGET).avoidable_splits
