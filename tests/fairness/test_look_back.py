"""A look back finds the unfair drawer, spares the fair one, and tells the same whatever the order of its input."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.errors import BadInput
from scheduler.fairness import GroupKind, PastDraw, Stratum, look_back
from scheduler.fairness.tails import at_least, at_most, law
from tests.draw.worlds import experts, slots
from tests.fairness.histories import drawn_by_engine, equal_draw, lots, ticket

PEOPLE = [f"E{n:02d}" for n in range(30)]
ALPHA = 0.05
REPLAYS = 59
"""One block of replays, and (1 + 59) · 5 % is a whole number: the tests can have just that rate."""


def honest(seed, draws=60, seats=3):
    return [
        equal_draw(nth, PEOPLE, seats, lots(PEOPLE, seats, seed, nth), f"C{nth % 3}") for nth in range(draws)
    ]


@pytest.fixture(scope="module")
def engine_histories():
    """Many histories of the engine's own draws, over two lists that share candidates, employers capped."""
    pool = experts(*[(("0", "0", "1", "01")[n % 4], f"U{n // 2}") for n in range(20)])
    histories = [drawn_by_engine(slots(2, 1), pool, 24, seed) for seed in range(200)]
    return [look_back(history, str(seed).encode(), REPLAYS) for seed, history in enumerate(histories)]


def rejects(values):
    """How many p-values are at most alpha, and the probability of as many or more, of as few or fewer."""
    count = sum(value <= ALPHA for value in values)
    exact = law([ALPHA] * len(values))
    return count, at_least(exact, count), at_most(exact, count)


@pytest.mark.parametrize(
    "of",
    [
        lambda found: found.everyone.within.p,
        lambda found: found.inequality.p,
        lambda found: found.repeats.p,
        lambda found: min((pair.p for pair in found.pairs), default=1.0),
        lambda found: min(group.within.holm for group in found.groups if group.kind is GroupKind.CENTRE),
    ],
    ids=["evenness", "gini", "repeats", "pairs", "centres"],
)
def test_the_engines_own_draws_are_suspected_no_oftener_than_stated(engine_histories, of):
    count, as_many, _ = rejects([of(found) for found in engine_histories])
    assert as_many > 1e-3, f"{count} of {len(engine_histories)}"


def test_evenness_is_tested_at_just_the_stated_rate(engine_histories):
    count, _, as_few = rejects([found.everyone.within.p for found in engine_histories])
    assert as_few > 1e-3, f"{count} of {len(engine_histories)}: the test would miss what it should find"


def test_corrected_findings_on_experts_and_regulars_are_seldom_false(engine_histories):
    for of in (
        lambda found: min(one.verdict.holm for one in found.experts),
        lambda found: min((one.verdict.holm for one in found.regulars), default=1.0),
        lambda found: min(one.count.holm for one in found.groups if one.kind is GroupKind.EMPLOYER),
    ):
        assert rejects([of(found) for found in engine_histories])[1] > 1e-3


@pytest.mark.parametrize(
    ("rest", "draws"), [(4, 45), (7, 40), (99, 9)], ids=["short", "most_at_rest", "for_good"]
)
def test_rest_after_being_drawn_does_not_make_honest_draws_suspect(rest, draws):
    looks = []
    for seed in range(80):
        since, history = {}, []
        for nth in range(draws):
            there = [person for person in PEOPLE if since.get(person, -999) < nth - rest]
            drawn = lots(there, 3, "rest", seed, nth)
            since |= dict.fromkeys(drawn, nth)
            history.append(equal_draw(nth, there, 3, drawn, f"C{nth % 2}"))
        looks.append(look_back(history, str(seed).encode(), REPLAYS))
    for of in (
        lambda found: found.everyone.within.p,
        lambda found: found.inequality.p,
        lambda found: found.repeats.p,
        lambda found: min((pair.p for pair in found.pairs), default=1.0),
        lambda found: min(one.verdict.holm for one in found.experts),
        lambda found: min((one.verdict.holm for one in found.regulars), default=1.0),
        lambda found: min(one.within.holm for one in found.groups if one.kind is GroupKind.CENTRE),
    ):
        assert rejects([of(found) for found in looks])[1] > 1e-3


def test_someone_favoured_is_named_and_the_others_are_not():
    history = [
        equal_draw(nth, PEOPLE, 3, lots(PEOPLE, 3, "bias", nth, favour=("E07",))) for nth in range(200)
    ]
    found = look_back(history, b"s", 199)
    assert found.experts[0].expert_id == "E07"
    assert found.experts[0].verdict.holm < 0.01
    assert found.experts[0].observed > found.experts[0].expected
    assert [one.expert_id for one in found.experts if one.verdict.fdr < 0.01] == ["E07"]
    assert found.everyone.within.p == 1 / 200


def test_a_standing_member_of_one_centre_is_named_though_nothing_is_odd_over_all():
    history = []
    for nth in range(180):
        centre = f"C{nth % 3}"
        # E03 has always the better lot at C1, and a worse one elsewhere to make up for it.
        there = PEOPLE if centre == "C1" or ticket("out", nth) > 0.55 else [p for p in PEOPLE if p != "E03"]
        drawn = lots(there, 3, "regular", nth, favour=("E03",) if centre == "C1" else ())
        history.append(equal_draw(nth, PEOPLE, 3, drawn, centre))
    found = look_back(history, b"s", 99)
    first = found.regulars[0]
    assert (first.expert_id, first.centre_id) == ("E03", "C1")
    assert first.verdict.fdr < 0.1
    assert first.observed > 1.5 * first.expected


