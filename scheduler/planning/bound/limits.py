"""What no plan of a problem can do better, one wish at a time: proven limits, whatever the prices of wishes are."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from scheduler.planning.board import compile_board
from scheduler.planning.bound import MOST_CHOICES, lower_bound
from scheduler.planning.bound.ascent import UNIT, fewest_splits, only_splits
from scheduler.planning.bound.relaxed import choices
from scheduler.planning.problem import Problem

LEFT_OUT = 10_000
"""Steps of waiting for which a project without a place counts, in the limit of waits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Proven limits of all plans of a problem; hopeless projects count nowhere."""

    avoidable_splits: int
    """No plan has fewer avoidable splits and projects without a place together."""
    wait_steps: int
    """No plan waits fewer steps of the grid in all, each project without a place counted as LEFT_OUT."""


def limits(problem: Problem, stop: Callable[[], bool] | None = None) -> Limits:
    """The fewest avoidable splits and the least total wait that are not ruled out.

    Each is the planner's own bound with every other wish at the price nought, and so holds for the reasons that
    the bound does: a plan's cost at these prices is its splits, or its steps, and no plan costs less than the bound.
    Where rooms of each venue can be priced, the ascent for splits counts too. A plan that attains a limit is optimal
    in that wish; a limit that no plan attains says only what is proven.
    """
    splits = compile_board(only_splits(problem))
    found = lower_bound(splits, stop)
    fewest = -(-(found.total - found.hopeless) // UNIT)
    if choices(splits) <= MOST_CHOICES:
        fewest = max(fewest, fewest_splits(splits, stop))
    waits = lower_bound(compile_board(only_waits(problem)), stop)
    return Limits(fewest, waits.total - waits.hopeless)


def only_waits(problem: Problem) -> Problem:
    """The problem with every weight nought but that of waiting, and LEFT_OUT for each project without a place."""
    nothing = dict.fromkeys(("avoidable_split", "support", "rotation", "distance", "change"), 0)
    return problem.with_(wishes=replace(problem.wishes, unscheduled=LEFT_OUT, wait=1, **nothing))
