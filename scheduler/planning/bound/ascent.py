"""The ascent to good prices: a level method on deflected subgradients, in integers, the same on every machine.

Each step goes along the bent course of Camerini, Fratta and Maffioli (1975), as far as a level a little above the
best bound so far would ask (Polyak 1969); the level is raised while it is reached and lowered when it is not
(Brännlund 1993; Goffin and Kiwiel 1999).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scheduler.planning.board import Board, compile_board
from scheduler.planning.bound.fees import SCALE, Fees
from scheduler.planning.bound.market import Market
from scheduler.planning.bound.relaxed import Ints
from scheduler.planning.problem import Problem

Stop = Callable[[], bool] | None

FINE = 16
"""Courses are counted in sixteenths."""
AIM = 1_000
"""The first level is a bound higher by so many units of cost."""
CLOSE = 1_000
"""The ascent ends when its level is so near above the best bound: a thousandth."""
PATIENCE = 25
"""Steps without success before the level is lowered."""
STEPS = 300
"""Steps of an ascent."""
STEPS_FOR_SPLITS = 150
UNIT = 1_000
"""The price of a split when nothing else has any."""


def only_splits(problem: Problem) -> Problem:
    """The problem with every weight nought but those of avoidable splits and projects without a place: a UNIT."""
    nothing = dict.fromkeys(("wait", "support", "rotation", "distance", "change"), 0)
    return problem.with_(wishes=replace(problem.wishes, unscheduled=UNIT, avoidable_split=UNIT, **nothing))


def market_fees(board: Board, stop: Stop = None) -> Fees:
    """Good fees for rooms, supports and meetings, and a prize for the splits that no plan can avoid.

    When `stop` says so, the fees are those found by then: not so good, but valid.
    """
    market = Market(board)
    _, prices = ascend(market, market.first(), STEPS, stop)
    if board.problem.wishes.wait and market.answer(prices)[1][-1] and (splits := fewest_splits(board, stop)):
        cut = Market(board, splits)
        prices[-1] = cut.first()[-1]
        market, prices = cut, ascend(cut, prices, STEPS, stop)[1]
    return market.fees(prices)


def fewest_splits(board: Board, stop: Stop = None) -> int:
    """No plan has fewer avoidable splits and projects left out, hopeless ones aside."""
    market = Market(compile_board(only_splits(board.problem)))
    bound, _ = ascend(market, market.first(), STEPS_FOR_SPLITS, stop)
    return max(0, -(-bound // (SCALE * UNIT)))


def ascend(market: Market, prices: Ints, steps: int, stop: Stop = None) -> tuple[int, Ints]:
    """The bound, in units of fees, and prices at which the relaxed problem costs about as much as at any.

    The level method aims a little above the best bound so far; where that fails it aims lower, from the best prices.
    """
    best_prices = prices
    bound, excess = market.answer(prices)
    best, aim, failed = bound, SCALE * AIM, 0
    course = np.zeros_like(prices)
    for _ in range(steps):
        if stop is not None and stop():
            break
        # What cannot be cheaper than nothing, or dearer than its ceiling, is left alone.
        excess[((prices <= 0) & (excess < 0)) | ((prices >= market.ceiling) & (excess > 0))] = 0
        norm = int((course * course).sum())
        turn = int((excess * course).sum())
        bent = max(0, -24 * FINE * turn // norm) if norm else 0
        course = FINE * excess + bent * course // FINE
        norm = int((course * course).sum())
        if not norm:
            break
        far = FINE * (best + aim - bound)
        prices = np.clip(prices + (2 * course * far + norm) // (2 * norm), 0, market.ceiling)
        bound, excess = market.answer(prices)
        if bound > best + aim // 4:
            aim, failed = 2 * aim, 0
        else:
            failed += 1
        if bound > best:
            best, best_prices = bound, prices
        if failed > PATIENCE:
            aim, failed = aim // 2, 0
            if CLOSE * aim < best:
                break
            prices, course = best_prices, np.zeros_like(prices)
            bound, excess = market.answer(prices)
    return best, best_prices
