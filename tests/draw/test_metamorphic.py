"""What must not matter does not: order, names, how the pool was cut, who is not eligible, hashing, the process."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.bodies import Caps, path_of
from scheduler.draw import Census, Method, NoPanel, solve_lottery
from scheduler.draw.canonical import canonical
from scheduler.draw.census import fillable
from scheduler.draw.sampling import Drawing
from scheduler.people import Pool
from tests.draw.worlds import draw, experts, slots

PEOPLE = st.lists(
    st.tuples(st.sampled_from(["0", "1", "01", "2", "02", "12", "012"]), st.sampled_from("abcdef")),
    min_size=4,
    max_size=14,
)
CAPS = st.builds(Caps, st.integers(1, 2), st.none() | st.integers(1, 3))
GROUPS = {"a": "g", "b": "g", "c": "h"}
WANTED = slots(2, 1, 1)


def staffed(people):
    return experts(*[(fits, employer, None, GROUPS.get(employer)) for fits, employer in people])


def panel_of(pool, caps, seed, wanted=WANTED):
    """The lottery's chances by id, and the panel of the seed; None where no panel exists."""
    census = Census.of(pool, wanted)
    try:
        lottery = solve_lottery(wanted, census, caps)
    except NoPanel:
        return None
    drawing = Drawing(lottery, census)
    chances = {
        person.expert_id: lottery.chances[lottery.cell_of(fillable(person, wanted), path_of(person))]
        for person in pool
    }
    return chances, [(seated.slot, seated.expert_id) for seated in drawing.sample(seed)]


def both_parts(drawn):
    return canonical(drawn.public), canonical(drawn.sealed)


@settings(max_examples=60, deadline=None)
@given(PEOPLE, CAPS, st.randoms(use_true_random=False), st.integers(0, 2**32))
def test_neither_the_order_of_the_pool_nor_where_its_file_was_cut_changes_a_byte(
    people, caps, shuffler, seed
):
    pool = list(staffed(people))
    outside = [f"X{nth}" for nth in range(3)]
    try:
        whole = both_parts(draw(WANTED, pool, caps, seed, excluded=outside))
    except NoPanel:
        return
    shuffler.shuffle(pool)
    shuffler.shuffle(outside)
    cut = shuffler.randrange(len(pool))
    joined = Pool.of([*pool[cut:], *pool[:cut]])
    for again in (pool, tuple(joined)):
        assert both_parts(draw(WANTED, again, caps, seed, excluded=outside)) == whole


@settings(max_examples=100, deadline=None)
@given(PEOPLE, CAPS, st.binary(min_size=32, max_size=32))
def test_new_ids_in_the_same_order_leave_every_chance_and_where_no_body_is_split_the_panel(
    people, caps, seed
):
    pool = staffed(people)
    renamed = tuple(replace(person, expert_id=f"专家-{nth * 7:05d}") for nth, person in enumerate(pool))
    before, after = panel_of(pool, caps, seed), panel_of(renamed, caps, seed)
    assert (before is None) == (after is None)
    if before is None:
        return
    assert list(before[0].values()) == list(after[0].values())
    load = {}
    for person in pool:
        body = caps.outermost(path_of(person))
        load[body] = load.get(body, 0) + before[0][person.expert_id]
    # Only a body of more than one seat on average is packed person by person, in an order by id.
    if max(load.values()) <= 1:
        number = {person.expert_id: nth for nth, person in enumerate((*pool, *renamed))}
        places = [(slot, number[one]) for slot, one in before[1]]
        assert places == [(slot, number[one] - len(pool)) for slot, one in after[1]]


@settings(max_examples=60, deadline=None)
@given(PEOPLE, CAPS, st.integers(0, 20), st.integers(0, 2**32))
def test_experts_who_cannot_sit_change_neither_lottery_nor_conflicts(people, caps, more, seed):
    pool = staffed(people)
    try:
        alone = draw(WANTED, pool, caps, seed)
    except NoPanel:
        return
    crowd = draw(WANTED, pool, caps, seed, excluded=[f"A{nth}" for nth in range(more)])
    for part in ("lottery", "seats", "conflicts", "slots", "caps"):
        assert crowd.public["commitment"][part] == alone.public["commitment"][part]
    assert [row for row in crowd.sealed["pool"] if row[4] != "busy"] == alone.sealed["pool"]
    assert crowd.public["commitment"]["pool"]["size"] == str(len(pool) + more)


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.lists(st.integers(0, 14), max_size=8), st.binary(min_size=32, max_size=32))
def test_a_pool_of_arrays_and_irrelevant_rows_in_it_give_the_same_panel(people, idle, seed):
    pool, caps = experts(*people), Caps(1)
    expected = panel_of(pool, caps, seed)
    rows = [(p.expert_id, sum(1 << slot for slot in fillable(p, WANTED)), p.employer) for p in pool]
    # Ids that sort among the others, of employers of their own and of shared ones, who fill no slot.
    rows += [(f"E{nth:02d}-{extra}", 0, "abcz"[extra % 4]) for extra, nth in enumerate(idle)]
    rows.sort(key=lambda row: row[0].encode())
    names = sorted({row[2] for row in rows})
    employers = np.array([names.index(row[2]) for row in rows], np.int32)
    masks = np.array([row[1] for row in rows], np.uint8)
    for ids in ([row[0] for row in rows], np.array([row[0].encode() for row in rows])):
        census = Census.from_arrays(ids, masks, employers, names)
        if expected is None:
            with pytest.raises(NoPanel):
                solve_lottery(WANTED, census, caps)
            continue
        drawing = Drawing(solve_lottery(WANTED, census, caps), census)
        assert [(one.slot, one.expert_id) for one in drawing.sample(seed)] == expected[1]
        chances = [drawing.lottery.chances[drawing.cells[cell]] for cell in drawing.cell_of]
        assert chances == [expected[0][expert_id] for expert_id in census.ids]


FRESH = """
from tests.draw.test_metamorphic import digests
print(*digests())
"""


def digests():
    """Digests of both parts of a few certificates: caps that bind, conflicts, seat ranges, list by list."""
    people = [(fits, employer, unit, GROUPS.get(employer)) for fits in ("0", "1", "01", "12", "2")
              for employer in "abcde" for unit in ("x", "y")]  # fmt: skip
    pool = list(experts(*people))
    pool[0] = replace(pool[0], conflicts=frozenset({"E01", "E07", "E40"}))
    pool[9] = replace(pool[9], conflicts=frozenset({"E10"}))
    nested, gone = Caps(2, group=2, department=1), ["X2", "X1"]
    drawn = [
        draw(slots(2, 1, 1), pool, nested, 5, excluded=gone),
        draw(slots((0, 3), (1, 2), (1, 1)), pool, nested, 6, seats=4),
        draw(slots(2, 1, 1), pool, 1, 7, method=Method.SEQUENTIAL),
    ]
    return [hashlib.sha256(part).hexdigest() for one in drawn for part in both_parts(one)]


@pytest.mark.parametrize("hash_seed", ["0", "random"])
def test_a_fresh_process_with_any_hash_seed_writes_the_same_bytes(hash_seed):
    run = subprocess.run(
        [sys.executable, "-c", FRESH],
        env={
            **os.environ,
            "PYTHONHASHSEED": hash_seed,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert run.stdout.split() == digests()
