"""What could be given up so that a draw becomes possible, step by step; nothing of it is ever applied by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from math import floor

from scheduler.bodies import LEVELS
from scheduler.draw.explain.case import DrawCase, Shortage
from scheduler.eligibility import Reason
from scheduler.people import Expert, Pool
from scheduler.rules import Rules
from scheduler.widening import wider

TIME = (
    Reason.BUSY,
    Reason.TOO_SOON,
    Reason.WEEK_FULL,
    Reason.MONTH_FULL,
    Reason.SAME_CENTRE_RECENTLY,
)
"""Grounds that pass with time."""


class Kind(StrEnum):
    """What is given up, the least first: a date, some of the specialty, a guest venue, a cap on employers."""

    WAIT = "wait"
    WIDEN = "widen"
    OTHER_GUEST = "other_guest"
    RAISE_CAP = "raise_cap"


@dataclass(frozen=True, slots=True)
class Given:
    """How far a draw is relaxed: levels widened by slot, how much each cap rises, the grounds that have passed."""

    widened: tuple[int, ...]
    raised: tuple[int, int, int] = (0, 0, 0)
    waited: frozenset[Reason] = frozenset()


class Relaxable:
    """A draw, and who would be eligible however it is relaxed."""

    def __init__(self, case: DrawCase) -> None:
        self.case = case
        self.levels = [wider(slot.requirement, case.rules.draw_widen_specialty) for slot in case.slots]
        self.start = Given((0,) * len(case.slots))
        self.widest = Given(
            tuple(len(levels) for levels in self.levels), self._most_raised(), frozenset(TIME)
        )
        # Every relaxation below admits some of these, so nobody else need be looked at again.
        free = replace(self.apply(self.widest), engagements=())
        self._near = Pool(free.screened().eligible)
        held = replace(self.apply(self.widest), pool=self._near).screened().excluded
        self.grounds = tuple(reason for reason in TIME if any(entry.reason is reason for entry in held))

    def apply(self, given: Given) -> DrawCase:
        """The draw with wider slots and higher caps; waiting changes nothing in it."""
        slots = tuple(
            replace(slot, requirement=levels[level - 1][1]) if level else slot
            for slot, levels, level in zip(self.case.slots, self.levels, given.widened, strict=True)
        )
        return replace(self.case, slots=slots, rules=self._raise(given.raised))

    def eligible(self, given: Given) -> tuple[Expert, ...]:
        """Who may be drawn then."""
        case = replace(self.apply(given), pool=self._near)
        screened = case.screened()
        held = {entry.expert_id for entry in screened.excluded if entry.reason in given.waited}
        if not held:
            return screened.eligible
        waiting = Pool(tuple(expert for expert in self._near if expert.expert_id in held))
        return (*screened.eligible, *replace(case, pool=waiting, engagements=()).screened().eligible)

    def shortage(self, given: Given) -> Shortage | None:
        """What is still missing then."""
        return self.apply(given).shortage(self.eligible(given))

    def next(self, given: Given, kinds: frozenset[Kind], cut: Shortage) -> Iterator[Given]:
        """Every one step further that could mend the cut.

        More experts in slots outside it leave it as it is, so only slots of the cut are widened.
        """
        if Kind.WIDEN in kinds:
            for nth in cut.slots:
                if given.widened[nth] < self.widest.widened[nth]:
                    yield replace(given, widened=_one_more(given.widened, nth))
        if Kind.RAISE_CAP in kinds:
            for nth in range(len(LEVELS)):
                if given.raised[nth] < self.widest.raised[nth]:
                    low, mid, high = _one_more(given.raised, nth)
                    yield replace(given, raised=(low, mid, high))
        if Kind.WAIT in kinds:
            for reason in self.grounds:
                if reason not in given.waited:
                    yield replace(given, waited=given.waited | {reason})

    def furthest(self, kinds: frozenset[Kind]) -> Given:
        """All that these kinds of steps could ever give."""
        return Given(
            self.widest.widened if Kind.WIDEN in kinds else self.start.widened,
            self.widest.raised if Kind.RAISE_CAP in kinds else self.start.raised,
            self.widest.waited if Kind.WAIT in kinds else self.start.waited,
        )

    def _most_raised(self) -> tuple[int, int, int]:
        """How far each cap can rise: to the seats drawn, but never over a fraction of the panel that a rule sets."""
        case, caps = self.case, self.case.caps
        seats = sum(slot.upmost for slot in case.slots) + len(case.members)
        fraction = case.rules.panel_same_employer_max_fraction
        most = [seats, seats if fraction is None else floor(fraction * case.project.panel_size), seats]
        low, mid, high = (
            0 if cap is None else max(0, top - cap)
            for cap, top in zip((caps.group, caps.employer, caps.department), most, strict=True)
        )
        return low, mid, high

    def _raise(self, raised: tuple[int, int, int]) -> Rules:
        caps, (group, employer, department) = self.case.caps, raised
        rules = self.case.rules
        return replace(
            rules,
            panel_same_employer_max_count=caps.employer + employer
            if employer
            else rules.panel_same_employer_max_count,
            panel_same_group_max_count=None if caps.group is None else caps.group + group,
            panel_same_department_max_count=None if caps.department is None else caps.department + department,
        )


def _one_more(numbers: tuple[int, ...], nth: int) -> tuple[int, ...]:
    return (*numbers[:nth], numbers[nth] + 1, *numbers[nth + 1 :])
