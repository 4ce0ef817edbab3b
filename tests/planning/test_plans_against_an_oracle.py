"""On small instances one exact model of the whole problem is the judge of cost and bound."""

import pytest

from benchmarks.planning.instances import Shape, make
from benchmarks.planning.monolithic import solve_whole
from scheduler.planning import Budget, bound, solve
from scheduler.planning.board import compile_board
from scheduler.planning.bound import lower_bound
from scheduler.verification.plans import verify_plan

SMALL = [Shape(5 + seed % 3, 4, (1, 2), seed=seed, many_sections=0, two_guests=0.2) for seed in range(1, 11)]


@pytest.mark.parametrize("shape", SMALL, ids=lambda shape: f"seed {shape.seed}")
def test_the_bound_never_exceeds_the_optimum_and_the_plan_is_within_its_stated_gap(shape):
    problem = make(shape)
    plan = solve(problem, Budget(2_000))
    exact = solve_whole(problem, 20, workers=1, ceiling=plan.cost)
    assert exact.optimal
    assert verify_plan(problem, exact.plan) == ()
    assert plan.bound <= exact.plan.cost <= plan.cost
    assert plan.cost - exact.plan.cost <= plan.gap * plan.cost
    assert plan.cost <= exact.plan.cost * 1.05 + 2, "and in truth it is all but optimal"


def test_on_crowded_days_the_bound_knows_that_guests_need_rooms_too(monkeypatch):
    boards = [compile_board(make(shape)) for shape in SMALL]
    taught = [lower_bound(board).total for board in boards]
    monkeypatch.setattr(bound, "crowded", lambda board, starts: False)
    blind = [lower_bound(board).total for board in boards]
    assert all(one >= other for one, other in zip(taught, blind, strict=True))
    assert sum(taught) > 1.2 * sum(blind)
