"""The lottery: for every eligible expert the exact chance, as equal as the constraints allow (leximin).

Experts who can fill the same slots share a *type*; a type's members of one employer whose cap binds form a
*cell* of their own. The cells' loads are a flow: employer (at most its cap) → cell (one seat a member at most)
→ slot (exactly its seats). The least chance is raised as far as any flow allows, the cells that a tight cut
holds there are fixed, and so on.

By Hoffman's circulation theorem a flow with every open cell at chance ≥ λ exists exactly if for each set Z of
slots both hold:
- *within*: cells that reach only Z together have at most the seats of Z;
- *toward*: the seats of Z are at most what employers can send there, each at most its cap less what its cells
  outside take, and at most its members who reach Z.
Slots are few, so all Z are tried, exactly, in rationals; no solver, no rounding. Loads met this way are a
lottery over whole panels (Budish, Che, Kojima & Milgrom 2013, theorem 1: experts within employers are one
hierarchy of constraints, slots the other).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scheduler.draw.flow import transport
from scheduler.errors import SchedulerError, require
from scheduler.people import Expert
from scheduler.slots import Slot

MOST_SLOTS = 12


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Experts with one chance: those who can fill just these slots, of one employer where its cap binds."""

    slots: tuple[int, ...]
    employer: str = ""


class CutKind(StrEnum):
    """Why the cells of a level cannot have more: see the module's two conditions; nobody's chance exceeds one."""

    WITHIN = "within"
    TOWARD = "toward"
    CEILING = "ceiling"


@dataclass(frozen=True, slots=True)
class Level:
    """Cells fixed together at one chance, and the tight cut that proves no lottery does better for them.

    `employers` are those whose cap, not whose members, counts in a cut of kind "toward".
    """

    chance: Fraction
    cells: tuple[Cell, ...]
    kind: CutKind
    slots: tuple[int, ...] = ()
    employers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lottery:
    """Chances by cell, how each cell's load spreads over slots, and the proof of optimality."""

    slots: tuple[Slot, ...]
    cap: int
    counts: tuple[tuple[Cell, int], ...]
    levels: tuple[Level, ...]
    spread: tuple[tuple[Cell, int, Fraction], ...]

    @property
    def chances(self) -> dict[Cell, Fraction]:
        """Each cell's chance per member."""
        return {cell: level.chance for level in self.levels for cell in level.cells}


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


def fillable(expert: Expert, slots: Sequence[Slot]) -> tuple[int, ...]:
    """The indexes of the slots the expert can fill."""
    return tuple(
        index
        for index, slot in enumerate(slots)
        if slot.region == expert.region and slot.requirement.is_met_by(expert.specialties)
    )


def solve_lottery(
    slots: Sequence[Slot], members: Mapping[tuple[tuple[int, ...], str], int], cap: int
) -> Lottery:
    """The leximin lottery for `members`: how many eligible experts there are per (slots fillable, employer).

    Raises `NoPanel` when no valid panel exists, and `BadInput` for more than `MOST_SLOTS` slots.
    """
    require(0 < len(slots) <= MOST_SLOTS, "slots", len(slots), f"a draw has 1 to {MOST_SLOTS} slots")
    require(cap >= 1, "employer_cap", cap, "at least one member per employer")
    _refuse_if_short(slots, members, cap)
    split: set[str] = set()
    while True:
        counts: Counter[Cell] = Counter()
        for (fits, employer), count in members.items():
            counts[Cell(fits, employer if employer in split else "")] += count
        levels = _levels(slots, counts, cap)
        chances = {cell: level.chance for level in levels for cell in level.cells}
        loads: defaultdict[str, Fraction] = defaultdict(Fraction)
        for (fits, employer), count in members.items():
            loads[employer] += count * chances[Cell(fits, employer if employer in split else "")]
        over = {employer for employer, load in loads.items() if load > cap}
        # A relaxed optimum that keeps every cap is the optimum; only employers over their cap need a node.
        if not over - split:
            break
        split |= over
    ordered = tuple(sorted(counts.items()))
    spread = transport(
        {cell: count * chances[cell] for cell, count in ordered}, [Fraction(slot.seats) for slot in slots]
    )
    return Lottery(tuple(slots), cap, ordered, tuple(levels), tuple(spread))


