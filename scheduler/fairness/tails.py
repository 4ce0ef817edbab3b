"""How likely a count of draws is, if each had its stated chance: the Poisson-binomial law and its tails.

The law is built by convolution, one draw after the other (Biscarri, Zhao & Brunner 2018, *A simple and fast method
for computing the Poisson binomial distribution function*, section 2), in floating point. Every term is a sum of
products of non-negative numbers, so nothing cancels: with m draws each term, and each tail, has a relative error of
at most (1 + 2⁻⁵³)^(6m) - 1, that is 7·10⁻¹³ for a thousand draws; terms below 10⁻³⁰⁰ may be lost. The test suite
compares with exact fractions.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import exp, log

import numpy as np
from numpy.typing import NDArray

FAVOURS = (2, 4, 8)


def law(chances: Sequence[Fraction | float]) -> NDArray[np.float64]:
    """The probability of each count from 0 to the number of draws."""
    found = np.zeros(len(chances) + 1)
    found[0] = 1.0
    for nth, chance in enumerate(chances, start=1):
        drawn, not_drawn = float(chance), float(1 - chance)
        found[1 : nth + 1] = found[1 : nth + 1] * not_drawn + found[:nth] * drawn
        found[0] *= not_drawn
    return found


def at_most(probabilities: NDArray[np.float64], count: int) -> float:
    """The probability of at most `count`."""
    return min(1.0, float(probabilities[: max(0, count + 1)].sum()))


def at_least(probabilities: NDArray[np.float64], count: int) -> float:
    """The probability of at least `count`, summed from the small end so that it keeps its relative precision."""
    return min(1.0, float(probabilities[max(0, count) :][::-1].sum()))


def two_sided(probabilities: NDArray[np.float64], count: int) -> float:
    """The exact two-sided p-value: twice the smaller tail, both including `count`, and at most 1.

    Never anti-conservative: P(p ≤ α) ≤ α for every α (Cox & Hinkley 1974, *Theoretical Statistics*, section 3.4).
    """
    return min(1.0, 2 * min(at_most(probabilities, count), at_least(probabilities, count)))


def evidence(expected: float, count: int) -> float:
    """The logarithm of how much likelier `count` is if chances were 2, 4 or 8 times as high (their average).

    For a count whose chances are known draw by draw this ratio has expectation at most 1 whatever later draws make of
    earlier ones (a test martingale: Shafer et al. 2011, *Test martingales, Bayes factors and p-values*). Used as a
    score to compare counts of different expectation; it hardly moves when someone drawn has to rest afterwards.
    """
    ratios = [count * log(times) - expected * (times - 1) for times in FAVOURS]
    most = max(ratios)
    return most + log(sum(exp(ratio - most) for ratio in ratios) / len(ratios))
