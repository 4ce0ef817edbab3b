"""Planning (排期): when, where, in which rooms, split or not."""

from scheduler.planning.outcome import (
    Booking,
    Impossible,
    Outcome,
    OutOfTime,
    Part,
    Plan,
    Session,
    Side,
    Unscheduled,
)
from scheduler.planning.problem import Commitment, PairCount, Problem, Supply, SupportCount
from scheduler.planning.search import Budget, Progress, first_come_first_served, lower_bound, solve

__all__ = [
    "Booking",
    "Budget",
    "Commitment",
    "Impossible",
    "OutOfTime",
    "Outcome",
    "PairCount",
    "Part",
    "Plan",
    "Problem",
    "Progress",
    "Session",
    "Side",
    "Supply",
    "SupportCount",
    "Unscheduled",
    "first_come_first_served",
    "lower_bound",
    "solve",
]
