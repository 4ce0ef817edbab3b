"""Panels by pattern: the lottery where constraints are no flow (loose conflicts, panel-wide minima, crossing caps).

Eligible experts whom no constraint tells apart are an *atom*; a *pattern* says how many of each atom sit in each
slot. The leximin lottery over patterns is found by column generation: a linear program over the patterns known so
far, solved in exact fractions, whose dual prices tell CP-SAT which pattern would help most (Gilmore & Gomory 1961).
At the optimum the prices are the proof: no valid panel is worth more than the lottery's. Atoms with a price cannot
have more, so they are fixed and the next level is raised.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from ortools.sat.python import cp_model

from scheduler.bodies import Body, Caps
from scheduler.draw.census import Census
from scheduler.draw.order import PanelQuota
from scheduler.draw.simplex import Master
from scheduler.draw.stream import Stream
from scheduler.errors import SchedulerError
from scheduler.slots import Slot

MOST_ATOMS = 48
"""More kinds of experts than this are for the flow alone: exact fractions would take too long."""

MOST_WORTH = 2**52
"""CP-SAT adds in machine words."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Experts, by number in the census, whom no constraint tells apart."""

    members: tuple[int, ...]
    fits: tuple[int, ...]
    bodies: tuple[Body, ...]
    quotas: tuple[int, ...]


Pattern = tuple[tuple[int, int, int], ...]
"""(atom, slot, how many), in order."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Atoms fixed at one chance, with the price of each atom's seat: no valid panel is worth more than `most`."""

    chance: Fraction
    atoms: tuple[int, ...]
    prices: tuple[Fraction, ...]
    most: Fraction


@dataclass(frozen=True)
class Patterns:
    """A lottery over patterns; chances are per member of each atom."""

    atoms: tuple[Atom, ...]
    listed: tuple[tuple[Pattern, Fraction], ...]
    levels: tuple[Priced, ...]
    chances: tuple[Fraction, ...]

    @cached_property
    def chance_of(self) -> dict[int, Fraction]:
        """The chance of each expert, by number in the census."""
        each = zip(self.atoms, self.chances, strict=True)
        return {nth: chance for atom, chance in each for nth in atom.members}

    def draw(self, seed: bytes) -> list[tuple[int, int]]:
        """The panel that the seed gives, as (slot, number of the expert)."""
        stream = Stream(seed)
        scale = lcm(*(weight.denominator for _, weight in self.listed))
        at = stream.below(scale)
        pattern = self._at(at, scale)
        left = {atom: list(self.atoms[atom].members) for atom, _, _ in pattern}
        return sorted(
            (slot, left[atom].pop(stream.below(len(left[atom]))))
            for atom, slot, count in pattern
            for _ in range(count)
        )

    def _at(self, at: int, scale: int) -> Pattern:
        for pattern, weight in self.listed:
            at -= int(weight * scale)
            if at < 0:
                return pattern
        raise AssertionError("weights sum to one")


class TooManyKinds(SchedulerError):
    """A constraint that is no flow meets a pool too varied to be drawn from with exact equal chances."""

    code = "too_many_kinds"

    def __init__(self, kinds: int, most: int) -> None:
        super().__init__(kinds, most)
        self.kinds, self.most = kinds, most

    @property
    def facts(self) -> dict[str, str]:
        return {"kinds": str(self.kinds), "most": str(self.most)}

    def __str__(self) -> str:
        return f"{self.kinds} kinds of experts, of which at most {self.most} can be drawn under these constraints"


class QuotasUnmet(SchedulerError):
    """No panel meets the quotas and keeps all conflicting pairs apart; the flow alone would have one."""

    code = "quotas_unmet"

    def __init__(self, quotas: str, conflicts: int) -> None:
        super().__init__(quotas, conflicts)
        self.quotas, self.conflicts = quotas, conflicts

    @property
    def facts(self) -> dict[str, str]:
        return {"quotas": self.quotas, "conflicts": str(self.conflicts)}

    def __str__(self) -> str:
        return f"no panel meets the quotas ({self.quotas or 'none'}) and keeps {self.conflicts} pairs apart"


def atoms_of(
    census: Census, caps: Caps, apart: Sequence[tuple[int, int]], quotas: Sequence[PanelQuota]
) -> tuple[Atom, ...]:
    """The eligible experts by kind, in the order of each kind's first; bodies that can never bind do not count."""
    paths, types = census.path_of.tolist(), census.type_of.tolist()
    chains = [caps.chain(path) for path in census.paths]
    sizes = Counter(body for path in paths for body in chains[path])
    told_apart = {nth for pair in apart for nth in pair}
    ids = [census.ids[nth] for nth in range(len(census))]
    found: dict[object, Atom] = {}
    for nth, path in enumerate(paths):
        bodies = tuple(body for body in chains[path] if sizes[body] > caps.of(body))
        own = tuple(number for number, quota in enumerate(quotas) if ids[nth] in quota.experts)
        fits = census.types[types[nth]]
        key = nth if nth in told_apart else (fits, bodies, own)
        known = found.get(key)
        found[key] = Atom((*(known.members if known else ()), nth), fits, bodies, own)
    return tuple(found.values())


