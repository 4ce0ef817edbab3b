"""The scale on which plans are compared, and what it counts; docs/planning.md explains each figure."""

from dataclasses import dataclass

from scheduler.errors import require


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one unit of each wish costs, in the order of the wishes.

    The distances between the figures make the order lexicographic in practice: no evaluation waits 500 slots
    within its opening day, so a split that can be avoided is avoided at the price of any one wait.
    """

    unscheduled: int = 20_000
    """A project without a place."""
    avoidable_split: int = 500
    """A split (开评分离) of an evaluation that would have fitted into its opening day."""
    wait: int = 1
    """One step of plan.grid between the earliest and the planned start, nights and days off not counted."""
    support: int = 3
    """One unit of Σ supports², each venue's supports measured against its seats (客场支持均衡): half an hour's wait."""
    rotation: int = 1
    """Meeting again: the nth project of a home at the same guest costs n - 1."""
    distance: int = 1
    """Ten kilometres to a guest, only where remote.guest_choice is "nearest" (就近)."""
    change: int = 20
    """A booking that a re-plan moves although it need not."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            require(getattr(self, name) >= 0, name, getattr(self, name), "a price is not negative")


CATCH_UP = 10
"""By how many supports, or meetings of a pair, history may weigh: who is behind is preferred, not flooded."""
