"""Declared conflicts between experts (相互利害关系) who might be drawn together.

A pair that must not sit together is no flow: the lottery does not know it. A panel with such a pair is therefore
not taken, and the draw goes on from the next seed of the same chain until there is none. The chances of the
certificate then hold up to the probability of that happening, for which it states a bound.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from scheduler.errors import SchedulerError
from scheduler.people import Expert

Pair = tuple[str, str]
MOST_ATTEMPTS = 1_000


class ConflictsUnresolved(SchedulerError):
    """No panel without a conflicting pair came up in `MOST_ATTEMPTS` attempts: there may be none."""

    code = "conflicts_unresolved"

    def __init__(self, pairs: int, attempts: int) -> None:
        super().__init__(pairs, attempts)
        self.pairs, self.attempts = pairs, attempts

    @property
    def facts(self) -> dict[str, str]:
        return {"pairs": str(self.pairs), "attempts": str(self.attempts)}

    def __str__(self) -> str:
        return f"{self.pairs} conflicting pairs leave no panel in {self.attempts} attempts"


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


def most_shift(pairs: Sequence[Pair], chances: Mapping[str, Fraction]) -> Fraction:
    """By how much conflicts can move anyone's chance: the probability that some pair comes up, bounded.

    |P(A | no pair) - P(A)| ≤ P(some pair) ≤ Σ min(chance of one, chance of the other).
    """
    together = sum((min(chances[one], chances[other]) for one, other in pairs), Fraction(0))
    return min(together, Fraction(1))


def clash(pairs: Sequence[Pair], panel: Collection[str]) -> bool:
    """Whether some pair is on the panel."""
    return any(one in panel and other in panel for one, other in pairs)


def next_seed(seed: bytes) -> bytes:
    """The seed of the next attempt."""
    return hashlib.sha256(b"yidi/again/1\0" + seed).digest()
