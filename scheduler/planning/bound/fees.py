"""What a start costs beside its price: the fees of the rooms it takes, and its guests (docs/planning.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SCALE = 1_000
"""Fees are counted in thousandths of the cost's unit, as integers: the same on every machine."""
NEVER = 1 << 50
"""The charge of a start that no plan has: more than any sum of prices."""


@dataclass(frozen=True, slots=True)
class Fees:
    """For each task, the least that rooms and guests cost at each start; nothing where nothing is charged."""

    charges: Mapping[int, tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    """For each task: a slot, and what starts from it on are charged."""
    floor: Mapping[int, int] = field(default_factory=dict)
    """For each task: what any other start is charged at least."""
    credit: int = 0
    """What a bound with these fees has to give back: the fees of all free rooms, less what supports cost."""
    scale: int = 1
    """How many units of fee are one of cost."""
    prize: int = 0
    """How much less than its price leaving a project out is charged; charges of splits have it taken off."""

    def of(self, nth: int, slot: int) -> int:
        """What the task is charged when it starts at the slot."""
        known = self.charges.get(nth)
        if known is None:
            return 0
        first, charges = known
        return charges[slot - first] if 0 <= slot - first < len(charges) else self.floor[nth]


NO_FEES = Fees()
