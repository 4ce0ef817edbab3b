"""Tails of counts are exact to their stated error, and p-values never promise too much."""

from fractions import Fraction
from itertools import product
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.fairness.correction import benjamini_hochberg, holm
from scheduler.fairness.tails import at_least, at_most, evidence, law, two_sided

CHANCES = st.lists(st.fractions(0, 1, max_denominator=60), max_size=9)


def by_enumeration(chances):
    """The law of the count from all outcomes, in fractions."""
    found = [Fraction(0)] * (len(chances) + 1)
    for outcome in product((0, 1), repeat=len(chances)):
        weight = Fraction(1)
        for drawn, chance in zip(outcome, chances, strict=True):
            weight *= chance if drawn else 1 - chance
        found[sum(outcome)] += weight
    return found


def off_by(value, exact):
    """The relative error."""
    return 0 if value == exact else abs(Fraction(float(value)) - exact) / exact


@settings(deadline=None, max_examples=60)
@given(CHANCES)
def test_the_law_and_both_tails_are_those_of_all_outcomes(chances):
    exact, found = by_enumeration(chances), law(chances)
    bound = Fraction(6 * len(chances) + 1, 2**53)
    for count, probability in enumerate(exact):
        assert off_by(found[count], probability) <= bound
        assert off_by(at_least(found, count), sum(exact[count:])) <= bound
        assert off_by(at_most(found, count), sum(exact[: count + 1])) <= bound


@settings(deadline=None, max_examples=60)
@given(CHANCES, st.fractions(0, 1))
def test_a_two_sided_p_value_is_at_most_alpha_with_probability_at_most_alpha(chances, alpha):
    exact = by_enumeration(chances)
    values = [
        min(Fraction(1), 2 * min(sum(exact[: count + 1]), sum(exact[count:]))) for count in range(len(exact))
    ]
    assert sum(p for p, value in zip(exact, values, strict=True) if value <= alpha) <= alpha
    found = law(chances)
    assert all(abs(two_sided(found, count) - value) < 1e-12 for count, value in enumerate(values))


def test_a_thousand_draws_keep_the_stated_precision_far_into_the_tail():
    chances = [Fraction(1, 7 + nth % 90) for nth in range(1_000)]
    exact = [Fraction(1)]
    scale = 1 << 400
    whole = [scale]
    for chance in chances:
        above, below = chance.numerator, chance.denominator
        whole = [
            ((whole[k] * (below - above) if k < len(whole) else 0) + (whole[k - 1] * above if k else 0))
            // below
            for k in range(min(len(whole) + 1, 120))
        ]
    exact = [Fraction(value, scale) for value in whole]
    found = law(chances)
    for count in (0, 1, 5, 20, 60, 100):
        assert off_by(found[count], exact[count]) < 7e-13


@settings(deadline=None, max_examples=50)
@given(CHANCES.filter(bool))
def test_evidence_against_honest_chance_is_at_most_one_on_average(chances):
    expected = float(sum(chances))
    mean = sum(float(p) * exp(evidence(expected, count)) for count, p in enumerate(by_enumeration(chances)))
    assert mean <= 1 + 1e-9


def test_evidence_grows_with_the_count_and_shrinks_with_the_expectation():
    assert evidence(1.0, 3) < evidence(1.0, 4) < evidence(0.5, 4)
    assert evidence(0.0, 0) == pytest.approx(0)
    assert exp(evidence(2.0, 3)) == pytest.approx(sum(t**3 * exp(-2 * (t - 1)) for t in (2, 4, 8)) / 3)


VALUES = st.lists(st.integers(1, 1000).map(lambda n: n / 1000), min_size=1, max_size=12)


@settings(deadline=None, max_examples=80)
@given(VALUES, st.sampled_from([0.01, 0.05, 0.2, 0.5]))
def test_corrected_values_reject_just_what_the_published_procedures_reject(values, alpha):
    ordered = sorted(values)
    size = len(values)
    step_down = 0
    while step_down < size and (size - step_down) * ordered[step_down] <= alpha:
        step_down += 1
    step_up = max((k for k in range(1, size + 1) if ordered[k - 1] * size / k <= alpha), default=0)
    assert sum(value <= alpha for value in holm(values)) == step_down
    assert sum(value <= alpha for value in benjamini_hochberg(values)) == step_up


@given(VALUES)
def test_a_correction_keeps_the_order_and_never_makes_a_value_smaller(values):
    for adjusted in (holm(values), benjamini_hochberg(values)):
        ranked = np.argsort(values, kind="stable")
        assert all(np.diff(np.array(adjusted)[ranked]) >= 0)
        assert all(after >= before * (1 - 1e-12) for before, after in zip(values, adjusted, strict=True))
