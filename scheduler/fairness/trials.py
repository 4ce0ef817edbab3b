"""The Monte Carlo part of a look back: all draws held again and again, and how often chance is as striking.

A p-value is (1 + number of replays at least as striking) / (1 + replays): valid for any number of replays (Besag &
Clifford 1989, *Generalized Monte Carlo significance tests*; Phipson & Smyth 2010). Pairs are corrected together by the
greatest score of each replay, over all pairs (Westfall & Young 1993, *Resampling-based multiple testing*, single-step
maxT): exact whatever the score, and blind to how many pairs there are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import fsum, inf

import numpy as np

from scheduler.fairness.replays import BLOCK, ONE, Floats, Ints, pairs, replay
from scheduler.fairness.tails import evidence
from scheduler.fairness.tally import Tally, gini

CLOSE = 1e-9
"""Statistics that differ by less count as equal: the order of a sum never decides."""


@dataclass(frozen=True, slots=True)
class Trials:
    """What the replays say: p-values by group, of the Gini coefficient and of repeats, and of each repeated pair."""

    fewer: Floats
    more: Floats
    within: Floats
    gini: tuple[float, float, float]
    repeats: tuple[int, float, float]
    pairs: tuple[tuple[int, int, int, float, float], ...]


def hold_trials(tally: Tally, seed: bytes, replays: int) -> Trials:
    """The verdict of so many replays."""
    score = _scores(tally)
    observed = tally.observed[None, :]
    totals, dispersion = tally.totals(observed)[0], tally.dispersion(observed)[0]
    everyone = tally.cells_of(0)
    own_gini = float(gini(observed[:, everyone].astype(float))[0])
    codes, times = np.unique(_meetings(tally), return_counts=True)
    met = {int(code): int(count) for code, count in zip(codes, times, strict=True) if count > 1}
    scores = {code: score(code, count) for code, count in met.items()}
    own_repeats = sum(count * (count - 1) // 2 for count in met.values())
    listed = np.array(sorted(met), dtype=np.int64)
    fewer, more, within = (np.ones(len(tally.groups)) for _ in range(3))
    ginis, repeats, greatest = [], [], []
    seen = np.zeros(len(listed), dtype=np.int64)
    for counts, rows, meetings in _replays(tally, seed, replays):
        sums, spreads = tally.totals(counts), tally.dispersion(counts)
        fewer += (sums <= totals).sum(axis=0)
        more += (sums >= totals).sum(axis=0)
        within += (spreads >= dispersion * (1 - CLOSE)).sum(axis=0)
        ginis.append(gini(counts[:, everyone].astype(float)))
        for row in range(len(counts)):
            own, often = np.unique(meetings[rows == row], return_counts=True)
            again = often > 1
            repeats.append(int((often * (often - 1) // 2).sum()))
            pairs_again = zip(own[again].tolist(), often[again].tolist(), strict=True)
            greatest.append(max((score(code, count) for code, count in pairs_again), default=-inf))
            if len(listed):
                places = np.minimum(np.searchsorted(listed, own), len(listed) - 1)
                hit = listed[places] == own
                seen[places[hit]] += often[hit]
    size = len(tally.ids)
    whole, best = np.concatenate(ginis), np.array(greatest)
    at_least = int((whole >= own_gini - CLOSE).sum())
    return Trials(
        fewer / (replays + 1),
        more / (replays + 1),
        within / (replays + 1),
        (own_gini, float(whole.mean()), (1 + at_least) / (replays + 1)),
        (
            own_repeats,
            fsum(repeats) / replays,
            (1 + sum(count >= own_repeats for count in repeats)) / (replays + 1),
        ),
        tuple(
            (
                code // size,
                code % size,
                met[code],
                int(count) / replays,
                (1 + int((best >= scores[code] - CLOSE).sum())) / (replays + 1),
            )
            for code, count in zip(listed.tolist(), seen, strict=True)
        ),
    )


def _replays(tally: Tally, seed: bytes, replays: int) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Block by block: counts by replay and cell, and all meetings as rows and codes."""
    width = tally.cells + 1
    for block in range(-(-replays // BLOCK)):
        height = min(BLOCK, replays - block * BLOCK)
        counts = np.zeros(height * width, dtype=np.int64)
        rows, codes = [], []
        for line, entries, seated in zip(tally.lines, tally.entries, tally.seated, strict=True):
            found, places = replay(line, seed, block, height)
            hits = (found[:, None] * width + entries[places]).ravel()
            counts += np.bincount(hits, minlength=height * width)
            row, code = pairs(found, line.people[places], seated, len(tally.ids))
            rows.append(row)
            codes.append(code)
        yield counts.reshape(height, width)[:, :-1], np.concatenate(rows), np.concatenate(codes)


def _meetings(tally: Tally) -> Ints:
    """Every meeting of two experts in the draws as they were."""
    found = [
        pairs(np.zeros(len(drawn), dtype=np.int64), drawn, seated, len(tally.ids))[1]
        for drawn, seated in zip(tally.drawn, tally.seated, strict=True)
    ]
    return np.concatenate(found)


def _scores(tally: Tally) -> Callable[[int, int], float]:
    """How striking it is that a pair met so often: against its chances of being drawn, multiplied and summed."""
    own: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    there: defaultdict[int, set[int]] = defaultdict(set)
    for nth, (line, seated) in enumerate(zip(tally.lines, tally.seated, strict=True)):
        for person, length in zip(line.people.tolist(), (line.lengths / ONE).tolist(), strict=True):
            own[person].append((nth, length))
        for person in seated:
            own[person].append((nth, 1.0))
            there[person].add(nth)
    size = len(tally.ids)

    @lru_cache(maxsize=1 << 12)
    def chances(person: int) -> Floats:
        found = np.zeros(len(tally.lines))
        places, values = zip(*own[person], strict=True)
        found[list(places)] = values
        return found

    @lru_cache(maxsize=1 << 18)
    def expected(code: int) -> float:
        one, other = divmod(code, size)
        both_seated = len(there[one] & there[other]) if one in there and other in there else 0
        return float(chances(one) @ chances(other)) - both_seated

    @lru_cache(maxsize=1 << 18)
    def score(code: int, count: int) -> float:
        return evidence(expected(code), count)

    return score