def solve_patterns(
    slots: Sequence[Slot],
    seats: int,
    caps: Caps,
    atoms: tuple[Atom, ...],
    apart: Sequence[tuple[int, int]],
    quotas: Sequence[PanelQuota],
) -> Patterns | None:
    """The leximin lottery over patterns; None when no valid panel exists. Raises `TooManyKinds`."""
    if len(atoms) > MOST_ATOMS:
        raise TooManyKinds(len(atoms), MOST_ATOMS)
    pricing = _Pricing(slots, seats, caps, atoms, apart, quotas)
    first = pricing.best([Fraction(0)] * len(atoms))
    if first is None:
        return None
    sizes = [len(atom.members) for atom in atoms]
    master = Master(sizes)
    known: dict[tuple[int, ...], Pattern] = {}

    def add(pattern: Pattern) -> None:
        counts = [0] * len(atoms)
        for atom, _, count in pattern:
            counts[atom] += count
        known.setdefault(tuple(counts), pattern)
        master.add(counts)

    add(first)
    chances: list[Fraction | None] = [None] * len(atoms)
    levels: list[Priced] = []
    while None in chances:
        while True:
            raised, prices, most = master.raise_level()
            pattern = pricing.best(prices)
            assert pattern is not None
            if sum((prices[atom] * count for atom, _, count in pattern), Fraction(0)) <= most:
                break
            add(pattern)
        fixed = tuple(n for n, chance in enumerate(chances) if chance is None and prices[n] > 0)
        levels.append(Priced(raised, fixed, tuple(prices), most))
        for number in fixed:
            chances[number] = raised
        master.fix(fixed)
    listed = tuple((known[counts], weight) for counts, weight in master.weights())
    return Patterns(atoms, listed, tuple(levels), tuple(chance or Fraction(0) for chance in chances))


class _Pricing:
    """The valid patterns as a CP-SAT model; asked again and again for the one worth most."""

    def __init__(
        self,
        slots: Sequence[Slot],
        seats: int,
        caps: Caps,
        atoms: tuple[Atom, ...],
        apart: Sequence[tuple[int, int]],
        quotas: Sequence[PanelQuota],
    ) -> None:
        self.model = cp_model.CpModel()
        self.counts = {
            (number, slot): self.model.new_int_var(0, min(len(atom.members), slots[slot].upmost), "")
            for number, atom in enumerate(atoms)
            for slot in atom.fits
        }
        of_atom = [[self.counts[number, slot] for slot in atom.fits] for number, atom in enumerate(atoms)]
        for atom, own in zip(atoms, of_atom, strict=True):
            self.model.add(sum(own) <= len(atom.members))
        for slot, wanted in enumerate(slots):
            inside = [count for (_, where), count in self.counts.items() if where == slot]
            self.model.add_linear_constraint(sum(inside), wanted.seats, wanted.upmost)
        self.model.add(sum(self.counts.values()) == seats)
        for body in {body for atom in atoms for body in atom.bodies}:
            held = [
                count
                for atom, own in zip(atoms, of_atom, strict=True)
                if body in atom.bodies
                for count in own
            ]
            self.model.add(sum(held) <= caps.of(body))
        for number, quota in enumerate(quotas):
            held = [
                count
                for atom, own in zip(atoms, of_atom, strict=True)
                if number in atom.quotas
                for count in own
            ]
            self.model.add(sum(held) >= quota.least)
            if quota.most is not None:
                self.model.add(sum(held) <= quota.most)
        atom_of = {nth: number for number, atom in enumerate(atoms) for nth in atom.members}
        for one, other in apart:
            self.model.add(sum([*of_atom[atom_of[one]], *of_atom[atom_of[other]]]) <= 1)

    def best(self, prices: Sequence[Fraction]) -> Pattern | None:
        """The pattern worth most at these prices; None if there is no valid panel."""
        scale = lcm(*(price.denominator for price in prices))
        worth = [int(price * scale) for price in prices]
        if sum(map(abs, worth)) * len(prices) > MOST_WORTH:
            raise TooManyKinds(len(prices), MOST_ATOMS)
        self.model.maximize(sum(worth[number] * count for (number, _), count in self.counts.items()))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        if solver.solve(self.model) != cp_model.OPTIMAL:
            return None
        found = ((number, slot, solver.value(count)) for (number, slot), count in sorted(self.counts.items()))
        return tuple((number, slot, count) for number, slot, count in found if count)
