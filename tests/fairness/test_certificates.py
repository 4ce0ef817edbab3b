"""What certificates say becomes past draws, chance by chance; what is no certificate is refused."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.draw import Method
from scheduler.errors import BadInput
from scheduler.fairness import common_seed, look_back, past_draw
from tests.draw.worlds import at_odds, draw, experts, slots
from tests.fairness.histories import drawn_by_engine

POOL = experts(("0", "UA"), ("01", "UB"), ("1", "UC"), ("1", "UC"))


def test_a_certificate_gives_everyones_chance_reach_and_employer():
    drawn = draw(slots(1, 1), POOL, excluded=("E90",))
    found = past_draw(drawn.public, drawn.sealed, "C01")
    people = {
        expert_id: (stratum.slots, stratum.chance, set(stratum.specialties), employer)
        for stratum in found.strata
        for expert_id, employer in stratum.members
    }
    # One seat of list X0 for E00 and E01, one of X1 for E01, E02 and E03: half a seat each.
    assert people == {
        "E00": ((0,), Fraction(1, 2), {"X0"}, "UA"),
        "E01": ((0, 1), Fraction(1, 2), {"X0", "X1"}, "UB"),
        "E02": ((1,), Fraction(1, 2), {"X1"}, "UC"),
        "E03": ((1,), Fraction(1, 2), {"X1"}, "UC"),
    }
    assert found.drawn == {member["expert_id"] for member in drawn.sealed["panel"]}
    assert (found.draw_id, found.centre_id) == (drawn.public["commitment_digest"], "C01")
    assert (found.exact, found.employer_cap, found.seated) == (True, 1, frozenset())


def test_a_draw_list_by_list_is_judged_by_its_own_chances_and_says_that_they_are_estimates():
    drawn = draw(slots(1, 1), POOL, method=Method.SEQUENTIAL)
    found = past_draw(drawn.public, drawn.sealed, "C01")
    chance = {expert_id: stratum.chance for stratum in found.strata for expert_id, _ in stratum.members}
    # By hand: list X0 first, E00 and E01 alike; then X1 among those left.
    assert abs(chance["E01"] - (Fraction(1, 2) + Fraction(1, 2) * Fraction(1, 3))) < 0.03
    assert abs(chance["E00"] - Fraction(1, 2)) < 0.03
    assert all(0 < one < 1 for one in chance.values())
    assert not found.exact
    assert look_back([found], b"s", 9).estimated == 1


def test_a_draw_over_listed_panels_is_judged_by_the_chances_of_these():
    pool = at_odds(experts(*[("0", f"u{n}") for n in range(5)]), ("E00", "E01"))
    drawn = draw(slots(3), pool)
    assert drawn.public["commitment"]["method"] == "panels"
    found = past_draw(drawn.public, drawn.sealed, "C01")
    chance = {expert_id: stratum.chance for stratum in found.strata for expert_id, _ in stratum.members}
    rest = dict.fromkeys(("E02", "E03", "E04"), Fraction(2, 3))
    assert chance == {"E00": Fraction(1, 2), "E01": Fraction(1, 2), **rest}
    assert found.exact


def test_the_two_parts_of_different_draws_are_refused():
    one, other = draw(slots(1, 1), POOL), draw(slots(1, 1), POOL, draw_id="D1")
    with pytest.raises(BadInput) as refusal:
        past_draw(one.public, {**other.sealed, "draw_id": "D2"}, "C01")
    assert refusal.value.field == "draw_id"


WHOLE = draw(slots(1, 1), POOL)
JSON = st.recursive(st.none() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3), max_leaves=4)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(sorted(WHOLE.sealed)), JSON)
def test_a_malformed_part_is_refused_and_never_crashes(field, value):
    try:
        past_draw(WHOLE.public, {**WHOLE.sealed, field: value}, "C01")
    except BadInput:
        return
    assert field not in ("draw_id", "pool", "panel") or value == WHOLE.sealed[field]


def test_the_seed_follows_from_the_draws_alone_and_from_all_of_them():
    ids = [one.draw_id for one in drawn_by_engine(slots(1, 1), POOL, 3, 1)]
    assert common_seed(ids) == common_seed(reversed(ids))
    assert len({common_seed(ids), common_seed(ids[:2]), common_seed([*ids[:2], "x"])}) == 3