def test_two_who_always_come_together_are_found_though_each_comes_as_often_as_the_others():
    history = []
    for nth in range(150):
        drawn = lots([person for person in PEOPLE if person != "E05"], 3, "pair", nth)
        if "E04" in drawn:  # E05 takes the seat beside E04
            drawn = ["E04", "E05", next(person for person in drawn if person != "E04")]
        history.append(equal_draw(nth, PEOPLE, 3, drawn))
    found = look_back(history, b"s", 199)
    first = found.pairs[0]
    assert {first.one, first.other} == {"E04", "E05"}
    assert first.p == 1 / 200
    assert first.together > 5 * first.expected
    assert all(pair.p > ALPHA for pair in found.pairs[1:])
    assert min(one.verdict.holm for one in found.experts) > ALPHA
    assert found.repeats.p <= ALPHA


def test_an_employer_whose_members_come_too_often_is_named():
    people = [f"E{n:02d}" for n in range(40)]
    employer = {person: f"U{int(person[1:]) // 4}" for person in people}
    history = []
    for nth in range(200):
        pick = lots(people, 40, "house", nth, favour=("E00", "E01", "E02", "E03"))
        drawn, used = [], set()
        for person in pick:
            if employer[person] not in used and len(drawn) < 3:
                drawn.append(person)
                used.add(employer[person])
        members = tuple((person, employer[person]) for person in people)
        stratum = Stratum((0,), Fraction(3, 40), frozenset({"A08"}), members)
        history.append(PastDraw(f"D{nth}", "C", (stratum,), frozenset(drawn)))
    found = look_back(history, b"s", 99)
    groups = [one for one in found.groups if one.kind is GroupKind.EMPLOYER]
    assert all(one.exact for one in groups)
    assert [one.name for one in groups if one.count.holm < 0.01] == ["U0"]


def test_a_group_that_can_have_several_drawn_is_judged_by_replays():
    found = look_back(honest(1), b"s", 99)
    centre = next(one for one in found.groups if one.kind is GroupKind.CENTRE)
    assert (centre.exact, centre.count.p, centre.observed) == (False, 1.0, 60)
    assert centre.expected == pytest.approx(60)


@settings(deadline=None, max_examples=8)
@given(st.randoms(use_true_random=False))
def test_order_of_draws_strata_and_members_changes_nothing(random):
    pool = experts(*[(("0", "1", "01")[n % 3], f"U{n // 2}") for n in range(12)])
    history = drawn_by_engine(slots(1, 1), pool, 8, 3)
    shuffled = []
    for draw in history:
        strata = [replace(s, members=tuple(random.sample(s.members, len(s.members)))) for s in draw.strata]
        shuffled.append(replace(draw, strata=tuple(random.sample(strata, len(strata)))))
    random.shuffle(shuffled)
    assert look_back(shuffled, b"s", 70) == look_back(history, b"s", 70)


def test_figures_of_a_small_history_are_those_worked_out_by_hand():
    history = [
        equal_draw(0, ["a", "b", "c", "d"], 2, ["a", "b"]),
        equal_draw(1, ["a", "b", "c", "d"], 2, ["a", "b"]),
        equal_draw(2, ["a", "b"], 1, ["a"], seated=frozenset({"c"})),
    ]
    found = look_back(history, b"s", 9)
    counts = {one.expert_id: (one.draws, one.expected, one.observed) for one in found.experts}
    assert counts == {"a": (3, 1.5, 3), "b": (3, 1.5, 2), "c": (2, 1.0, 0), "d": (2, 1.0, 0)}
    assert {one.expert_id: one.verdict.p for one in found.experts} == {
        "a": 0.25,
        "b": 1.0,
        "c": 0.5,
        "d": 0.5,
    }
    assert found.everyone.selections.gini == pytest.approx(11 / 20)
    assert found.everyone.chances.gini == pytest.approx(0.1)
    assert [(one.one, one.other, one.together) for one in found.pairs] == [("a", "b", 2)]
    assert found.repeats.observed == 1
    assert (found.draws, found.seats, found.replays) == (3, 5, 9)


def test_meeting_a_seated_member_again_in_a_redraw_counts():
    history = [equal_draw(nth, ["a", "b", "c"], 1, ["a"], seated=frozenset({"x"})) for nth in range(3)]
    (pair,) = look_back(history, b"s", 19).pairs
    assert (pair.one, pair.other, pair.together) == ("a", "x", 3)


def test_that_two_were_seated_before_does_not_excuse_their_being_drawn_together():
    redraws = [
        equal_draw(nth, PEOPLE[2:], 1, [PEOPLE[2 + nth]], seated=frozenset(PEOPLE[:2])) for nth in range(20)
    ]
    chosen = [equal_draw(100 + nth, PEOPLE, 2, PEOPLE[:2]) for nth in range(3)]
    pair = look_back([*redraws, *chosen], b"s", 99).pairs[0]
    assert ({pair.one, pair.other}, pair.together) == (set(PEOPLE[:2]), 3)
    assert pair.p <= ALPHA


@pytest.mark.parametrize(
    ("history", "field"),
    [
        (list, "draws"),
        (lambda: [equal_draw(0, PEOPLE, 1, ["E00"])] * 2, "draw_id"),
        (lambda: [equal_draw(0, PEOPLE, 1, ["nobody"])], "drawn"),
        (lambda: [equal_draw(0, ["a"], 1, [])], "drawn"),
        (lambda: [equal_draw(0, ["a", "a"], 1, ["a"])], "strata"),
        (lambda: [equal_draw(0, ["a", "b"], 1, ["a"], seated=frozenset({"b"}))], "seated"),
    ],
)
def test_an_impossible_history_is_refused_by_field(history, field):
    with pytest.raises(BadInput) as refusal:
        look_back(history(), b"s")
    assert refusal.value.field == field
