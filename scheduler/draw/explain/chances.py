"""How equal a lottery's chances are, and how many panels it may give."""

from dataclasses import dataclass
from fractions import Fraction
from math import comb, log2, prod

from scheduler.draw.lottery import Lottery


@dataclass(frozen=True, slots=True)
class Chances:
    """The least and greatest chance and the Gini coefficient, exact, and bounds on the number of possible panels."""

    experts: int
    seats: int
    least: Fraction
    most: Fraction
    gini: Fraction
    panels_least: int
    panels_most: int


def chances_of(lottery: Lottery) -> Chances:
    """The figures of a lottery, conflicts between experts apart; panels are counted as sets of people."""
    ranked = sorted((lottery.chances[cell], count) for cell, count in lottery.counts)
    experts = sum(count for _, count in ranked)
    return Chances(
        experts=experts,
        seats=lottery.seats,
        least=ranked[0][0],
        most=ranked[-1][0],
        gini=_gini(ranked, experts),
        panels_least=_panels_least(lottery),
        panels_most=_panels_most(lottery),
    )


def _gini(ranked: list[tuple[Fraction, int]], experts: int) -> Fraction:
    """Half the mean absolute difference over the mean: 0 when all chances are equal (Gini 1912)."""
    below, weighted, total = 0, Fraction(0), Fraction(0)
    for chance, count in ranked:
        # The places below + 1 to below + count of the order, each times the chance.
        weighted += chance * (count * below + count * (count + 1) // 2)
        total += chance * count
        below += count
    return 2 * weighted / (experts * total) - Fraction(experts + 1, experts)


def _certain(lottery: Lottery) -> int:
    return sum(count for cell, count in lottery.counts if lottery.chances[cell] == 1)


def _panels_most(lottery: Lottery) -> int:
    """No more panels than ways to choose the seats of those who are not certain, or each slot's seats on its own.

    An expert of chance 1 is on every panel, one of chance 0 on none; a slot takes only experts of cells that send
    it a load.
    """
    certain = _certain(lottery)
    possible = sum(count for cell, count in lottery.counts if lottery.chances[cell] > 0)
    overall = comb(possible - certain, lottery.seats - certain)
    if any(slot.upmost != slot.seats for slot in lottery.slots):
        return overall
    counts, reach = dict(lottery.counts), [0] * len(lottery.slots)
    for cell, slot, _ in lottery.spread:
        reach[slot] += counts[cell]
    apart = prod(
        comb(number, slot.seats) for number, slot in zip(reach, lottery.slots, strict=True) if slot.seats
    )
    return min(overall, apart)


def _panels_least(lottery: Lottery) -> int:
    """At least this many panels can come up.

    First, every expert must be on some panel: ⌈experts not certain / seats not certain⌉ panels. Second, from the way
    panels are drawn (`scheduler.draw.sampling`). Everyone is in one of at most B bins; bin b sends a member to slot s
    with probability x(b,s), then any of its m(b,s) members whose cell sends that slot a load. So one outcome of the
    rounding gives Π m(b,s) different panels, and some outcome at least exp(Σ x(b,s) log m(b,s)) of them. As
    m(b,s) = Σ over cells of x(b,c,s) n(c) / L(c,s), Jensen's inequality and the log-sum inequality give
    Σ x log m ≥ Σ over slots of k(s) log(k(s) / B) + Σ over cells of L(c,s) log(n(c) / L(c,s)), with L(c,s) the load of
    a cell on a slot and k(s) the slot's sum. The certain fill bins of their own and are left out. Next-fit makes at
    most 2·seats + 1 bins, and one more for each body with more than one seat on average, fewer than `seats` a level.
    """
    certain = _certain(lottery)
    if lottery.seats == certain:
        return 1
    possible = sum(count for cell, count in lottery.counts if lottery.chances[cell] > 0)
    covering = -(-(possible - certain) // (lottery.seats - certain))
    roomy = sum((lottery.caps.at(level) or 1) > 1 for level in range(3))
    bins = 2 * lottery.seats + 1 + roomy * (lottery.seats - 1) - certain
    counts, sums, bits = dict(lottery.counts), [Fraction(0)] * len(lottery.slots), 0.0
    for cell, slot, load in lottery.spread:
        if lottery.chances[cell] < 1:
            sums[slot] += load
            bits += float(load) * log2(counts[cell] / load)
    bits += sum(float(load) * log2(load / bins) for load in sums if load)
    return max(covering, _whole_power(bits))


def _whole_power(bits: float) -> int:
    """A whole number at most 2 to these bits, the rounding of the logarithms allowed for."""
    bits -= 1e-9 * (1 + abs(bits))
    if bits <= 0:
        return 1
    whole = int(bits)
    return (int(2.0 ** (bits - whole) * 2**40) << whole) >> 40
