"""The least Gini coefficient that whole supports allow is found exactly."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planning.figures import gini
from benchmarks.planning.limits import least_gini


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([5, 7, 9, 16]), min_size=1, max_size=4), st.integers(0, 5))
def test_no_way_to_share_supports_is_more_even(seats, supports):
    ways = (way for way in product(range(supports + 1), repeat=len(seats)) if sum(way) == supports)
    every = [gini([Fraction(n, size) for n, size in zip(way, seats, strict=True)]) for way in ways]
    assert least_gini(seats, supports) == min(every)


def test_the_supports_of_one_day_in_a_prefecture_cannot_be_as_even_as_the_goal_asks():
    seats = [16, 16, 23, 23, 16, 23, 16, 28, 23, 28, 16]
    assert least_gini(seats, 33) > Fraction(6, 100)
    assert least_gini([16, 23], 39) == 0, "they can where supports are as many as seats"
