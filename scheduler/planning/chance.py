"""Recorded chance: the same seed gives the same numbers on every machine and in every version."""

import hashlib
from collections.abc import Sequence

import numpy as np

MASK = (1 << 64) - 1
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


class Chance:
    """SplitMix64 (Steele, Lea, Flood 2014): a short, public generator for search and ties, never for draws."""

    def __init__(self, seed: int) -> None:
        self._state = seed & MASK

    def bits(self) -> int:
        """The next 64 bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * FIRST) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * SECOND) & MASK
        return mixed ^ (mixed >> 31)

    def below(self, limit: int) -> int:
        """A number from 0 up to, not including, `limit`; biased by less than limit / 2^64."""
        return (self.bits() * limit) >> 64

    def share(self) -> float:
        """A number from 0 up to, not including, 1."""
        return (self.bits() >> 11) / (1 << 53)

    def shuffle(self, items: list[int]) -> None:
        """Put the items into random order, in place (Fisher–Yates)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]


def ticket(seed: int, name: str) -> int:
    """A number for the name under the seed."""
    return int.from_bytes(hashlib.blake2b(f"{seed}\x1f{name}".encode(), digest_size=8).digest())


def tie(one: int, other: int) -> int:
    """A number for a pair of tickets, by which equals are ordered at random: 64 bits, well mixed."""
    mixed = ((one ^ (other >> 1)) * FIRST) & MASK
    return ((mixed ^ (mixed >> 29)) * SECOND) & MASK


def ties(one: int, others: Sequence[int]) -> list[int]:
    """The `tie` of one ticket and each of the others, at once."""
    mixed = (np.array(others, dtype=np.uint64) >> np.uint64(1) ^ np.uint64(one)) * np.uint64(FIRST)
    numbers: list[int] = ((mixed ^ mixed >> np.uint64(29)) * np.uint64(SECOND)).tolist()
    return numbers
