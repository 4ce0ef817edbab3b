"""The same draws held again by honest chance, as often as wanted: what Monte Carlo tests compare with.

A draw is held again by systematic sampling in random order (Madow 1949, *On the theory of systematic sampling II*;
Hartley & Rao 1962): everyone lies on a line with a length of the own chance, by the slots they could fill, then
employers in random order, then members in random order; a point falls on the line at random, and further points
follow at distance one; whoever holds a point is drawn. So each has exactly the own chance (in units of 2⁻⁴⁰, an error
of at most 2⁻⁴¹), as many are drawn as the chances sum to, slots that share no candidates keep their seats, and no
employer whose chances within one reach sum to at most one sends two. The chances of *pairs* are those of this lottery;
for one slot, and for slots that share no candidates, they are the same as those of every draw that treats its
candidates alike.

Random numbers are SHAKE-128 of `"yidi/fairness/1" 00 seed 00 draw_id 00 block`, block in 8 bytes big-endian, read as
rows of big-endian 8-byte words: one row for each replay, `BLOCK` rows to a block; the first word's upper 40 bits are
the point, the others order the candidates. All in integers: the same on every machine.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.fairness.history import PastDraw

BLOCK = 64
UNIT_BITS = 40
ONE = 1 << UNIT_BITS
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A draw's candidates as arrays: their numbers, lengths, reach, and the first of the same employer."""

    draw_id: str
    people: Ints
    lengths: Ints
    reach: NDArray[np.uint64]
    kin: Ints


def line_of(draw: PastDraw, number_of: dict[str, int]) -> Line:
    """The candidates in the order of their ids."""
    reaches = {slots: nth for nth, slots in enumerate(sorted({stratum.slots for stratum in draw.strata}))}
    rows = sorted(
        (
            (expert_id, employer, length, reaches[stratum.slots])
            for stratum in draw.strata
            for length in (round(stratum.chance * ONE),)
            for expert_id, employer in stratum.members
        ),
        key=lambda row: row[0].encode(),
    )
    first: dict[str, int] = {}
    kin = [first.setdefault(employer, nth) for nth, (_, employer, _, _) in enumerate(rows)]
    return Line(
        draw.draw_id,
        np.array([number_of[row[0]] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.int64),
        np.array([min(row[3], 4095) for row in rows], dtype=np.uint64),
        np.array(kin, dtype=np.int64),
    )


def replay(line: Line, seed: bytes, block: int, rows: int = BLOCK) -> tuple[Ints, Ints]:
    """The first `rows` replays of the block: for each one drawn the replay's row and the place on the line."""
    width = len(line.people) + 1
    head = b"yidi/fairness/1\0" + seed + b"\0" + line.draw_id.encode() + b"\0" + block.to_bytes(8, "big")
    words = np.frombuffer(hashlib.shake_128(head).digest(8 * width * rows), dtype=">u8")
    words = words.astype(np.uint64).reshape(rows, width)
    point = (words[:, :1] >> np.uint64(64 - UNIT_BITS)).astype(np.int64)
    own = words[:, 1:]
    # 12 bits of reach, 32 random ones of the employer, 20 random ones of the candidate: one sort for all three.
    rank = line.reach << np.uint64(52)
    rank = rank | ((own[:, line.kin] >> np.uint64(32)) << np.uint64(20)) | (own & np.uint64(0xFFFFF))
    order = np.argsort(rank, axis=1, kind="stable")
    ends = np.cumsum(line.lengths[order], axis=1)
    points = (ends - point + (ONE - 1)) >> UNIT_BITS
    before = np.concatenate((np.zeros((rows, 1), dtype=np.int64), points[:, :-1]), axis=1)
    found, places = np.nonzero(points > before)
    return found.astype(np.int64), order[found, places].astype(np.int64)


def pairs(found: Ints, people: Ints, seated: Sequence[int], total: int) -> tuple[Ints, Ints]:
    """Who meets whom in each replay: rows, and pairs as `smaller * total + larger`."""
    rows, codes = [], []
    for lag in range(1, len(found)):
        same = found[:-lag] == found[lag:]
        if not same.any():
            break
        rows.append(found[:-lag][same])
        codes.append(_code(people[:-lag][same], people[lag:][same], total))
    for member in seated:
        rows.append(found)
        codes.append(_code(people, np.full_like(people, member), total))
    if not rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(rows), np.concatenate(codes)


def _code(one: Ints, other: Ints, total: int) -> Ints:
    return np.minimum(one, other) * total + np.maximum(one, other)
