"""Planning (排期): when, where, in which rooms, split or not."""

from scheduler.planning.baseline import first_come_first_served
from scheduler.planning.budget import Budget, Progress
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
from scheduler.planning.problem import Commitment, Distance, PairCount, Problem, Quota, Supply, SupportCount
from scheduler.planning.solve import solve
from scheduler.planning.wishes import Wishes

__all__ = [
    "Booking",
    "Budget",
    "Commitment",
    "Distance",
    "Impossible",
    "OutOfTime",
    "Outcome",
    "PairCount",
    "Part",
    "Plan",
    "Problem",
    "Progress",
    "Quota",
    "Session",
    "Side",
    "Supply",
    "SupportCount",
    "Unscheduled",
    "Wishes",
    "first_come_first_served",
    "solve",
]
