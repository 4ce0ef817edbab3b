"""Candidacies counted: for each expert in each group the chances, their sum, and the selections."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum

import numpy as np
from numpy.typing import NDArray

from scheduler.fairness.findings import GroupKind, Spread
from scheduler.fairness.history import PastDraw, Stratum
from scheduler.fairness.replays import Floats, Ints, Line, line_of

Group = tuple[GroupKind, str]
Cell = tuple[Group, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """Cells are pairs of group and expert, group by group; `starts` says where each group's cells begin.

    `entries` gives for each draw the cells of each place on its line, padded with the number of cells.
    `in_draws` gives each group's chance in each draw it has candidates in: the sum of theirs, if only one of them
    can be drawn, and otherwise None. `draws` gives for each cell the numbers of its chances among `chances`.
    """

    ids: tuple[str, ...]
    lines: tuple[Line, ...]
    seated: tuple[tuple[int, ...], ...]
    drawn: tuple[Ints, ...]
    groups: tuple[Group, ...]
    starts: Ints
    owners: Ints
    chances: tuple[Fraction, ...]
    draws: tuple[tuple[int, ...], ...]
    expected: Floats
    observed: Ints
    entries: tuple[NDArray[np.int64], ...]
    in_draws: tuple[tuple[Fraction | None, ...], ...]

    @property
    def cells(self) -> int:
        """How many pairs of group and expert there are."""
        return len(self.owners)

    def cells_of(self, group: int) -> slice:
        """The cells of a group."""
        end = self.starts[group + 1] if group + 1 < len(self.starts) else self.cells
        return slice(int(self.starts[group]), int(end))

    def totals(self, counts: Ints) -> Ints:
        """For each row of counts by cell, each group's sum."""
        return np.add.reduceat(counts, self.starts, axis=1)

    def dispersion(self, counts: Ints) -> Floats:
        """For each row of counts by cell, each group's sum of squared deviations from the expectation.

        The locally most powerful statistic for favour that differs from expert to expert (the score test of random
        log-odds). It is not divided by the variances, as Pearson's X² is: those would be small just for the experts
        who were drawn and then had to rest, and honest draws would look uneven.
        """
        sums: Floats = np.add.reduceat((counts - self.expected) ** 2, self.starts, axis=1)
        return sums


def tally_of(draws: Sequence[PastDraw]) -> Tally:
    """The tally of the draws, in their order."""
    everyone = {expert_id for draw in draws for s in draw.strata for expert_id, _ in s.members}
    everyone |= {expert_id for draw in draws for expert_id in draw.seated}
    ids = tuple(sorted(everyone, key=str.encode))
    number_of = {expert_id: nth for nth, expert_id in enumerate(ids)}
    lines = tuple(line_of(draw, number_of) for draw in draws)
    stated = tuple(sorted({stratum.chance for draw in draws for stratum in draw.strata}))
    place = {chance: nth for nth, chance in enumerate(stated)}
    chances: defaultdict[Cell, list[int]] = defaultdict(list)
    observed: Counter[Cell] = Counter()
    in_draws: defaultdict[Group, list[Fraction | None]] = defaultdict(list)
    memberships = []
    for draw in draws:
        own = {}
        for stratum in draw.strata:
            nth = place[stratum.chance]
            for number, drawn, cells in _cells(draw, stratum, number_of):
                own[number] = cells
                for cell in cells:
                    chances[cell].append(nth)
                    if drawn:
                        observed[cell] += 1
        memberships.append(own)
        for group, chance in _together(draw).items():
            in_draws[group].append(chance)
    groups = tuple(sorted(in_draws, key=_rank))
    order = sorted(chances, key=lambda cell: (*_rank(cell[0]), cell[1]))
    index = {cell: nth for nth, cell in enumerate(order)}
    means = [float(chance) for chance in stated]
    starts: dict[Group, int] = {}
    for nth, (group, _) in enumerate(order):
        starts.setdefault(group, nth)
    return Tally(
        ids=ids,
        lines=lines,
        seated=tuple(tuple(sorted(number_of[e] for e in draw.seated)) for draw in draws),
        drawn=tuple(np.array(sorted(number_of[e] for e in draw.drawn), dtype=np.int64) for draw in draws),
        groups=groups,
        starts=np.array([starts[group] for group in groups], dtype=np.int64),
        owners=np.array([expert for _, expert in order], dtype=np.int64),
        chances=stated,
        draws=tuple(tuple(chances[cell]) for cell in order),
        expected=np.array([fsum(means[nth] for nth in chances[cell]) for cell in order]),
        observed=np.array([observed[cell] for cell in order], dtype=np.int64),
        entries=tuple(
            _padded([[index[cell] for cell in own[person]] for person in line.people.tolist()], len(order))
            for line, own in zip(lines, memberships, strict=True)
        ),
        in_draws=tuple(tuple(in_draws[group]) for group in groups),
    )


def spread(values: Floats | Ints) -> Spread:
    """The least, the most and the Gini coefficient of one number per expert."""
    return Spread(float(values.min()), float(values.max()), float(gini(values[None, :].astype(float))[0]))


def gini(rows: Floats) -> Floats:
    """The Gini coefficient of each row: 0 when all have the same, towards 1 when one has all.

    Half the mean absolute difference over the mean (Gini 1912; Sen 1973, *On Economic Inequality*).
    """
    ordered = np.sort(rows, axis=1)
    count = ordered.shape[1]
    ranks = 2.0 * np.arange(1, count + 1) - count - 1
    total = ordered.sum(axis=1)
    found: Floats = np.divide(ordered @ ranks, count * total, out=np.zeros_like(total), where=total > 0)
    return found


def _cells(
    draw: PastDraw, stratum: Stratum, number_of: dict[str, int]
) -> Iterator[tuple[int, bool, list[Cell]]]:
    """Each member's number, whether drawn, and cells."""
    shared = [(GroupKind.ALL, ""), (GroupKind.CENTRE, draw.centre_id)]
    shared += [(GroupKind.SPECIALTY, code) for code in sorted(stratum.specialties)]
    for expert_id, employer in stratum.members:
        number = number_of[expert_id]
        groups = (*shared, (GroupKind.EMPLOYER, employer))
        yield number, expert_id in draw.drawn, [(group, number) for group in groups]


def _together(draw: PastDraw) -> dict[Group, Fraction | None]:
    """Each group's chance in the draw, where only one of its candidates can be drawn."""
    found: dict[Group, Fraction | None] = {
        (GroupKind.ALL, ""): None,
        (GroupKind.CENTRE, draw.centre_id): None,
    }
    load: defaultdict[str, Fraction] = defaultdict(Fraction)
    for stratum in draw.strata:
        found |= {(GroupKind.SPECIALTY, code): None for code in stratum.specialties}
        for employer, count in Counter(employer for _, employer in stratum.members).items():
            load[employer] += count * stratum.chance
    for employer, chance in load.items():
        found[GroupKind.EMPLOYER, employer] = chance if draw.employer_cap == 1 and chance <= 1 else None
    return found


def _rank(group: Group) -> tuple[int, bytes]:
    return list(GroupKind).index(group[0]), group[1].encode()


def _padded(rows: list[list[int]], filler: int) -> NDArray[np.int64]:
    width = max((len(row) for row in rows), default=0)
    return np.array([row + [filler] * (width - len(row)) for row in rows], dtype=np.int64).reshape(-1, width)
