"""A stream of choices that is the same on every machine for the same seed and name."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Numbers from BLAKE2b in counter mode; good enough for made-up data, never used for a draw."""

    def __init__(self, seed: int, name: str) -> None:
        self._words = _words(f"{seed}/{name}".encode())

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1; the bias of the modulus is below 2⁻³²."""
        return next(self._words) % limit

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items in random order."""
        left = list(items)
        for nth in range(count):
            other = nth + self.below(len(left) - nth)
            left[nth], left[other] = left[other], left[nth]
        return left[:count]

    def weighted(self, weights: Sequence[int]) -> int:
        """An index, with chances in proportion to the weights."""
        at = self.below(sum(weights))
        for index, weight in enumerate(weights):
            if at < weight:
                return index
            at -= weight
        raise AssertionError("weights sum to more than their total")


def _words(name: bytes) -> Iterator[int]:
    counter = 0
    while True:
        block = hashlib.blake2b(name + counter.to_bytes(8, "big")).digest()
        yield from (int.from_bytes(block[at : at + 8], "big") for at in range(0, 64, 8))
        counter += 1
