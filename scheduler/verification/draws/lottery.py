"""The verifier's view of the lottery: that it is valid, and by its cuts that none is fairer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scheduler.verification.draws.parts import check, fraction, whole

MOST_CELLS = 2_000
MOST_SLOTS = 62
LEVELS = ("group", "employer", "department")


@dataclass(frozen=True, slots=True)
class Seats:
    """A slot: its id, and from how many to how many seats it has."""

    slot_id: str
    least: int
    most: int


class Lottery:
    """The lottery of a certificate; bodies, cells and slots go by their numbers."""

    def __init__(self, commitment: Mapping[str, Any]) -> None:
        self.slots = [
            Seats(slot["slot_id"], whole(slot["seats"]), whole(slot["most"])) for slot in commitment["slots"]
        ]
        self.seats = whole(commitment["seats"])
        self.caps = [
            None if commitment["caps"][level] is None else whole(commitment["caps"][level])
            for level in LEVELS
        ]
        stated = commitment["lottery"]
        self.stated: Sequence[Mapping[str, Any]] = stated["levels"]
        small = max(len(stated[name]) for name in ("bodies", "cells", "levels")) <= MOST_CELLS
        check(small and len(stated["spread"]) <= MOST_CELLS * MOST_SLOTS, "the lottery is too large")
        self.bodies = [
            (LEVELS.index(body["level"]), whole(body["cap"]), whole(body["within"]) if body["within"] else None)
            for body in stated["bodies"]
        ]  # fmt: skip
        self.reach = [tuple(whole(slot) for slot in cell["slots"]) for cell in stated["cells"]]
        self.body = [whole(cell["body"]) if cell["body"] else None for cell in stated["cells"]]
        self.sizes = [whole(cell["members"]) for cell in stated["cells"]]
        self.spread = [(whole(cell), whole(slot), fraction(load)) for cell, slot, load in stated["spread"]]
        self.chances: list[Fraction] = []

    def slots_hold_the_seats(self) -> None:
        """Every slot has seats, and together they can hold just as many as are drawn."""
        check(0 < len(self.slots) <= MOST_SLOTS, f"a draw has 1 to {MOST_SLOTS} slots")
        check(all(1 <= slot.most >= slot.least for slot in self.slots), "a slot has no seats")
        check(len({slot.slot_id for slot in self.slots}) == len(self.slots), "a slot is named twice")
        least, most = sum(slot.least for slot in self.slots), sum(slot.most for slot in self.slots)
        check(least <= self.seats <= most and self.seats > 0, "the slots do not hold the seats drawn")
        check(
            self.caps[1] is not None and all(cap is None or cap >= 1 for cap in self.caps),
            "a cap is below one",
        )

    def is_valid(self, eligible: int) -> None:
        """Chances lie between 0 and 1, spread over slots that each cell may fill, and keep every cap."""
        for number, (level, _, within) in enumerate(self.bodies):
            check(self.caps[level] is not None, "a body has no cap")
            nested = within is None or (within < number and self.bodies[within][0] < level)
            check(nested, "bodies are not nested")
        count = range(len(self.reach))
        check(
            all(own and list(own) == sorted(set(own)) and own[-1] < len(self.slots) for own in self.reach),
            "a cell reaches an unknown slot",
        )
        check(
            all(body is None or body < len(self.bodies) for body in self.body), "a cell is of an unknown body"
        )
        once = len(set(zip(self.reach, self.body, strict=True))) == len(self.reach) and 0 not in self.sizes
        check(once, "a cell is empty or comes twice")
        check(sum(self.sizes) == eligible, "the cells do not hold all who are eligible")
        chances: dict[int, Fraction] = {}
        for stated in self.stated:
            for cell in map(whole, stated["cells"]):
                check(cell in count and cell not in chances, "a cell has two chances")
                chances[cell] = fraction(stated["chance"])
        check(len(chances) == len(count), "a cell has no chance")
        self.chances = [chances[cell] for cell in count]
        check(all(chance <= 1 for chance in self.chances), "a chance is above 1")
        check(len({entry[:2] for entry in self.spread}) == len(self.spread), "a load is stated twice")
        loads: defaultdict[int, Fraction] = defaultdict(Fraction)
        filled: defaultdict[int, Fraction] = defaultdict(Fraction)
        for cell, slot, load in self.spread:
            check(slot in self.reach[cell], "a cell's load lies on a slot it cannot fill")
            loads[cell] += load
            filled[slot] += load
        for cell in count:
            right = loads[cell] == self.sizes[cell] * self.chances[cell]
            check(right, "a cell's load is not its members times their chance")
        for number, seats in enumerate(self.slots):
            check(seats.least <= filled[number] <= seats.most, "a slot has too few or too many seats")
        check(sum(loads.values()) == self.seats, "not every seat is filled")
        held = [Fraction(0)] * len(self.bodies)
        for cell in count:
            for around in self.around(self.body[cell]):
                held[around] += loads[cell]
        within = all(load <= cap for load, (_, cap, _) in zip(held, self.bodies, strict=True))
        check(within, "a body exceeds its cap")

    def around(self, body: int | None) -> list[int]:
        """The body and those around it."""
        chain = []
        while body is not None:
            chain.append(body)
            body = self.bodies[body][2]
        return chain

    def is_optimal(self) -> None:
        """Each level's cut is tight with the earlier cells as fixed and all others at the level's chance.

        In a lottery no worse than this one for the least likely the earlier cells have the same chances and all
        others at least this one; the tight cut then leaves the level's cells nothing more. So by induction no
        lottery is better (leximin).
        """
        fixed: set[int] = set()
        last = Fraction(0)
        for level in self.stated:
            chance, cells = fraction(level["chance"]), {whole(cell) for cell in level["cells"]}
            check(bool(cells) and chance >= last, "the levels do not rise")
            last = chance
            proven = chance == 1 if level["cut"] is None else self._proves(level["cut"], chance, cells, fixed)
            check(proven, f"the cut at chance {chance} does not prove that the least likely cannot have more")
            fixed |= cells

    def _proves(self, cut: Mapping[str, Any], chance: Fraction, cells: set[int], fixed: set[int]) -> bool:
        """Just as much must flow into the cut as can leave it, and the level's cells flow into it."""
        inside = {whole(cell) for cell in cut["cells"]}
        bodies = {whole(body) for body in cut["bodies"]}
        slots = {whole(slot) for slot in cut["slots"]}
        check(cut["total"] in (True, False) and cut["ground"] in (True, False), "a cut is malformed")

        def holds(body: int | None) -> bool:
            return cut["ground"] is True if body is None else body in bodies

        into, out, entering = Fraction(0), Fraction(0), set()
        for body, (_, cap, within) in enumerate(self.bodies):
            if holds(within) and body not in bodies:
                out += cap
        for cell, size in enumerate(self.sizes):
            known, around = cell in fixed, holds(self.body[cell])
            if cell in inside:
                if not slots.issuperset(self.reach[cell]):
                    return False
                if not around:
                    into += size * (self.chances[cell] if known else chance)
                    entering.add(cell)
            elif around:
                out += size * (self.chances[cell] if known else 1)
        for number, slot in enumerate(self.slots):
            if number in slots and not cut["total"]:
                out += slot.most
            elif number not in slots and cut["total"]:
                into += slot.least
        if cut["total"] and not cut["ground"]:
            out += self.seats
        elif cut["ground"] and not cut["total"]:
            into += self.seats
        return into == out and cells <= entering - fixed
