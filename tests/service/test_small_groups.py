"""Groups too small to be told of are left out, and with them what would give them away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.refusals import TooFewInGroup
from api.reports.fairness import without_ids
from api.schemas.fairness import FairnessView
from scheduler.fairness import GroupKind, look_back
from tests.fairness.histories import equal_draw


def report(sizes):
    """A report on one draw whose candidates come from employers of these sizes."""
    people = [f"E{n:02d}" for n in range(sum(sizes))]
    houses = [f"U{house}" for house, size in enumerate(sizes) for _ in range(size)]
    draw = equal_draw(0, people, 1, people[:1])
    stratum = draw.strata[0]
    members = tuple((expert_id, house) for (expert_id, _), house in zip(stratum.members, houses, strict=True))
    changed = type(stratum)(stratum.slots, stratum.chance, stratum.specialties, members)
    return FairnessView.of(look_back([type(draw)(draw.draw_id, "C", (changed,), draw.drawn)], b"s", 9))


def employers(view):
    return [group for group in view.groups if group.kind is GroupKind.EMPLOYER]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6).filter(lambda sizes: sum(sizes) >= 3))
def test_what_is_left_out_is_never_one_group_nor_fewer_experts_than_the_rule(sizes):
    shown = employers(without_ids(report(sizes), 3))
    assert all(group.experts >= 3 for group in shown)
    left_out = len(sizes) - len(shown)
    if left_out and shown:
        assert left_out > 1
        assert sum(sizes) - sum(group.experts for group in shown) >= 3


def test_groups_large_enough_are_all_shown():
    assert len(employers(without_ids(report([3, 4, 5]), 3))) == 3


def test_a_report_on_too_few_experts_is_refused():
    with pytest.raises(TooFewInGroup):
        without_ids(report([1, 1]), 3)
