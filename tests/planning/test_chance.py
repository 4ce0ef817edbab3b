"""The numbers that order equals are the same one by one and all at once."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.planning.chance import tie, ties

TICKETS = st.integers(0, 2**64 - 1)


@given(TICKETS, st.lists(TICKETS))
def test_ties_at_once_are_the_ties_of_each_pair(one, others):
    assert ties(one, others) == [tie(one, other) for other in others]
