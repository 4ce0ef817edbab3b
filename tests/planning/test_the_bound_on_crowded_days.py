"""The bound knows of guests' rooms and of unavoidable splits, and never claims more than the best plan costs."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planning.instances import Shape, instance, make
from benchmarks.planning.monolithic import solve_whole
from scheduler.planning import Budget, bound, first_come_first_served, limits, solve
from scheduler.planning.board import compile_board
from scheduler.planning.bound import lower_bound
from scheduler.planning.bound.ascent import ascend, fewest_splits, market_fees
from scheduler.planning.bound.fees import SCALE
from scheduler.planning.bound.home import home_bound
from scheduler.planning.bound.limits import LEFT_OUT, only_waits
from scheduler.planning.bound.market import Market
from scheduler.planning.problem import LARGEST
from tests.planning.test_planner_properties import problem_of

CROWDED = [Shape(5, 4, (1, 1), seed=seed, many_sections=0, two_guests=0.2) for seed in range(2, 7)]


@pytest.mark.parametrize("shape", CROWDED, ids=lambda shape: f"seed {shape.seed}")
def test_the_bound_and_the_limits_never_exceed_the_proven_optimum(shape):
    problem = make(shape)
    plan = solve(problem, Budget(300))
    exact = solve_whole(problem, 20, workers=1, ceiling=plan.cost)
    assert exact.optimal
    board = compile_board(problem)
    found = lower_bound(board)
    assert found.total <= exact.plan.cost
    assert limits(problem).avoidable_splits <= sum(booking.avoidable for booking in exact.plan.bookings)


def test_without_prices_at_each_venue_the_bound_would_say_far_less_of_tight_rooms(monkeypatch):
    board = compile_board(instance("tight-rooms"))
    taught = lower_bound(board).total
    monkeypatch.setattr(bound, "MOST_CHOICES", 0)
    assert taught > 1.5 * lower_bound(board).total


def test_a_bound_that_is_stopped_is_lower_and_still_a_bound():
    board = compile_board(instance("tight-rooms"))
    asked = []

    def stop():
        asked.append(True)
        return len(asked) > 100

    assert 0 < lower_bound(board, stop).total < lower_bound(board).total
    assert len(asked) < 150, "and it ends at once"


def test_the_heaviest_weights_leave_the_bound_valid():
    problem = make(CROWDED[0])
    heaviest = dict.fromkeys((each.name for each in fields(problem.wishes)), LARGEST)
    huge = problem.with_(wishes=replace(problem.wishes, **heaviest))
    found = lower_bound(compile_board(huge))
    plans = first_come_first_served(huge), solve(huge, Budget(200))
    assert 0 < found.total <= min(plan.cost for plan in plans)


def test_in_tight_rooms_three_splits_are_proven_and_ninety_percent_fewer_than_by_telephone_impossible():
    problem = instance("tight-rooms")
    phone = first_come_first_served(problem)
    found = limits(problem)
    by_phone = sum(booking.avoidable for booking in phone.bookings)
    assert 10 * found.avoidable_splits > by_phone
    waited = first_come_first_served(only_waits(problem)).cost
    assert waited < 3 * found.wait_steps, "waits three times shorter are as impossible"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000), st.integers(0, 2**32))
def test_whatever_rooms_and_guests_are_paid_no_plan_is_cheaper_than_the_bound(number, seed):
    problem = problem_of(number)
    plans = [first_come_first_served(problem), solve(problem, Budget(20))]
    begun = tuple(booking for nth, booking in enumerate(plans[1].bookings) if nth % 3 == seed % 5)
    problem = problem.with_(begun=begun, seed=problem.seed)
    going_on = solve(problem, Budget(0))
    for given_problem, made in ((problem.with_(begun=()), plans), (problem, [going_on])):
        board = compile_board(given_problem)
        hopeless = given_problem.wishes.unscheduled * len(board.hopeless)
        least = min(plan.cost for plan in made) - hopeless
        splits = min(_splits(plan, board) for plan in made)
        assert fewest_splits(board) <= splits
        market = Market(board, fewest_splits(board))
        prices = np.random.default_rng(seed).integers(0, 30_000, len(market.ceiling))
        prices = np.minimum(prices, market.ceiling)
        assert market.answer(prices)[0] <= SCALE * least
        fees = market.fees(prices)
        homes: dict[int, list[int]] = {}
        for nth, task in enumerate(board.tasks):
            homes.setdefault(task.home, []).append(nth)
        unscheduled = given_problem.wishes.unscheduled
        parts = [home_bound(board, members, unscheduled, fees).bound for members in homes.values()]
        assert market.answer(prices)[0] <= sum(parts) - fees.credit <= SCALE * least


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000))
def test_the_ascent_never_ends_above_a_plan_nor_below_where_it_began(number):
    problem = problem_of(number)
    board = compile_board(problem)
    cost = first_come_first_served(problem).cost - problem.wishes.unscheduled * len(board.hopeless)
    market = Market(board)
    reached, prices = ascend(market, market.first(), 60)
    assert market.answer(market.first())[0] <= reached <= SCALE * cost
    assert market.answer(prices)[0] == reached
    again = compile_board(problem_of(number))
    assert market_fees(again) == market_fees(board), "the same problem has the same fees"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000))
def test_no_plan_has_fewer_splits_or_shorter_waits_than_the_limits(number):
    problem = problem_of(number)
    found = limits(problem)
    for plan in (first_come_first_served(problem), solve(problem, Budget(40))):
        board = compile_board(problem)
        assert found.avoidable_splits <= _splits(plan, board)
        placed = {booking.project_id: booking for booking in plan.bookings}
        axis, steps = board.axis, 0
        waits = compile_board(only_waits(problem))
        for task in waits.tasks:
            booking = placed.get(task.project_id)
            steps += waits.price(task, axis.slot_at(booking.start)) if booking else LEFT_OUT
        assert found.wait_steps <= steps


def _splits(plan, board):
    """Avoidable splits and projects left out, hopeless ones and those that have begun aside."""
    begun = board.begun
    split = sum(booking.avoidable for booking in plan.bookings if booking.project_id not in begun)
    out = sum(miss.project_id not in begun for miss in plan.unscheduled) - len(board.hopeless)
    return split + out
