"""Many tests at once: p-values that stay honest when thousands of experts are looked at together.

Holm's step-down procedure bounds the chance of even one false finding, whatever the dependence (Holm 1979, *A simple
sequentially rejective multiple test procedure*). Benjamini and Hochberg's step-up procedure bounds the expected share
of false ones among the findings, for independent or positively dependent tests (Benjamini & Hochberg 1995,
*Controlling the false discovery rate*; Benjamini & Yekutieli 2001): a list of whom to look at, not of the guilty.
"""

from collections.abc import Sequence


def holm(values: Sequence[float]) -> list[float]:
    """The adjusted p-values, in the given order: reject those at most α for a family-wise error of α."""
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[index]))
        adjusted[index] = highest
    return adjusted


def benjamini_hochberg(values: Sequence[float]) -> list[float]:
    """The adjusted p-values, in the given order: reject those at most q for a false discovery rate of q."""
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted, lowest = [0.0] * len(values), 1.0
    for rank in range(len(values), 0, -1):
        index = order[rank - 1]
        lowest = min(lowest, values[index] * len(values) / rank)
        adjusted[index] = lowest
    return adjusted
