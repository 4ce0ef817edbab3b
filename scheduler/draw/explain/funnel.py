"""The funnel (筛选漏斗): for each slot how many experts are left after each ground of exclusion."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.draw.explain.case import DrawCase
from scheduler.eligibility import Reason, Screened
from scheduler.people import Expert
from scheduler.slots import Slot

UNFIT = (Reason.OTHER_REGION, Reason.OTHER_SPECIALTY)
STANDING = (Reason.NOT_ACTIVE, Reason.TOO_OLD)


@dataclass(frozen=True, slots=True)
class Stage:
    """How many a ground of exclusion takes, and how many it leaves."""

    reason: Reason
    excluded: int
    left: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """From the pool to those eligible for one slot, ground by ground in the order of `Reason`.

    The slot is thin when fewer than `enough` are left: draw.min_candidate_ratio times its seats.
    """

    slot: Slot
    pool: int
    stages: tuple[Stage, ...]
    enough: int

    @property
    def eligible(self) -> int:
        """How many may be drawn for the slot."""
        return self.stages[-1].left

    @property
    def is_thin(self) -> bool:
        """Whether the draw should not go on without a second look."""
        return self.eligible < self.enough


def funnels(case: DrawCase, screened: Screened) -> tuple[Funnel, ...]:
    """The funnel of every slot; each excluded expert counts once a slot, under the first ground that applies there."""
    reason_of = {entry.expert_id: entry.reason for entry in screened.excluded}
    seated = {member.expert_id for member in case.members}
    pool = [expert for expert in case.pool if expert.expert_id not in seated]
    # Whoever lives where and knows what decides the fit, so it is looked up once for all of the same kind.
    groups: Counter[tuple[str, frozenset[str], Reason | None]] = Counter()
    for expert in pool:
        groups[_kind(expert, reason_of.get(expert.expert_id))] += 1
    found = []
    for slot in case.slots:
        excluded: Counter[Reason | None] = Counter()
        for (region, specialties, reason), count in groups.items():
            excluded[_at(slot, region, specialties, reason)] += count
        stages, left = [], len(pool)
        for reason in Reason:
            left -= excluded[reason]
            stages.append(Stage(reason, excluded[reason], left))
        found.append(Funnel(slot, len(pool), tuple(stages), case.rules.draw_min_candidate_ratio * slot.seats))
    return tuple(found)


def thin(found: Sequence[Funnel]) -> tuple[Funnel, ...]:
    """The slots with too little choice."""
    return tuple(funnel for funnel in found if funnel.is_thin)


def thin_slots(slots: Sequence[Slot], eligible: Sequence[Expert], ratio: int) -> tuple[str, ...]:
    """The slots with fewer than `ratio` eligible experts a seat (draw.min_candidate_ratio), by id."""
    kinds = Counter((expert.region, expert.specialties) for expert in eligible)
    found = []
    for slot in slots:
        fit = sum(
            count
            for (region, specialties), count in kinds.items()
            if region == slot.region and slot.requirement.is_met_by(specialties)
        )
        if fit < ratio * slot.seats:
            found.append(slot.slot_id)
    return tuple(found)


def _kind(expert: Expert, reason: Reason | None) -> tuple[str, frozenset[str], Reason | None]:
    return expert.region, expert.specialties, reason


def _at(slot: Slot, region: str, specialties: frozenset[str], reason: Reason | None) -> Reason | None:
    """Why someone is not to be had for this slot: who fits another slot of the draw may not fit this one."""
    if reason in STANDING:
        return reason
    if region != slot.region:
        return Reason.OTHER_REGION
    if not slot.requirement.is_met_by(specialties):
        return Reason.OTHER_SPECIALTY
    return reason
