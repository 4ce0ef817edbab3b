"""Draws held again keep each one's chance, the seats and the employers, and follow from their seed alone."""

import hashlib
from collections import Counter
from fractions import Fraction
from itertools import combinations

import numpy as np

from scheduler.fairness import PastDraw, Stratum
from scheduler.fairness.replays import BLOCK, ONE, line_of, pairs, replay
from scheduler.fairness.tails import law, two_sided


def line(*strata, drawn=()):
    """The line of a draw of these strata, given as (slots, chance, ids), ids with the employer behind a colon."""
    made = tuple(
        Stratum(slots, Fraction(chance), frozenset({"A"}), tuple(tuple(m.split(":")) for m in ids.split()))
        for slots, chance, ids in strata
    )
    ids = sorted(expert_id for stratum in made for expert_id, _ in stratum.members)
    draw = PastDraw("D1", "C", made, frozenset(drawn))
    return line_of(draw, {expert_id: nth for nth, expert_id in enumerate(ids)}), ids


TWO_LISTS = (
    ((0,), "1/3", "a:1 b:2 c:3"),
    ((0, 1), "1/2", "d:4 e:4"),
    ((1,), "1/4", "f:5 g:5 h:6 i:7"),
)


def panels(own, replays, seed=b"s"):
    """The panels of so many replays, as sets of places on the line."""
    found = []
    for block in range(replays // BLOCK):
        rows, places = replay(own, seed, block)
        found += [frozenset(places[rows == row].tolist()) for row in range(BLOCK)]
    return found


def test_each_is_drawn_as_often_as_the_chance_says():
    own, ids = line(*TWO_LISTS)
    held = panels(own, 200 * BLOCK)
    chances = {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3, "d": 1 / 2, "e": 1 / 2} | dict.fromkeys("fghi", 1 / 4)
    times = Counter(ids[place] for panel in held for place in panel)
    for expert_id, chance in chances.items():
        assert two_sided(law([chance] * len(held)), times[expert_id]) > 1e-4, expert_id


def test_every_panel_has_all_seats_and_one_member_of_an_employer():
    own, ids = line(*TWO_LISTS)
    for panel in panels(own, 20 * BLOCK):
        members = {ids[place] for place in panel}
        assert len(members) == 3
        assert not {"d", "e"} <= members
        assert not {"f", "g"} <= members


def test_colleagues_are_never_drawn_together_where_their_chances_sum_to_one_seat():
    own, ids = line(((0,), "1/4", "a:1 b:1 c:2 d:2 e:3 f:3 g:4 h:4"))
    employer = dict(zip("abcdefgh", "11223344", strict=True))
    for panel in panels(own, 20 * BLOCK):
        assert len({employer[ids[place]] for place in panel}) == len(panel) == 2


def test_lists_without_common_candidates_keep_their_own_seats():
    own, ids = line(((0,), "1/2", "a:1 b:2 c:3 d:4"), ((1,), "1/3", "e:5 f:6 g:7"))
    for panel in panels(own, 20 * BLOCK):
        assert len({"a", "b", "c", "d"} & {ids[place] for place in panel}) == 2


def test_within_one_list_every_pair_is_equally_likely():
    own, _ = line(((0,), "2/5", "a:1 b:2 c:3 d:4 e:5"))
    held = panels(own, 100 * BLOCK)
    times = Counter(held)
    for pair in combinations(range(5), 2):
        assert two_sided(law([0.1] * len(held)), times[frozenset(pair)]) > 1e-4


def test_a_certain_candidate_is_in_every_panel_and_an_impossible_one_in_none():
    own, ids = line(((0,), "1", "a:1"), ((0, 1), "0", "b:2"), ((1,), "1/2", "c:3 d:4"), drawn="a")
    assert all({ids[place] for place in panel} - {"c", "d"} == {"a"} for panel in panels(own, 4 * BLOCK))


def test_replays_follow_from_the_bytes_that_the_module_states():
    own, ids = line(((0,), "2/3", "a:1 b:2 c:3"))
    words = hashlib.shake_128(b"yidi/fairness/1\0s\0D1\0" + (0).to_bytes(8, "big")).digest(4 * 8 * BLOCK)
    rows, places = replay(own, b"s", 0)
    for row in range(BLOCK):
        numbers = [int.from_bytes(words[(4 * row + n) * 8 :][:8], "big") for n in range(4)]
        point, keys = numbers[0] >> 24, dict(zip("abc", numbers[1:], strict=True))
        order = sorted(keys, key=lambda one: (keys[one] >> 32, keys[one] & 0xFFFFF))
        length, at, drawn = round(Fraction(2, 3) * ONE), 0, set()
        for one in order:
            drawn |= {one} if any(at <= point + k * ONE < at + length for k in range(3)) else set()
            at += length
        assert {ids[place] for place in places[rows == row]} == drawn
    assert (
        "".join("".join(sorted(ids[p] for p in places[rows == row])) + " " for row in range(6)) == FIRST_SIX
    )


FIRST_SIX = "ac ab ab bc ab ac "


def test_a_part_of_a_block_is_its_beginning():
    own, _ = line(*TWO_LISTS)
    whole, part = replay(own, b"s", 3), replay(own, b"s", 3, 10)
    assert np.array_equal(whole[1][whole[0] < 10], part[1])


def test_meetings_are_all_pairs_of_those_drawn_and_of_each_with_the_seated():
    rows = np.array([0, 0, 0, 1, 1])
    people = np.array([4, 2, 7, 1, 3])
    found, codes = pairs(rows, people, (9,), 10)
    met = {(int(row), *divmod(int(code), 10)) for row, code in zip(found, codes, strict=True)}
    assert met == {
        (0, 2, 4), (0, 2, 7), (0, 4, 7), (1, 1, 3), (0, 4, 9), (0, 2, 9), (0, 7, 9), (1, 1, 9), (1, 3, 9),
    }  # fmt: skip
    assert len(codes) == 9
