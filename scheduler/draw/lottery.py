"""The lottery: for every eligible expert the exact chance, as equal as the constraints allow (leximin).

Experts of one type, who can fill the same slots, have one chance: they form a *cell*; those of a body whose cap
binds form cells of their own. The cells' loads are a flow through a small network,

    ground → bodies (at most their caps) → cells (at most one seat a member) → slots (least to most) → total → ground

and by total unimodularity every such flow is a lottery over whole panels (Budish, Che, Kojima & Milgrom 2013,
theorem 1: nested bodies are one hierarchy of constraints, slots and their total the other).

The least chance is raised as far as any flow allows; the cells that a tight cut holds there are fixed; and so on.
The greatest λ for which every open cell can have chance λ is found by Newton steps (Dinkelbach 1967): a cut that
is violated at some λ says how far λ must fall to satisfy it, and the last such cut is the proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

import numpy as np

from scheduler.bodies import LEVELS, Body, Caps
from scheduler.draw.census import Census
from scheduler.draw.circulation import circulate
from scheduler.errors import SchedulerError, require
from scheduler.slots import Slot

MOST_SLOTS = 62
"""A type is a bit mask in one machine word."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Experts with one chance: those who can fill just these slots, of one body where a cap binds."""

    slots: tuple[int, ...]
    body: Body = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """A set of nodes of the network into which just as much must flow as can leave it.

    So every open cell that enters it gets no more than the level's chance.
    """

    cells: tuple[Cell, ...]
    bodies: tuple[Body, ...]
    slots: tuple[int, ...]
    total: bool
    ground: bool


@dataclass(frozen=True, slots=True)
class Level:
    """Cells fixed together at one chance, and the cut that proves it; none at chance 1, which nobody exceeds."""

    chance: Fraction
    cells: tuple[Cell, ...]
    cut: Cut | None


@dataclass(frozen=True)
class Lottery:
    """Chances by cell, how each cell's load spreads over slots, and the proof of optimality."""

    slots: tuple[Slot, ...]
    seats: int
    caps: Caps
    bodies: tuple[Body, ...]
    counts: tuple[tuple[Cell, int], ...]
    levels: tuple[Level, ...]
    spread: tuple[tuple[Cell, int, Fraction], ...]
    chances: dict[Cell, Fraction] = field(repr=False)

    def cell_of(self, fits: tuple[int, ...], path: Body) -> Cell:
        """The cell of an expert of this type and path."""
        return Cell(fits, _deepest(self.caps.chain(path), set(self.bodies)))


class NoPanel(SchedulerError):
    """No valid panel exists; the cut says which slots lack experts."""

    code = "no_panel"

    def __init__(self, slots: str, needed: int, available: int) -> None:
        super().__init__(slots, needed, available)
        self.slots, self.needed, self.available = slots, needed, available

    @property
    def facts(self) -> dict[str, str]:
        return {"slots": self.slots, "needed": str(self.needed), "available": str(self.available)}

    def __str__(self) -> str:
        return f"slots {self.slots} need {self.needed} experts; at most {self.available} may sit together"


def solve_lottery(slots: Sequence[Slot], census: Census, caps: Caps, seats: int | None = None) -> Lottery:
    """The leximin lottery for `seats` members in all; when not given, every slot asks for an exact number.

    Raises `NoPanel` when no valid panel exists, and `BadInput` for slots that cannot hold `seats`.
    """
    require(0 < len(slots) <= MOST_SLOTS, "slots", len(slots), f"a draw has 1 to {MOST_SLOTS} slots")
    least, most = sum(slot.seats for slot in slots), sum(slot.upmost for slot in slots)
    wanted = least if seats is None else seats
    require(least <= wanted <= most and wanted > 0, "seats", seats, f"the slots hold {least} to {most}")
    bodies: set[Body] = set()
    while True:
        network = _Network(slots, wanted, caps, tuple(sorted(bodies)), _counts(census, caps, bodies))
        if network.is_short():
            every = set(_large(census, caps))
            raise _Network(slots, wanted, caps, tuple(sorted(every)), _counts(census, caps, every)).shortage()
        levels = network.levels()
        chances = {cell: level.chance for level in levels for cell in level.cells}
        # A relaxed optimum that keeps every cap is the optimum; only bodies over their cap need a node.
        over = _over(census, caps, chances, bodies) - bodies
        if not over:
            break
        bodies |= over
    return Lottery(
        tuple(slots), wanted, caps, network.bodies, network.counts, tuple(levels), network.spread(chances), chances
    )  # fmt: skip


def _deepest(chain: Sequence[Body], bodies: set[Body]) -> Body:
    return next((body for body in reversed(chain) if body in bodies), ())


def _large(census: Census, caps: Caps) -> list[Body]:
    """All bodies with more members than may sit together."""
    _, paths, counts = census.entries
    large = []
    for level in range(len(LEVELS)):
        if caps.at(level) is None:
            continue
        names, body_of = census.level(level)
        members = np.bincount(body_of[paths], weights=counts, minlength=len(names))
        found = zip(names, members.tolist(), strict=True)
        large += [body for body, number in found if body[-1] and number > caps.of(body)]
    return large