def _levels(slots: Sequence[Slot], counts: Mapping[Cell, int], cap: int) -> list[Level]:
    """Fix cells level by level; each level is one tight cut, so chances may repeat from level to level."""
    levels: list[Level] = []
    fixed: dict[Cell, Fraction] = {}
    cuts = [
        tuple(index for index in range(len(slots)) if mask >> index & 1) for mask in range(1 << len(slots))
    ]
    while len(fixed) < len(counts):
        found = [cut(slots, counts, cap, chosen, fixed) for chosen in cuts for cut in (_within, _toward)]
        tight = [level for level in found if level is not None and level.chance < 1]
        if tight:
            # Of the cuts that hold at the least chance the one that fixes most cells; a fixed order breaks ties.
            level = min(tight, key=lambda level: (level.chance, -len(level.cells), level.kind, level.slots))
        else:
            level = Level(Fraction(1), tuple(sorted(counts.keys() - fixed.keys())), CutKind.CEILING)
        levels.append(level)
        fixed.update(dict.fromkeys(level.cells, level.chance))
    return levels


def _within(
    slots: Sequence[Slot],
    counts: Mapping[Cell, int],
    cap: int,
    chosen: tuple[int, ...],
    fixed: Mapping[Cell, Fraction],
) -> Level | None:
    """The level at which the cells that reach only `chosen` use up its seats."""
    seats = Fraction(sum(slots[index].seats for index in chosen))
    inside = [cell for cell in counts if set(cell.slots) <= set(chosen)]
    cells = [cell for cell in inside if cell not in fixed]
    if not cells:
        return None
    taken = sum(fixed[cell] * counts[cell] for cell in inside if cell in fixed)
    chance = (seats - taken) / sum(counts[cell] for cell in cells)
    return Level(chance, tuple(sorted(cells)), CutKind.WITHIN, chosen)


def _toward(
    slots: Sequence[Slot],
    counts: Mapping[Cell, int],
    cap: int,
    chosen: tuple[int, ...],
    fixed: Mapping[Cell, Fraction],
) -> Level | None:
    """The level at which what employers can spare for `chosen` just fills it, found by Newton steps from above."""
    seats = sum(slots[index].seats for index in chosen)
    reach: defaultdict[str, Fraction] = defaultdict(Fraction)
    taken: defaultdict[str, Fraction] = defaultdict(Fraction)
    outside: defaultdict[str, list[Cell]] = defaultdict(list)
    for cell, count in counts.items():
        if not set(cell.slots).isdisjoint(chosen):
            reach[cell.employer] += fixed.get(cell, 1) * count
        elif cell in fixed:
            taken[cell.employer] += fixed[cell] * count
        elif cell.employer:
            outside[cell.employer].append(cell)
    free = {employer: sum(counts[cell] for cell in cells) for employer, cells in outside.items()}
    capped = {cell.employer for cell in counts if cell.employer}
    chance, employers = Fraction(1), frozenset[str]()
    while True:
        spare = {employer: cap - taken[employer] - chance * free.get(employer, 0) for employer in capped}
        active = frozenset(employer for employer in capped if spare[employer] < reach[employer])
        sent = sum(spare[employer] for employer in active)
        sent += sum((load for employer, load in reach.items() if employer not in active), Fraction(0))
        if sent >= seats:
            break
        members = sum(free.get(employer, 0) for employer in active)
        chance, employers = chance - (seats - sent) / members, active
    cells = [cell for employer in employers for cell in outside.get(employer, ())]
    if not cells:
        return None
    return Level(chance, tuple(sorted(cells)), CutKind.TOWARD, chosen, tuple(sorted(employers)))


def _refuse_if_short(
    slots: Sequence[Slot], members: Mapping[tuple[tuple[int, ...], str], int], cap: int
) -> None:
    """Raise `NoPanel` with the tightest cut unless all slots can be filled together."""
    by_reach: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    for (fits, employer), count in members.items():
        by_reach[fits][employer] += count
    worst: tuple[int, tuple[int, ...], int, int] | None = None
    for mask in range(1, 1 << len(slots)):
        wanted = tuple(index for index in range(len(slots)) if mask >> index & 1)
        reach: Counter[str] = Counter()
        for fits, employers in by_reach.items():
            if not set(fits).isdisjoint(wanted):
                reach.update(employers)
        available = sum(min(cap, count) for count in reach.values())
        needed = sum(slots[index].seats for index in wanted)
        short = (needed - available, tuple(-index for index in wanted), needed, available)
        if needed > available and (worst is None or (short[0], -len(wanted)) > (worst[0], -len(worst[1]))):
            worst = short
    if worst is not None:
        names = ", ".join(slots[-index].slot_id for index in worst[1])
        raise NoPanel(names, worst[2], worst[3])
