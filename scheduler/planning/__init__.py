"""Planning (排期): when, where, in which rooms, split or not."""

from scheduler.planning.baseline import first_come_first_served
from scheduler.planning.bound.limits import Limits, limits
from scheduler.planning.budget import Budget, Progress
from scheduler.planning.changes import (
    Cancelled,
    Change,
    GuestRefused,
    NewProject,
    Offline,
    OpeningPostponed,
    Overrun,
    SupplyDropped,
)
from scheduler.planning.changes.offers import Offer, offers
from scheduler.planning.changes.replan import moved, problem_after, replan
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
from scheduler.planning.problem import (
    Commitment,
    Distance,
    PairCount,
    Problem,
    Quota,
    Refusal,
    Supply,
    SupportCount,
)
from scheduler.planning.solve import solve
from scheduler.planning.wishes import Wishes

__all__ = [
    "Booking",
    "Budget",
    "Cancelled",
    "Change",
    "Commitment",
    "Distance",
    "GuestRefused",
    "Impossible",
    "Limits",
    "NewProject",
    "Offer",
    "Offline",
    "OpeningPostponed",
    "OutOfTime",
    "Outcome",
    "Overrun",
    "PairCount",
    "Part",
    "Plan",
    "Problem",
    "Progress",
    "Quota",
    "Refusal",
    "Session",
    "Side",
    "Supply",
    "SupplyDropped",
    "SupportCount",
    "Unscheduled",
    "Wishes",
    "first_come_first_served",
    "limits",
    "moved",
    "offers",
    "problem_after",
    "replan",
    "solve",
]