def _own(census: Census, caps: Caps, bodies: set[Body]) -> dict[int, Body]:
    """The paths that lead into a body apart, by number, with the smallest such body."""
    if not bodies:
        return {}
    found = ((nth, _deepest(caps.chain(path), bodies)) for nth, path in enumerate(census.paths))
    return {nth: body for nth, body in found if body}


def _counts(census: Census, caps: Caps, bodies: set[Body]) -> tuple[tuple[Cell, int], ...]:
    """How many members each cell has."""
    kinds, paths, counts = census.entries
    own = _own(census, caps, bodies)
    common = ~np.isin(paths, list(own))
    found: dict[Cell, int] = {}
    sums = np.zeros(len(census.types), np.int64)
    np.add.at(sums, kinds[common], counts[common])
    for kind, number in enumerate(sums.tolist()):
        if number:
            found[Cell(census.types[kind])] = number
    columns = (kinds[~common], paths[~common], counts[~common])
    for kind, path, number in zip(*(column.tolist() for column in columns), strict=True):
        cell = Cell(census.types[kind], own[path])
        found[cell] = found.get(cell, 0) + number
    return tuple(sorted(found.items()))


def _over(census: Census, caps: Caps, chances: dict[Cell, Fraction], bodies: set[Body]) -> set[Body]:
    """The bodies whose members' chances sum to more than their cap.

    Floats only pick the few bodies worth an exact look; the verdict is exact.
    """
    kinds, paths, counts = census.entries
    own = _own(census, caps, bodies)
    base = [chances.get(Cell(fits), Fraction(0)) for fits in census.types]
    loads = np.array([float(chance) for chance in base])[kinds]
    apart = {
        int(entry): chances[Cell(census.types[kinds[entry]], own[paths[entry]])]
        for entry in np.flatnonzero(np.isin(paths, list(own)))
    }
    loads[list(apart)] = [float(chance) for chance in apart.values()]
    loads *= counts
    over = set()
    for level, cap in enumerate(map(caps.at, range(len(LEVELS)))):
        if cap is None:
            continue
        names, body_of = census.level(level)
        total = np.bincount(body_of[paths], weights=loads, minlength=len(names))
        room = np.array([caps.of(body) for body in names]) if caps.seated else np.full(len(names), cap)
        for number in np.flatnonzero(total > room * (1 - 1e-9)):
            inside = np.flatnonzero(body_of[paths] == number).tolist()
            load = sum((int(counts[nth]) * apart.get(nth, base[kinds[nth]]) for nth in inside), Fraction(0))
            if names[number][-1] and load > caps.of(names[number]):
                over.add(names[number])
    return over


