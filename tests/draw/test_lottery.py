"""The lottery against brute force: all valid panels enumerated, leximin solved exactly over them."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.bodies import Caps, path_of
from scheduler.draw import Census, NoPanel, solve_lottery
from scheduler.draw.census import fillable
from scheduler.verification.draws import verify_draw
from tests.draw.worlds import draw, experts, slots

PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["0", "1", "01", "2", "02", "12", "012"]),
        st.sampled_from("abcdef"),
        st.sampled_from(["", "", "x", "y"]),
    ),
    min_size=1,
    max_size=8,
)
GROUPS = {"a": "g", "b": "g", "c": "h", "d": "h"}
SEATS = st.lists(
    st.integers(1, 2)
    | st.tuples(st.integers(0, 2), st.integers(1, 2)).map(lambda pair: (min(pair), pair[1])),
    min_size=1,
    max_size=3,
)
CAPS = st.builds(Caps, st.integers(1, 2), st.none() | st.integers(1, 3), st.none() | st.integers(1, 2))


def staffed(people):
    return experts(*[(fits, employer, unit, GROUPS.get(employer)) for fits, employer, unit in people])


def valid_panels(people, wanted, caps, seats):
    """Every set of experts that can fill the seats, found by trying all sets and seatings."""
    panels = []
    splits = [
        split
        for split in product(*[range(slot.seats, slot.upmost + 1) for slot in wanted])
        if sum(split) == seats
    ]
    for chosen in combinations(range(len(people)), seats):
        bodies = Counter(body for n in chosen for body in caps.chain(path_of(people[n])))
        if any(count > caps.of(body) for body, count in bodies.items()):
            continue
        fits = [fillable(people[n], wanted) for n in chosen]
        if any(
            can_sit(fits, [nth for nth, count in enumerate(split) for _ in range(count)]) for split in splits
        ):
            panels.append(chosen)
    return panels


def can_sit(fits, seats):
    """Whether the people can be matched to the seats (Kuhn)."""
    held = {}

    def seat(person, seen):
        for nth, slot in enumerate(seats):
            if slot in fits[person] and nth not in seen:
                seen.add(nth)
                if nth not in held or seat(held[nth], seen):
                    held[nth] = person
                    return True
        return False

    return all(seat(person, set()) for person in range(len(fits)))


def leximin(panels, count):
    """The leximin chances over lotteries on `panels`, by maximin levels with an exact simplex."""
    fixed = {}
    while len(fixed) < count:
        best, open_people = None, [n for n in range(count) if n not in fixed]
        best = maximin(panels, fixed, open_people)
        for person in open_people:
            others = {n: best for n in open_people if n != person}
            if maximin(panels, fixed, [person], floor=others) == best:
                fixed[person] = best
    return [fixed[n] for n in range(count)]


def maximin(panels, fixed, people, floor=None):
    """The largest t such that a lottery gives `people` at least t, `fixed` their chance, `floor` at least theirs."""
    rows, right = [], []
    width = len(panels) + 1
    surplus = [*(("t", n) for n in people), *(("f", n) for n in (floor or {}))]
    total = width + len(surplus)
    rows.append([1] * len(panels) + [0] * (total - len(panels)))
    right.append(1)
    for n, chance in fixed.items():
        rows.append([int(n in panel) for panel in panels] + [0] * (total - len(panels)))
        right.append(chance)
    for nth, (kind, n) in enumerate(surplus):
        row = [int(n in panel) for panel in panels] + [-1 if kind == "t" else 0] + [0] * len(surplus)
        row[width + nth] = -1
        rows.append(row)
        right.append(0 if kind == "t" else floor[n])
    goal = [0] * len(panels) + [1] + [0] * len(surplus)
    return simplex(rows, right, goal)


def simplex(rows, right, goal):
    """Maximise goal·x over rows·x = right, x ≥ 0, in fractions, by two phases with Bland's rule."""
    size, width = len(rows), len(goal)
    table = []
    for nth, row in enumerate(rows):
        sign = -1 if right[nth] < 0 else 1
        unit = [Fraction(int(nth == other)) for other in range(size)]
        table.append([Fraction(sign * value) for value in row] + unit + [Fraction(sign) * right[nth]])
    basis = list(range(width, width + size))

    def optimise(cost, columns):
        while True:
            duals = [cost[b] for b in basis]
            entering = next(
                (
                    column
                    for column in range(columns)
                    if column not in basis
                    and cost[column] - sum(dual * row[column] for dual, row in zip(duals, table, strict=True))
                    > 0
                ),
                None,
            )
            if entering is None:
                return sum(dual * row[-1] for dual, row in zip(duals, table, strict=True))
            ratios = [
                (row[-1] / row[entering], basis[nth], nth)
                for nth, row in enumerate(table)
                if row[entering] > 0
            ]
            pivot(min(ratios)[2], entering)

    def pivot(at, column):
        divisor = table[at][column]
        table[at] = [value / divisor for value in table[at]]
        for other in range(size):
            factor = table[other][column]
            if other != at and factor:
                table[other] = [a - factor * b for a, b in zip(table[other], table[at], strict=True)]
        basis[at] = column

    assert optimise([Fraction(0)] * width + [Fraction(-1)] * size, width + size) == 0
    for at in range(size):
        if basis[at] >= width:
            column = next((c for c in range(width) if table[at][c]), None)
            if column is not None:
                pivot(at, column)
    return optimise([Fraction(value) for value in goal] + [Fraction(-(10**6))] * size, width)


