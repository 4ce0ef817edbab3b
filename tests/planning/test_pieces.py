"""A search in pieces gives the same plan on any number of cores, and a legal one."""

import pytest

from benchmarks.planning.instances import Shape, make
from scheduler.planning import Budget, Progress, cores, solve
from scheduler.planning.cores import solve_on
from scheduler.planning.search import pieces
from scheduler.verification.plans import verify_plan

TWO_DAYS = make(Shape(50, 16, (2, 3), days=2, prefectures=4, seed=77))
BUDGET = Budget(240)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "SMALLEST", 20)
    monkeypatch.setattr(cores, "SMALLEST", 20)


@pytest.fixture
def plan(small_pieces):
    return solve(TWO_DAYS, BUDGET)


def test_two_processes_answer_what_one_answers(plan):
    assert solve_on(2, TWO_DAYS, BUDGET) == plan


def test_pieces_put_together_break_no_rule_and_leave_the_plan_no_dearer(plan):
    costs = []

    def told(progress: Progress):
        costs.append(progress.cost)

    assert solve(TWO_DAYS, BUDGET, told) == plan
    assert verify_plan(TWO_DAYS, plan) == ()
    assert costs == sorted(costs, reverse=True)
    assert plan.cost == costs[-1] < costs[0]


def test_a_stop_is_heard_between_and_within_the_pieces():
    asked = []

    def stop():
        asked.append(True)
        return len(asked) > 150

    plan = solve(TWO_DAYS, Budget(100_000), stop=stop)
    assert verify_plan(TWO_DAYS, plan) == ()
    assert len(asked) < 400
