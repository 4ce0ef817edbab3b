"""The smallest relaxations (最小放宽) that make a draw possible, each proven by solving the relaxed draw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scheduler.bodies import LEVELS
from scheduler.draw.explain.case import DrawCase, Shortage
from scheduler.draw.explain.steps import Given, Kind, Relaxable
from scheduler.eligibility import Reason
from scheduler.people import Expert, Pool
from scheduler.slots import Slot

MOST_SOLVES = 200
"""The search stops after so many lotteries, and says so."""

MOST_OFFERS = 12
"""Offers of one kind beyond these, the next in rank, are left out."""


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One thing given up: its kind, what it is about (a slot, a ground, a cap, a guest venue), and how far it goes."""

    kind: Kind
    subject: str
    size: int
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Steps after which a panel exists, and how many more experts could then be drawn."""

    steps: tuple[Step, ...]
    admitted: int

    @property
    def size(self) -> int:
        """How many single steps it takes."""
        return sum(step.size for step in self.steps)

    @property
    def rank(self) -> tuple[int, list[int], int, tuple[Step, ...]]:
        """Few steps first; of as many, those that touch no rule first; then those that admit fewer people."""
        order = list(Kind)
        return self.size, sorted(order.index(step.kind) for step in self.steps), self.admitted, self.steps


class Search:
    """Looks for relaxations of one draw that has no panel; `complete` tells whether it looked everywhere."""

    def __init__(self, case: DrawCase, eligible: Sequence[Expert], cut: Shortage) -> None:
        self.case, self.cut, self.eligible = case, cut, len(eligible)
        self.relaxable = Relaxable(case)
        self.complete = True
        self._left = MOST_SOLVES

    def relaxations(self, elsewhere: Sequence[tuple[str, str]]) -> tuple[Relaxation, ...]:
        """The smallest of every kind; if no kind alone suffices, the smallest mixtures."""
        found = [
            *self._of(frozenset((Kind.WAIT,))),
            *self._of(frozenset((Kind.WIDEN,))),
            *self._guests(elsewhere),
            *self._of(frozenset((Kind.RAISE_CAP,))),
        ]
        if not found:
            found = self._of(frozenset((Kind.WAIT, Kind.WIDEN, Kind.RAISE_CAP)))
        return tuple(sorted(found, key=lambda one: one.rank))

    def _of(self, kinds: frozenset[Kind]) -> list[Relaxation]:
        offers = [self._relaxation(given) for given in self._smallest(kinds)]
        return sorted(offers, key=lambda one: one.rank)[:MOST_OFFERS]

    def _smallest(self, kinds: frozenset[Kind]) -> list[Given]:
        """All that need fewest steps: level by level from the draw as it is, along its cuts.

        More given never makes a possible draw impossible, and a cut is mended by no step that leaves it as it is;
        so every smallest relaxation is met.
        """
        furthest = self.relaxable.furthest(kinds)
        if furthest == self.relaxable.start or self._shortage(furthest) is not None:
            return []
        level = {self.relaxable.start: self.cut}
        while level:
            further: dict[Given, Shortage] = {}
            found: list[Given] = []
            seen: set[Given] = set()
            for given, cut in level.items():
                for after in self.relaxable.next(given, kinds, cut):
                    if after in seen:
                        continue
                    seen.add(after)
                    if self._left == 0:
                        self.complete = False
                        return found
                    missing = self._shortage(after)
                    if missing is None:
                        found.append(after)
                    else:
                        further[after] = missing
            if found:
                return found
            level = further
        return []

    def _shortage(self, given: Given) -> Shortage | None:
        self._left = max(0, self._left - 1)
        return self.relaxable.shortage(given)

    def _relaxation(self, given: Given) -> Relaxation:
        steps = (*self._waits(given), *self._widenings(given), *self._raises(given))
        return Relaxation(steps, len(self.relaxable.eligible(given)) - self.eligible)

    def _waits(self, given: Given) -> Iterator[Step]:
        for reason in Reason:
            if reason in given.waited:
                without = replace(given, waited=given.waited - {reason})
                blocked = len(self.relaxable.eligible(given)) - len(self.relaxable.eligible(without))
                yield Step(Kind.WAIT, reason.value, 1, (("reason", reason.value), ("blocked", str(blocked))))

    def _widenings(self, given: Given) -> Iterator[Step]:
        for slot, levels, level in zip(self.case.slots, self.relaxable.levels, given.widened, strict=True):
            if level:
                digits, allowed = levels[level - 1]
                facts = {
                    "slot": slot.slot_id,
                    "asked": ", ".join(sorted(slot.requirement.codes)),
                    "allowed": ", ".join(sorted(allowed.codes)),
                    "level": str(level),
                    "digits": str(digits),
                }
                yield Step(Kind.WIDEN, slot.slot_id, level, tuple(facts.items()))

    def _raises(self, given: Given) -> Iterator[Step]:
        for nth, (level, by) in enumerate(zip(LEVELS, given.raised, strict=True)):
            if by:
                cap = self.case.caps.at(nth) or 0
                facts = (("level", level), ("cap", str(cap)), ("raised", str(cap + by)))
                yield Step(Kind.RAISE_CAP, level, by, facts)

    def _guests(self, elsewhere: Sequence[tuple[str, str]]) -> list[Relaxation]:
        """One guest venue replaced by one in another region, the nearest regions first."""
        found: list[Relaxation] = []
        taken = {slot.region for slot in self.case.slots}
        short = {self.case.slots[nth].venue_id for nth in self.cut.slots} - {self.case.project.home}
        venues: dict[str, list[str]] = {}
        for venue_id, region in elsewhere:
            if region not in taken:
                venues.setdefault(region, []).append(venue_id)
        people: dict[str, list[Expert]] = {region: [] for region in (*venues, *taken)}
        for expert in self.case.pool:
            if expert.region in people:
                people[expert.region].append(expert)
        for guest in sorted(short):
            old = next(slot.region for slot in self.case.slots if slot.venue_id == guest)
            offers: list[Relaxation] = []
            for region in sorted(venues, key=lambda region: (-_common(old, region), region)):
                if len(offers) == MOST_OFFERS:
                    break
                if offer := self._guest(guest, region, sorted(venues[region]), people):
                    offers.append(offer)
            found += offers
        return found

    def _guest(
        self, guest: str, region: str, venues: list[str], people: dict[str, list[Expert]]
    ) -> Relaxation | None:
        case = self.case
        slots = tuple(replace(slot, region=region) if slot.venue_id == guest else slot for slot in case.slots)
        moved = [slot for slot in slots if slot.venue_id == guest]
        if not all(_enough(slot, people[region]) for slot in moved):
            return None
        near = {slot.region for slot in slots}
        experts = [expert for place in near for expert in people[place]]
        moved_case = replace(case, pool=Pool.of(experts), slots=slots)
        eligible = moved_case.screened().eligible
        if self._left == 0:
            self.complete = False
            return None
        self._left -= 1
        if moved_case.shortage(eligible) is not None:
            return None
        facts = (("venue", guest), ("region", region), ("venues", ", ".join(venues)))
        admitted = sum(expert.region == region for expert in eligible)
        return Relaxation((Step(Kind.OTHER_GUEST, guest, 1, facts),), admitted)


def _enough(slot: Slot, people: Sequence[Expert]) -> bool:
    """Whether anybody need be screened: at least as many know the subject there as there are seats."""
    return sum(slot.requirement.is_met_by(expert.specialties) for expert in people) >= slot.seats


def _common(one: str, other: str) -> int:
    """How many leading digits two regions share: 4 in one prefecture, 2 in one province."""
    return next((nth for nth, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
