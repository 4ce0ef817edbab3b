"""The scale on which plans are compared: its weights come from the rule book; docs/planning.md explains them."""

from dataclasses import dataclass
from datetime import date

from scheduler.errors import require
from scheduler.rules import RuleBook

Standing = tuple[int, int, int]
"""Projects without a place, avoidable splits, and the weighed sum of all other wishes: compared in this order."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one unit of each wish weighs (`[[wish.…]]` in the rule book).

    Of two plans the better is the one with the smaller `Standing`: no wait, however long, is worth an avoidable
    split, and no split a project without a place. The weights of these two only say how far apart they lie in
    a plan's one figure of cost, in which its gap is stated.
    """

    unscheduled: int
    """A project without a place."""
    avoidable_split: int
    """A split (开评分离) of an evaluation that would have fitted into its opening day."""
    wait: int
    """One step of plan.grid between the earliest and the planned start, nights and days off not counted."""
    support: int
    """One unit of Σ supports², each venue's supports measured against its seats (客场支持均衡)."""
    rotation: int
    """Meeting again: the nth project of a home at the same guest costs n - 1."""
    distance: int
    """Ten kilometres to a guest, only where remote.guest_choice is "nearest" (就近)."""
    change: int
    """A booking that a re-plan moves although it need not."""
    catch_up: int
    """By how many supports, or meetings of a pair, history may weigh: who is behind is preferred, not flooded."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            require(getattr(self, name) >= 0, name, getattr(self, name), "a weight is not negative")
        require(
            self.unscheduled >= self.avoidable_split,
            "unscheduled",
            self.unscheduled,
            "a project without a place weighs no less than an avoidable split",
        )

    @classmethod
    def of(cls, rule_book: RuleBook, on: date, region: str) -> "Wishes":
        """The weights in force on a day in a region; raises `NoRuleInForce` where one has none.

        A plan weighs the projects of all kinds of procurement together, so rows for one kind do not count.
        """
        return cls(**{name: rule_book.value(f"wish_{name}", on, region) for name in cls.__dataclass_fields__})
