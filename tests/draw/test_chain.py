"""The draws of a project as a chain, and an expert's proof of having been in the pool."""

import copy
import json

from hypothesis import given
from hypothesis import strategies as st

from scheduler.bodies import Caps, path_of
from scheduler.draw import certificate_digest, leaf_proof
from scheduler.verification.draws import verify_chain, verify_draw, verify_leaf
from tests.draw.worlds import draw, experts, slots

POOL = experts(*[("0", f"u{n // 2}") for n in range(12)])


def plain(drawn):
    return json.loads(json.dumps(drawn.public)), json.loads(json.dumps(drawn.sealed))


def chain(cap=2):
    """A draw of three, then a redraw of one lost seat."""
    first = draw(slots(3), POOL, cap)
    kept = first.members[:2]
    by_id = {expert.expert_id: expert for expert in POOL}
    rest = [expert for expert in POOL if expert.expert_id not in {m.expert_id for m in first.members}]
    second = draw(
        slots(1), rest, cap, seed=7, number=2, previous=certificate_digest(first.public), reason="declined",
        fixed=tuple((member, path_of(by_id[member.expert_id])) for member in kept),
    )  # fmt: skip
    return plain(first), plain(second)


def test_a_redraw_counts_the_members_who_stay_towards_every_cap():
    for seed in range(40):
        first = draw(slots(2), POOL, 2, seed)
        kept = first.members[0]
        path = path_of(next(e for e in POOL if e.expert_id == kept.expert_id))
        fellow = [e for e in POOL if path_of(e) == path and e.expert_id != kept.expert_id]
        more = draw(
            slots(2), [*fellow, *[e for e in POOL if path_of(e) != path]], 2, seed, number=2,
            previous=certificate_digest(first.public), reason="absent", fixed=((kept, path),),
        )  # fmt: skip
        assert all(step.holds for step in verify_draw(more.public, more.sealed))
        employers = [path_of(e) for e in POOL if e.expert_id in {m.expert_id for m in more.members}]
        assert employers.count(path) <= 1


def test_a_whole_chain_holds_and_any_gap_or_swap_in_it_is_found():
    first, second = chain()
    assert all(step.holds for pair in (first, second) for step in verify_draw(*pair))
    assert verify_chain([second, first]).holds
    assert verify_chain([(first[0], None), (second[0], None)]).holds
    assert "draw 1" in verify_chain([second]).detail
    other = plain(draw(slots(3), POOL, 2, seed=9))
    assert "does not name" in verify_chain([other, second]).detail
    foisted = copy.deepcopy(second)
    foisted[1]["fixed"][0]["expert_id"] = second[1]["panel"][0]["expert_id"]
    assert "not drawn" in verify_chain([first, foisted]).detail
    assert not verify_chain([None, 3]).holds


@given(st.integers(0, 13), st.data())
def test_a_leaf_proof_shows_one_row_and_holds_for_no_other(nth, data):
    drawn = draw(slots(3), POOL, Caps(1), excluded=("X1", "X2"))
    public, sealed = plain(drawn)
    proof = leaf_proof(sealed, sealed["pool"][nth][0])
    assert verify_leaf(public, proof).holds
    assert not [row[0] for row in sealed["pool"] if row[0] != proof["row"][0] and row[0] in json.dumps(proof)]
    changed = copy.deepcopy(proof)
    field = data.draw(st.sampled_from(["row", "salt", "index", "path", "draw_id"]))
    changed[field] = {
        "row": [*proof["row"][:-1], "0" if proof["row"][-1] != "0" else "busy"],
        "salt": "00" * 32,
        "index": str((nth + 1) % 14),
        "path": proof["path"][:-1],
        "draw_id": "D2",
    }[field]
    assert not verify_leaf(public, changed).holds
    assert not verify_leaf(public, None).holds