class _Network:
    """The network of one lottery; node 0 is the ground, node 1 the total, then bodies, cells and slots."""

    def __init__(
        self,
        slots: Sequence[Slot],
        seats: int,
        caps: Caps,
        bodies: tuple[Body, ...],
        counts: tuple[tuple[Cell, int], ...],
    ) -> None:
        self.slots, self.seats, self.caps, self.bodies, self.counts = slots, seats, caps, bodies, counts
        self.first_cell = 2 + len(bodies)
        self.first_slot = self.first_cell + len(counts)
        node_of = {body: 2 + nth for nth, body in enumerate(bodies)}
        inside = {(): 0, **node_of}
        self.edges: list[tuple[int, int]] = []
        self.edges += [(inside[self._around(body)], node_of[body]) for body in bodies]
        self.cell_edge = len(self.edges)
        self.edges += [(inside[cell.body], self.first_cell + nth) for nth, (cell, _) in enumerate(counts)]
        self.reach_edge = len(self.edges)
        self.edges += [
            (self.first_cell + nth, self.first_slot + slot)
            for nth, (cell, _) in enumerate(counts)
            for slot in cell.slots
        ]
        self.slot_edge = len(self.edges)
        self.edges += [(self.first_slot + slot, 1) for slot in range(len(slots))]
        self.edges.append((1, 0))

    def _around(self, body: Body) -> Body:
        """The smallest body apart that holds this one."""
        return next((body[:end] for end in range(len(body) - 1, 0, -1) if body[:end] in self.bodies), ())

    def levels(self) -> list[Level]:
        """Fix cells level by level; each level is one tight cut, so chances may repeat from level to level."""
        levels: list[Level] = []
        fixed: dict[Cell, Fraction] = {}
        while len(fixed) < len(self.counts):
            level = self._level(fixed)
            levels.append(level)
            fixed.update(dict.fromkeys(level.cells, level.chance))
        return levels

    def _level(self, fixed: dict[Cell, Fraction]) -> Level:
        open_cells = [(cell, count) for cell, count in self.counts if cell not in fixed]
        taken = sum((fixed[cell] * count for cell, count in self.counts if cell in fixed), Fraction(0))
        chance = (self.seats - taken) / sum(count for _, count in open_cells)
        nodes: frozenset[int] = frozenset(range(self.first_cell, self._nodes)) | {1}
        if chance >= 1:
            chance, nodes = Fraction(1), frozenset()
        while overfull := self._try(chance, fixed):
            nodes = overfull
            chance = self._chance_at(nodes, fixed)
        if not nodes:
            return Level(Fraction(1), tuple(cell for cell, _ in open_cells), None)
        held = tuple(cell for cell in self._entering(nodes) if cell not in fixed)
        return Level(chance, held, self._cut(nodes))

    @property
    def _nodes(self) -> int:
        return self.first_slot + len(self.slots)

    def _try(self, chance: Fraction, fixed: dict[Cell, Fraction]) -> frozenset[int]:
        """The nodes that prove that not every open cell can have this chance; empty if all can."""
        _, lower, upper = self._bounds(chance, fixed)
        return circulate(self._nodes, self.edges, lower, upper).overfull

    def _bounds(
        self, chance: Fraction, fixed: dict[Cell, Fraction]
    ) -> tuple[int, list[int], list[int | None]]:
        """Bounds on every edge as whole numbers over one scale."""
        loads = [(fixed.get(cell, chance) * count, cell, count) for cell, count in self.counts]
        scale = lcm(*(load.denominator for load, _, _ in loads))
        lower = [0] * len(self.edges)
        upper: list[int | None] = [None] * len(self.edges)
        for nth, body in enumerate(self.bodies):
            upper[nth] = self.caps.of(body) * scale
        for nth, (load, cell, count) in enumerate(loads, start=self.cell_edge):
            lower[nth] = load.numerator * (scale // load.denominator)
            upper[nth] = lower[nth] if cell in fixed else count * scale
        for nth, slot in enumerate(self.slots, start=self.slot_edge):
            lower[nth], upper[nth] = slot.seats * scale, slot.upmost * scale
        lower[-1] = upper[-1] = self.seats * scale
        return scale, lower, upper

    def _chance_at(self, nodes: frozenset[int], fixed: dict[Cell, Fraction]) -> Fraction:
        """The chance at which just as much flows into the nodes as can leave them."""
        _, lower, upper = self._bounds(Fraction(0), fixed)
        members = sum(
            count
            for nth, (cell, count) in enumerate(self.counts)
            if cell not in fixed and self._enters(self.edges[self.cell_edge + nth], nodes)
        )
        scale = Fraction(lower[-1], self.seats)
        room = Fraction(0)
        for edge, least, most in zip(self.edges, lower, upper, strict=True):
            if self._enters(edge, nodes):
                room -= least
            elif edge[0] in nodes and edge[1] not in nodes:
                assert most is not None, "a cut crosses no edge without bound"
                room += most
        return room / scale / members

    @staticmethod
    def _enters(edge: tuple[int, int], nodes: frozenset[int]) -> bool:
        return edge[0] not in nodes and edge[1] in nodes

    def _entering(self, nodes: frozenset[int]) -> list[Cell]:
        return [
            cell
            for nth, (cell, _) in enumerate(self.counts)
            if self._enters(self.edges[self.cell_edge + nth], nodes)
        ]

    def _cut(self, nodes: frozenset[int]) -> Cut:
        return Cut(
            tuple(cell for nth, (cell, _) in enumerate(self.counts) if self.first_cell + nth in nodes),
            tuple(body for nth, body in enumerate(self.bodies) if 2 + nth in nodes),
            tuple(slot for slot in range(len(self.slots)) if self.first_slot + slot in nodes),
            1 in nodes,
            0 in nodes,
        )

    def is_short(self) -> bool:
        """Whether the slots cannot all be filled together."""
        return bool(self._try(Fraction(0), {}))

    def shortage(self) -> NoPanel:
        """The largest shortage: which slots lack experts, how many they need and how many may sit there."""
        nodes = self._try(Fraction(0), {})
        _, lower, upper = self._bounds(Fraction(0), {})
        crossing = list(zip(self.edges, lower, upper, strict=True))
        needed = sum(least for edge, least, _ in crossing if self._enters(edge, nodes))
        available = sum(most or 0 for edge, _, most in crossing if edge[0] in nodes and edge[1] not in nodes)
        short = [slot for nth, slot in enumerate(self.slots) if self.first_slot + nth not in nodes]
        return NoPanel(", ".join(slot.slot_id for slot in short or self.slots), needed, available)

    def spread(self, chances: dict[Cell, Fraction]) -> tuple[tuple[Cell, int, Fraction], ...]:
        """How each cell's load falls to the slots it reaches."""
        scale, lower, upper = self._bounds(Fraction(0), chances)
        flow = circulate(self._nodes, self.edges, lower, upper).flow
        pairs = [(cell, slot) for cell, _ in self.counts for slot in cell.slots]
        amounts = flow[self.reach_edge : self.slot_edge]
        return tuple(
            (cell, slot, Fraction(amount, scale))
            for (cell, slot), amount in zip(pairs, amounts, strict=True)
            if amount
        )
