"""On crowded days others give way, so that evaluations are not split from their openings without need."""

import pytest

from benchmarks.planning.instances import Shape, make
from scheduler.planning import Budget, first_come_first_served, search, solve
from scheduler.verification.plans import verify_plan

CROWDED = {seed: make(Shape(90, 20, (2, 4), prefectures=4, seed=seed)) for seed in (3, 5, 7)}
BUDGET = Budget(1_500)


@pytest.mark.parametrize("seed", CROWDED)
def test_no_evaluation_is_split_where_first_come_first_served_splits_many(seed):
    plan = solve(CROWDED[seed], BUDGET)
    assert verify_plan(CROWDED[seed], plan) == ()
    assert not plan.unscheduled
    assert plan.avoidable_splits == 0
    assert first_come_first_served(CROWDED[seed]).avoidable_splits > 10


def test_a_search_that_never_makes_room_splits_some_of_them(monkeypatch):
    monkeypatch.setattr(search, "ROOM", 10**9)
    assert solve(CROWDED[5], BUDGET).avoidable_splits > 0