def solved(people, wanted, caps, seats=None):
    caps = caps if isinstance(caps, Caps) else Caps(caps)
    lottery = solve_lottery(wanted, Census.of(people, wanted), caps, seats)
    return [lottery.chances[lottery.cell_of(fillable(p, wanted), path_of(p))] for p in people]


@settings(max_examples=150, deadline=None)
@given(PEOPLE, SEATS, CAPS, st.data())
def test_chances_and_verdicts_are_those_of_brute_force(people, ranges, caps, data):
    wanted = slots(*ranges)
    least, most = sum(slot.seats for slot in wanted), sum(slot.upmost for slot in wanted)
    seats = data.draw(st.integers(max(1, least), most))
    pool = [person for person in staffed(people) if fillable(person, wanted)]
    panels = valid_panels(pool, wanted, caps, seats) if pool else []
    if not panels:
        with pytest.raises(NoPanel):
            solved(pool, wanted, caps, seats)
        return
    assert solved(pool, wanted, caps, seats) == leximin(panels, len(pool))


@settings(max_examples=80, deadline=None)
@given(PEOPLE, SEATS, CAPS, st.integers(0, 2**32), st.data())
def test_every_panel_of_nested_bodies_and_ranges_is_valid_and_verified(people, ranges, caps, seed, data):
    wanted = slots(*ranges)
    least, most = sum(slot.seats for slot in wanted), sum(slot.upmost for slot in wanted)
    seats = data.draw(st.integers(max(1, least), most))
    pool = [person for person in staffed(people) if fillable(person, wanted)]
    try:
        drawn = draw(wanted, pool, caps, seed, seats=seats)
    except NoPanel:
        return
    by_id = {person.expert_id: person for person in pool}
    filled = Counter(member.slot_id for member in drawn.members)
    assert sum(filled.values()) == len({member.expert_id for member in drawn.members}) == seats
    assert all(slot.seats <= filled[slot.slot_id] <= slot.upmost for slot in wanted)
    bodies = Counter(body for m in drawn.members for body in caps.chain(path_of(by_id[m.expert_id])))
    assert all(count <= caps.of(body) for body, count in bodies.items())
    assert [step for step in verify_draw(drawn.public, drawn.sealed) if not step.holds] == []


def test_one_slot_gives_everyone_seats_over_pool():
    pool = experts(*[("0", f"employer {n}") for n in range(28)])
    assert set(solved(pool, slots(1), 1)) == {Fraction(1, 28)}


def test_an_employer_with_many_experts_shares_its_cap():
    pool = experts(*[("0", "big")] * 8, ("0", "x"), ("0", "y"))
    chances = solved(pool, slots(2), 1)
    assert chances == [Fraction(1, 8)] * 8 + [Fraction(1, 2)] * 2


@pytest.mark.parametrize("cap", [1, 2])
def test_every_drawn_panel_is_valid_and_frequencies_match_the_exact_chances(cap):
    pool = experts(
        ("0", "a"), ("0", "a"), ("01", "a"), ("01", "b"), ("1", "b"), ("0", "c"), ("1", "d"), ("1", "a")
    )
    wanted = slots(2, 1)
    chances = dict(zip([p.expert_id for p in pool], solved(pool, wanted, cap), strict=True))
    by_id = {person.expert_id: person for person in pool}
    runs, seen = 3_000, Counter()
    for seed in range(runs):
        members = draw(wanted, pool, cap, seed).members
        assert Counter(member.slot_id for member in members) == {"S0": 2, "S1": 1}
        assert len({member.expert_id for member in members}) == 3
        assert max(Counter(by_id[member.expert_id].employer for member in members).values()) <= cap
        for member in members:
            assert int(member.slot_id[1:]) in fillable(by_id[member.expert_id], wanted)
            assert member.chance == chances[member.expert_id]
            seen[member.expert_id] += 1
    for expert_id, chance in chances.items():
        spread = (runs * chance * (1 - chance)) ** 0.5
        assert abs(seen[expert_id] - runs * chance) <= 4.5 * spread + 1e-9


def test_the_order_of_the_pool_never_matters():
    pool = experts(*[(fits, employer) for fits, employer in product(["0", "1", "01"], "abcd")])
    assert draw(slots(2, 2), pool).public == draw(slots(2, 2), pool[::-1]).public


def test_an_impossible_quota_names_the_slots_and_what_is_missing():
    with pytest.raises(NoPanel) as refusal:
        draw(slots(1, 3), experts(("0", "a"), ("1", "b"), ("1", "b")))
    assert refusal.value.facts == {"slots": "S1", "needed": "3", "available": "1"}
