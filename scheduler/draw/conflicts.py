"""Declared conflicts between experts (相互利害关系) who might be drawn together.

A pair that must not sit together is no flow: the lottery does not know it. But the sampling puts bodies into bins
of which at most one member is ever drawn: where the bodies of a pair share a bin, the pair never meets and every
chance stays exact. Only where they are too heavy for that, in thin pools, is the pair *loose*: a panel with a loose
pair is passed over, and the draw goes on from the next seed of the same chain. The chances of the certificate then
hold up to the probability of that happening, for which it states a bound.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from fractions import Fraction

from scheduler.errors import SchedulerError
from scheduler.people import Expert

Pair = tuple[str, str]
MOST_ATTEMPTS = 1_000


class PanelsPassedOver(SchedulerError):
    """No panel that may be taken came up in `attempts` attempts: there may be none.

    Panels are passed over for a conflicting pair, for leaving another draw of the batch without experts, or at the
    dead end of a draw list by list.
    """

    code = "panels_passed_over"

    def __init__(self, conflicts: int, stranding: int, attempts: int) -> None:
        super().__init__(conflicts, stranding, attempts)
        self.conflicts, self.stranding, self.attempts = conflicts, stranding, attempts

    @property
    def facts(self) -> dict[str, str]:
        return {
            "conflicts": str(self.conflicts),
            "stranding": str(self.stranding),
            "attempts": str(self.attempts),
        }

    def __str__(self) -> str:
        return (
            f"none of {self.attempts} panels could be taken: {self.conflicts} pairs must not sit together, "
            f"{self.stranding} panels would have left another project without experts"
        )


def pairs_of(eligible: Sequence[Expert]) -> tuple[Pair, ...]:
    """The pairs of eligible experts of whom either has declared a conflict with the other, in order."""
    ids = {expert.expert_id for expert in eligible}
    found = {
        (expert.expert_id, other) if expert.expert_id.encode() < other.encode() else (other, expert.expert_id)
        for expert in eligible
        for other in expert.conflicts & ids
        if other != expert.expert_id
    }
    return tuple(sorted(found, key=lambda pair: (pair[0].encode(), pair[1].encode())))


def most_shift(pairs: Sequence[Pair], chance: Callable[[str], Fraction]) -> Fraction:
    """By how much conflicts can move anyone's chance: the probability that some pair comes up, bounded.

    |P(A | no pair) - P(A)| ≤ P(some pair) ≤ Σ min(chance of one, chance of the other).
    """
    together = sum((min(chance(one), chance(other)) for one, other in pairs), Fraction(0))
    return min(together, Fraction(1))


def clash(pairs: Sequence[Pair], panel: Collection[str]) -> bool:
    """Whether some pair is on the panel."""
    return any(one in panel and other in panel for one, other in pairs)


def next_seed(seed: bytes) -> bytes:
    """The seed of the next attempt."""
    return hashlib.sha256(b"yidi/again/1\0" + seed).digest()
