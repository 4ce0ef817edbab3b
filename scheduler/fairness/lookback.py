"""A look back over past draws: were they as even as their stated chances promise?

Three questions, each against the draws' own exact chances and never against each other: did anyone, or any employer,
specialty or centre's draws, come up too often or too seldom; do the same two experts meet, or the same expert serve
the same centre, more often than chance explains (常委专家, 招标投标法实施条例 art. 46 wants chance, not habit); and how
uneven are selections beside chances.

Counts of one expert, of one expert at one centre, and of an employer that can have one member drawn follow the
Poisson-binomial law and get exact p-values; whatever depends on who is drawn together is compared with replays.
Both take each draw's eligible experts as given. Where being drawn excludes from later draws (rest, busy, caps) counts
less their expectation are a martingale, not a sum of independent draws; statistics here are chosen so that this makes
honest draws look a little too even, never too uneven, as long as draws have several times as many eligible experts as
seats. The test suite holds honest draws with most of the pool at rest to the stated error.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from scheduler.errors import require
from scheduler.fairness.correction import benjamini_hochberg, holm
from scheduler.fairness.findings import (
    ExpertFinding,
    GroupFinding,
    GroupKind,
    Inequality,
    LookBack,
    PairFinding,
    RegularFinding,
    Repeats,
    Verdict,
)
from scheduler.fairness.history import PastDraw, in_order
from scheduler.fairness.tails import at_least, law, two_sided
from scheduler.fairness.tally import Tally, spread, tally_of
from scheduler.fairness.trials import Trials, hold_trials

Tail = Callable[[NDArray[np.float64], int], float]


def look_back(draws: Iterable[PastDraw], seed: bytes, replays: int = 999) -> LookBack:
    """All findings on these draws; the seed decides the replays, and nothing else does.

    Raises `BadInput` when there is no draw, one comes twice, or there is no replay.
    """
    require(replays > 0, "replays", replays, "at least one replay")
    ordered = in_order(draws)
    tally = tally_of(ordered)
    trials = hold_trials(tally, seed, replays)
    groups = _groups(tally, trials)
    return LookBack(
        draws=len(ordered),
        estimated=sum(not draw.exact for draw in ordered),
        seats=sum(len(draw.drawn) for draw in ordered),
        replays=replays,
        seed=seed.hex(),
        everyone=groups[0],
        inequality=Inequality(*trials.gini),
        repeats=Repeats(*trials.repeats),
        experts=_experts(tally),
        groups=tuple(groups[1:]),
        regulars=_regulars(tally),
        pairs=_pairs(tally, trials),
    )


def _verdicts(values: list[float]) -> list[Verdict]:
    """Each p-value with its corrections within the family."""
    return [Verdict(*row) for row in zip(values, holm(values), benjamini_hochberg(values), strict=True)]


def _experts(tally: Tally) -> tuple[ExpertFinding, ...]:
    cells = range(tally.cells)[tally.cells_of(0)]
    verdicts = _verdicts(_p_values(tally, cells, two_sided))
    found = [
        ExpertFinding(
            tally.ids[tally.owners[cell]],
            len(tally.draws[cell]),
            float(tally.expected[cell]),
            int(tally.observed[cell]),
            verdict,
        )
        for cell, verdict in zip(cells, verdicts, strict=True)
    ]
    return tuple(sorted(found, key=lambda finding: (finding.verdict.p, finding.expert_id.encode())))


def _regulars(tally: Tally) -> tuple[RegularFinding, ...]:
    """Experts at one centre: the family is all who could be drawn there, the list those drawn at least twice."""
    cells = [
        (cell, name)
        for group, (kind, name) in enumerate(tally.groups)
        if kind is GroupKind.CENTRE
        for cell in range(tally.cells)[tally.cells_of(group)]
    ]
    verdicts = _verdicts(_p_values(tally, [cell for cell, _ in cells], at_least))
    found = [
        RegularFinding(
            tally.ids[tally.owners[cell]],
            centre_id,
            len(tally.draws[cell]),
            float(tally.expected[cell]),
            int(tally.observed[cell]),
            verdict,
        )
        for (cell, centre_id), verdict in zip(cells, verdicts, strict=True)
        if tally.observed[cell] > 1
    ]
    return tuple(
        sorted(found, key=lambda one: (one.verdict.p, one.centre_id.encode(), one.expert_id.encode()))
    )


def _p_values(tally: Tally, cells: Iterable[int], tail: Tail) -> list[float]:
    """The tail of each cell's count; experts with the same chances share one law."""
    laws: dict[tuple[int, ...], NDArray[np.float64]] = {}
    found = []
    for cell in cells:
        key = tuple(sorted(tally.draws[cell]))
        if key not in laws:
            laws[key] = law([tally.chances[nth] for nth in key])
        found.append(tail(laws[key], int(tally.observed[cell])))
    return found


def _groups(tally: Tally, trials: Trials) -> list[GroupFinding]:
    """Every group's finding, all experts first; verdicts are corrected within each kind of group."""
    totals = tally.totals(tally.observed[None, :])[0]
    families: defaultdict[GroupKind, list[int]] = defaultdict(list)
    counts, exact = [], []
    for nth, (kind, _) in enumerate(tally.groups):
        families[kind].append(nth)
        chances = [chance for chance in tally.in_draws[nth] if chance is not None]
        exact.append(len(chances) == len(tally.in_draws[nth]))
        by_trial = min(1.0, 2 * min(trials.fewer[nth], trials.more[nth]))
        counts.append(two_sided(law(chances), int(totals[nth])) if exact[nth] else float(by_trial))
    count: dict[int, Verdict] = {}
    within: dict[int, Verdict] = {}
    for members in families.values():
        count |= zip(members, _verdicts([counts[nth] for nth in members]), strict=True)
        within |= zip(members, _verdicts([float(trials.within[nth]) for nth in members]), strict=True)
    return [
        GroupFinding(
            kind=kind,
            name=name,
            experts=len(tally.owners[tally.cells_of(nth)]),
            draws=len(tally.in_draws[nth]),
            expected=float(tally.expected[tally.cells_of(nth)].sum()),
            observed=int(totals[nth]),
            exact=exact[nth],
            count=count[nth],
            within=within[nth],
            selections=spread(tally.observed[tally.cells_of(nth)]),
            chances=spread(tally.expected[tally.cells_of(nth)]),
        )
        for nth, (kind, name) in enumerate(tally.groups)
    ]


def _pairs(tally: Tally, trials: Trials) -> tuple[PairFinding, ...]:
    found = [
        PairFinding(tally.ids[one], tally.ids[other], together, expected, p)
        for one, other, together, expected, p in trials.pairs
    ]
    return tuple(
        sorted(found, key=lambda pair: (pair.p, -pair.together, pair.one.encode(), pair.other.encode()))
    )
