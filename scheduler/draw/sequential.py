"""List by list (逐专业抽取), for places whose rule says so: chances are unequal, and are shown next to the equal ones.

Slots are drawn in their order, each from the list of those who can fill it: one is taken off the list at random,
and seated unless already seated, of a full body, or at odds with a member. A list that ends before its slot is
filled is a dead end.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from scheduler.bodies import Caps
from scheduler.draw.census import Census
from scheduler.draw.stream import Stream
from scheduler.slots import Slot

RUNS = 1_000
"""How many rehearsals the chances are estimated from."""


class ByList:
    """The lists of one draw, ready to be drawn from as often as there are seeds."""

    def __init__(
        self, slots: Sequence[Slot], census: Census, caps: Caps, apart: Sequence[tuple[int, int]]
    ) -> None:
        self.slots, self.caps = slots, caps
        self.chains = [caps.chain(path) for path in census.paths]
        self.path_of = census.path_of.tolist()
        fits = [set(census.types[kind]) for kind in census.type_of.tolist()]
        self.lists = [[nth for nth, own in enumerate(fits) if slot in own] for slot in range(len(slots))]
        self.odds: dict[int, set[int]] = {}
        for one, other in apart:
            self.odds.setdefault(one, set()).add(other)
            self.odds.setdefault(other, set()).add(one)

    def draw(self, seed: bytes) -> list[tuple[int, int]] | None:
        """The panel that the seed gives, as (slot, number of the expert); None at a dead end."""
        stream, panel, full = Stream(seed), dict[int, int](), Counter[tuple[str, ...]]()
        for number, slot in enumerate(self.slots):
            left, seats = list(self.lists[number]), slot.seats
            while seats:
                if not left:
                    return None
                nth = left.pop(stream.below(len(left)))
                chain = self.chains[self.path_of[nth]]
                if nth in panel or self.odds.get(nth, set()) & panel.keys():
                    continue
                if all(full[body] < self.caps.of(body) for body in chain):
                    panel[nth] = number
                    full.update(chain)
                    seats -= 1
        return sorted((number, nth) for nth, number in panel.items())

    def estimate(self, seed: bytes, cell_of: Sequence[int], sizes: Sequence[int]) -> list[Fraction]:
        """Each cell's chance per member, as the mean of rehearsals from this seed that met no dead end."""
        seen, drawn = Counter[int](), 0
        for run in range(RUNS):
            panel = self.draw(hashlib.sha256(b"yidi/estimate/1\0" + seed + run.to_bytes(8, "big")).digest())
            if panel is not None:
                drawn += 1
                seen.update(cell_of[nth] for _, nth in panel)
        return [Fraction(seen[cell], max(drawn, 1) * size) for cell, size in enumerate(sizes)]
