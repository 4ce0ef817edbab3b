"""On crowded days others give way, so that evaluations are not split from their openings without need."""

from datetime import datetime, time, timedelta

import pytest

from benchmarks.planning.instances import MONDAY, Shape, instance, make
from scheduler.planning import Budget, Commitment, Supply, first_come_first_served, search, solve
from scheduler.planning.search import packing
from scheduler.timeline import ZONE
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


def test_a_packed_prefecture_has_no_avoidable_split_and_the_same_plan_each_time():
    problem = instance("prefecture-busy")
    plan = solve(problem, Budget(400))
    assert verify_plan(problem, plan) == ()
    assert plan.avoidable_splits == 0
    assert first_come_first_served(problem).avoidable_splits == 12
    assert solve(problem, Budget(400)) == plan


def test_without_packing_the_same_search_leaves_some(monkeypatch):
    monkeypatch.setattr(packing, "MOST_PAIRS", 0)
    assert solve(instance("prefecture-busy"), Budget(400)).avoidable_splits > 0


def test_packing_keeps_to_rooms_taken_and_to_the_supply_of_experts():
    problem = instance("prefecture-busy")
    nine = datetime.combine(MONDAY, time(9), ZONE)
    taken = tuple(
        Commitment(
            venue.venue_id, venue.rooms[0].room_id, nine + timedelta(hours=4), nine + timedelta(hours=6)
        )
        for venue in problem.venues[:4]
    )
    supply = tuple(Supply(venue.region, frozenset(), 40) for venue in problem.venues)
    crowded = problem.with_(commitments=taken, supply=supply)
    plan = solve(crowded, Budget(400))
    assert verify_plan(crowded, plan) == ()
    assert plan.avoidable_splits < first_come_first_served(crowded).avoidable_splits
