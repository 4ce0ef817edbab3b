"""On small instances one exact model of the whole problem is the judge of cost and bound."""

from datetime import datetime, time, timedelta

import pytest

from benchmarks.planning.instances import MONDAY, Shape, make
from benchmarks.planning.monolithic import solve_whole
from scheduler.planning import Budget, Commitment, PairCount, Refusal, SupportCount, bound, solve
from scheduler.planning.board import compile_board
from scheduler.planning.bound import lower_bound
from scheduler.timeline import ZONE
from scheduler.verification.plans import verify_plan

SMALL = [Shape(5 + seed % 3, 4, (1, 2), seed=seed, many_sections=0, two_guests=0.2) for seed in range(1, 11)]


def with_a_past(problem):
    """The problem with supports given, pairs that met, a room taken and a guest that refused."""
    home, *others = [venue.venue_id for venue in problem.venues]
    room = problem.venues[1].rooms[0]
    nine = datetime.combine(MONDAY, time(9), ZONE)
    return problem.with_(
        support_history=(SupportCount(others[0], 9), SupportCount(others[1], 2)),
        pair_history=(PairCount(home, others[0], 4), PairCount(home, others[2], 1)),
        commitments=(Commitment(others[0], room.room_id, nine, nine + timedelta(hours=6)),),
        refusals=(Refusal(problem.projects[0].project_id, others[2]),),
    )


CASES = {
    **{f"seed {shape.seed}": (make(shape), Budget(2_000)) for shape in SMALL},
    **{f"seed {shape.seed} with a past": (with_a_past(make(shape)), Budget(4_000)) for shape in SMALL[:6]},
}


@pytest.mark.parametrize("case", CASES)
def test_the_bound_never_exceeds_the_optimum_and_the_plan_is_within_its_stated_gap(case):
    problem, budget = CASES[case]
    plan = solve(problem, budget)
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
