"""Over 100,000 seeds, panels keep every constraint and experts come up as often as their exact chances say.

Exact two-sided binomial tests of every expert's chance, and of every chance of an expert to sit in a slot, are
corrected together by Holm's method (1979) at level 0.001. Seeds are numbered, so a verdict never changes by itself.
"""

import hashlib
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from scheduler.bodies import Caps, path_of
from scheduler.draw import Census, solve_lottery
from scheduler.draw.census import fillable
from scheduler.draw.sampling import Drawing
from scheduler.draw.sequential import ByList
from tests.draw.worlds import experts, slots

SEEDS = 20_000
LEVEL = 0.001

# Each: people as (slots they fill, employer[, department[, group]]), seats, caps, seats in all, pairs apart.
INSTANCES = {
    "one cap that binds, several specialties": (
        [("0", "a"), ("0", "a"), ("01", "a"), ("01", "b"), ("1", "b"), ("0", "c"), ("1", "d"), ("1", "a")],
        (2, 1), Caps(1), 3, (),
    ),
    "two of an employer": (
        [("0", "a")] * 4 + [("01", "a"), ("1", "b"), ("1", "b"), ("1", "b"), ("01", "c"), ("0", "d")],
        (2, 2), Caps(2), 4, (),
    ),
    "caps of group, employer and department": (
        [
            ("0", "a", "x", "g"), ("0", "a", "x", "g"), ("01", "a", "y", "g"), ("1", "b", "x", "g"),
            ("0", "b", "y", "g"), ("1", "b", "y", "g"), ("0", "c"), ("1", "d"), ("01", "d", "x"),
        ],
        (2, 2), Caps(2, group=3, department=1), 4, (),
    ),
    "slots from least to most": (
        [("0", "a"), ("0", "b"), ("01", "c"), ("1", "d"), ("1", "d"), ("12", "e"), ("2", "f"), ("02", "g")],
        ((0, 2), (1, 2), (1, 3)), Caps(1), 4, (),
    ),
    "conflicts kept apart": (
        [("0", "a"), ("0", "b"), ("0", "c"), ("01", "d"), ("01", "e"), ("1", "f"), ("1", "g"), ("01", "h"), ("1", "i")],
        (1, 2), Caps(1), 3, ((0, 4), (5, 6)),
    ),
}  # fmt: skip


def staged(people, seats, caps, total, apart):
    pool, wanted = experts(*people), slots(*seats)
    census = Census.of(pool, wanted)
    lottery = solve_lottery(wanted, census, caps, total)
    return pool, wanted, census, Drawing(lottery, census, apart)


def seed_of(number):
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def two_sided(successes, trials, chance):
    """The probability, exactly, of outcomes no likelier than this one (as floats, of a binomial in logarithms)."""
    if chance in (0, 1):
        return float(successes == trials * chance)
    many = np.arange(trials)
    odds = float(chance / (1 - chance))
    steps = np.log(trials - many) - np.log(many + 1) + np.log(odds)
    heights = np.concatenate([[0.0], np.cumsum(steps)])
    likely = np.exp(heights - heights.max())
    likely /= likely.sum()
    return float(likely[likely <= likely[successes] * (1 + 1e-7)].sum())


def rejected(values, level=LEVEL):
    """The names whose p-value Holm's method rejects at this level for all together."""
    found = []
    for nth, (name, value) in enumerate(sorted(values.items(), key=lambda item: item[1])):
        if value > level / (len(values) - nth):
            break
        found.append(name)
    return found


def exact_chances(drawing, census):
    """The exact chance of every expert, and of every expert in every slot."""
    lottery, sizes = drawing.lottery, dict(drawing.lottery.counts)
    loads = {(cell, slot): load for cell, slot, load in lottery.spread}
    chances = {}
    for nth, number in enumerate(drawing.cell_of.tolist()):
        cell = drawing.cells[number]
        chances[nth, None] = lottery.chances[cell]
        for slot in census.types[census.type_of[nth]]:
            chances[nth, slot] = Fraction(loads.get((cell, slot), 0)) / sizes[cell]
    return chances


@pytest.mark.parametrize("name", INSTANCES)
def test_frequencies_are_the_exact_chances_and_every_panel_keeps_every_constraint(name):
    people, seats, caps, total, apart = INSTANCES[name]
    pool, wanted, census, drawing = staged(people, seats, caps, total, apart)
    assert drawing.loose == (), "these conflicts can be kept apart"
    fits = [set(fillable(person, wanted)) for person in pool]
    chains = [caps.chain(path_of(person)) for person in pool]
    # The digits in the ids keep them in order, so numbers in the census are places in the pool.
    assert list(census.ids) == [person.expert_id for person in pool]
    chances = exact_chances(drawing, census)
    room = {body: caps.of(body) for chain in chains for body in chain}
    seen = Counter()
    for number in range(SEEDS):
        panel = drawing.sample(seed_of(number))
        members = [seated.nth for seated in panel]
        assert len(members) == len(set(members)) == total
        filled = Counter(seated.slot for seated in panel)
        assert all(slot.seats <= filled[nth] <= slot.upmost for nth, slot in enumerate(wanted))
        assert all(seated.slot in fits[seated.nth] for seated in panel)
        bodies = Counter(body for nth in members for body in chains[nth])
        assert all(count <= room[body] for body, count in bodies.items())
        assert not any(one in members and other in members for one, other in apart)
        assert all(seated.chance == chances[seated.nth, None] for seated in panel)
        seen.update((seated.nth, slot) for seated in panel for slot in (None, seated.slot))
    assert sum(chances[nth, None] for nth in range(len(pool))) == total
    assert rejected({one: two_sided(seen[one], SEEDS, chance) for one, chance in chances.items()}) == []


def test_the_same_test_convicts_a_draw_list_by_list():
    people, seats, caps, total, apart = INSTANCES["one cap that binds, several specialties"]
    _, wanted, census, drawing = staged(people, seats, caps, total, apart)
    by_list, seen, drawn = ByList(wanted, census, caps, apart), Counter(), 0
    for number in range(5_000):
        panel = by_list.draw(seed_of(number))
        drawn += panel is not None
        seen.update(nth for _, nth in panel or ())
    chances = {nth: chance for (nth, slot), chance in exact_chances(drawing, census).items() if slot is None}
    assert len(rejected({nth: two_sided(seen[nth], drawn, chance) for nth, chance in chances.items()})) >= 3


def test_the_binomial_test_is_exact():
    # By hand: of 4 throws of a fair coin, 4 heads; outcomes no likelier are 0 and 4, 2/16 together.
    assert two_sided(4, 4, Fraction(1, 2)) == pytest.approx(2 / 16)
    # 3 of 3 at chance 1/3: 1/27; 0 of 3 is 8/27, likelier.
    assert two_sided(3, 3, Fraction(1, 3)) == pytest.approx(1 / 27)
    assert two_sided(2, 2, Fraction(1)) == 1
    assert rejected({"a": 0.0004, "b": 0.0006, "c": 0.5}, level=0.001) == []
    assert rejected({"a": 0.0003, "b": 0.0005, "c": 0.5}, level=0.001) == ["a", "b"]
