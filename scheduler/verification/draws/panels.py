"""The verifier's view of a lottery over panels by pattern: valid, with the stated chances, its prices a proof."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from scheduler.verification.draws.lottery import Lottery
from scheduler.verification.draws.parts import Numbers, check, fraction, whole
from scheduler.verification.draws.replay import Path, Person

MOST_STEPS = 200_000
"""How many beginnings of panels are tried to see whether any is worth more than the listed ones."""

Pairs = Sequence[Sequence[str]]


class Panels:
    """A lottery over patterns; atoms go by their numbers."""

    def __init__(
        self,
        stated: Mapping[str, Any],
        lottery: Lottery,
        people: Sequence[Person],
        room: Mapping[Path, int],
        pairs: Pairs,
    ) -> None:
        self.lottery, self.room = lottery, room
        known = {person.expert_id: person for person in people}
        self.atoms: list[list[str]] = [list(atom) for atom in stated["atoms"]]
        members = [one for atom in self.atoms for one in atom]
        check(sorted(members) == sorted(known), "the atoms are not all eligible experts, each once")
        self.quotas = [
            (
                set(quota["experts"]),
                whole(quota["least"]),
                None if quota["most"] is None else whole(quota["most"]),
            )
            for quota in stated["quotas"]
        ]
        self.sizes = [len(atom) for atom in self.atoms]
        size_of = Counter(body for person in people for body in person.chain)
        told_apart = {one for pair in pairs for one in pair}
        self.kinds = []
        for atom in self.atoms:
            kinds = {self._kind(known[one], size_of) for one in atom}
            alike = len(kinds) == 1 and (len(atom) == 1 or told_apart.isdisjoint(atom))
            check(alike, "an atom holds experts whom a constraint tells apart")
            self.kinds.append(kinds.pop())
        atom_of = {one: number for number, atom in enumerate(self.atoms) for one in atom}
        self.pairs = [(atom_of[one], atom_of[other]) for one, other in pairs]
        self.listed = [
            (
                [(whole(atom), whole(slot), whole(count)) for atom, slot, count in one["seats"]],
                fraction(one["weight"]),
            )
            for one in stated["patterns"]
        ]
        self.levels: Sequence[Mapping[str, Any]] = stated["levels"]
        self.chances = [Fraction(0)] * len(self.atoms)

    def _kind(self, person: Person, size_of: Mapping[Path, int]) -> tuple[Any, ...]:
        """What tells the person from others: slots, bodies that could be too full, quotas."""
        bodies = tuple(body for body in person.chain if size_of[body] > self.room[body])
        quotas = tuple(n for n, (experts, _, _) in enumerate(self.quotas) if person.expert_id in experts)
        return (self.lottery.reach[person.cell], bodies, quotas)

    def are_valid(self) -> None:
        """Each pattern is a whole, valid panel; the weights sum to one and give the chances."""
        check(sum(weight for _, weight in self.listed) == 1, "the weights of the panels do not sum to one")
        for pattern, weight in self.listed:
            check(weight > 0 and pattern == sorted(pattern), "a pattern is out of order")
            check(len({part[:2] for part in pattern}) == len(pattern), "a pattern names a seat twice")
            counts = self._counts(pattern)
            filled: Counter[int] = Counter()
            for atom, slot, count in pattern:
                check(
                    slot in self.kinds[atom][0] and count > 0,
                    "a pattern seats someone who cannot fill the slot",
                )
                filled[slot] += count
            slots = enumerate(self.lottery.slots)
            right = all(slot.least <= filled[number] <= slot.most for number, slot in slots)
            check(right and sum(filled.values()) == self.lottery.seats, "a pattern does not fill the seats")
            check(self._holds(counts, whole_panel=True), "a pattern breaks a cap, a quota or a conflict")
            for atom, count in counts.items():
                self.chances[atom] += weight * count / self.sizes[atom]

    def _counts(self, pattern: Sequence[tuple[int, int, int]]) -> Counter[int]:
        counts: Counter[int] = Counter()
        for atom, _, count in pattern:
            counts[atom] += count
        return counts

    def _holds(self, counts: Mapping[int, int], *, whole_panel: bool) -> bool:
        bodies: Counter[Path] = Counter()
        quotas: Counter[int] = Counter()
        for atom, count in counts.items():
            if count > self.sizes[atom]:
                return False
            for body in self.kinds[atom][1]:
                bodies[body] += count
            for number in self.kinds[atom][2]:
                quotas[number] += count
        if any(count > self.room[body] for body, count in bodies.items()):
            return False
        for number, (_, least, most) in enumerate(self.quotas):
            if (whole_panel and quotas[number] < least) or (most is not None and quotas[number] > most):
                return False
        return not any(counts.get(one) and counts.get(other) for one, other in self.pairs)

    def are_optimal(self) -> str | None:
        """Each level's prices prove its chance: no panel is worth more than the lottery's panels are.

        Of the listed panels that is checked here; of all others too, as far as they can be tried one by one.
        """
        fixed: set[int] = set()
        last, tried = Fraction(0), True
        for level in self.levels:
            chance, most = fraction(level["chance"]), fraction(level["most"])
            own = {whole(atom) for atom in level["atoms"]}
            prices = [_signed(price) for price in level["prices"]]
            check(
                len(prices) == len(self.atoms) and bool(own) and own.isdisjoint(fixed), "a level is malformed"
            )
            check(
                chance >= last and all(self.chances[atom] == chance for atom in own), "the levels do not rise"
            )
            last = chance
            opened = [atom for atom in range(len(self.atoms)) if atom not in fixed]
            positive = all(prices[atom] >= 0 for atom in opened) and all(prices[atom] > 0 for atom in own)
            weighed = sum(prices[atom] * self.sizes[atom] for atom in opened) == 1
            check(positive and weighed, "the prices prove nothing")
            worth = chance + sum(prices[atom] * self.sizes[atom] * self.chances[atom] for atom in fixed)
            check(worth == most, "the prices do not reach the level's chance")
            for pattern, _ in self.listed:
                value = sum(prices[atom] * count for atom, _, count in pattern)
                check(value <= most, "a listed panel is worth more than stated")
            tried = self._none_is_worth_more(prices, most) and tried
            fixed |= own
        check(len(fixed) == len(self.atoms), "an atom has no level")
        return None if tried else "that no other panel is worth more rests on the drawer's solver"

    def _none_is_worth_more(self, prices: Sequence[Fraction], most: Fraction) -> bool:
        """True if all panels could be tried and none is worth more; fails if one is."""
        order = sorted(range(len(self.atoms)), key=lambda atom: -prices[atom])
        steps = MOST_STEPS

        def worth_more(at: int, left: int, value: Fraction, counts: dict[int, int]) -> bool:
            nonlocal steps
            steps -= 1
            if left == 0:
                return value > most and self._holds(counts, whole_panel=True) and self._can_sit(counts)
            if steps < 0 or at == len(order) or value + left * prices[order[at]] <= most:
                return False
            atom = order[at]
            for count in range(min(left, self.sizes[atom]), -1, -1):
                more = {**counts, atom: count} if count else counts
                if count and not self._holds(more, whole_panel=False):
                    continue
                if worth_more(at + 1, left - count, value + count * prices[atom], more):
                    return True
            return False

        found = worth_more(0, self.lottery.seats, Fraction(0), {})
        check(not found, "a panel that was not listed would have raised the least chances")
        return steps >= 0

    def _can_sit(self, counts: Mapping[int, int]) -> bool:
        """Whether so many of each atom can be seated: every set of slots has room for those who reach only it."""
        slots = range(len(self.lottery.slots))
        for mask in range(1, 1 << len(slots)) if len(slots) <= 12 else ():
            inside = {slot for slot in slots if mask >> slot & 1}
            only = sum(n for atom, n in counts.items() if inside.issuperset(self.kinds[atom][0]))
            reach = sum(n for atom, n in counts.items() if not inside.isdisjoint(self.kinds[atom][0]))
            most = sum(self.lottery.slots[slot].most for slot in inside)
            least = sum(self.lottery.slots[slot].least for slot in inside)
            if only > most or reach < least:
                return False
        return len(slots) <= 12

    def panel(self, seed: bytes) -> list[tuple[int, str]]:
        """The panel that the seed gives, as (slot, expert)."""
        numbers = Numbers(seed)
        scale = lcm(*(weight.denominator for _, weight in self.listed))
        at, chosen = numbers.below(scale), self.listed[0][0]
        for pattern, weight in self.listed:
            chosen = pattern
            at -= int(weight * scale)
            if at < 0:
                break
        left = {atom: list(self.atoms[atom]) for atom, _, _ in chosen}
        drawn = [
            (slot, left[atom].pop(numbers.below(len(left[atom]))))
            for atom, slot, count in chosen
            for _ in range(count)
        ]
        return sorted(drawn, key=lambda seat: (seat[0], seat[1].encode()))


def _signed(text: Any) -> Fraction:
    """A fraction that may be negative."""
    negative = isinstance(text, str) and text.startswith("-")
    value = fraction(text[1:] if negative else text)
    check(not (negative and value == 0), "a fraction is not in lowest terms")
    return -value if negative else value
