"""Draws made together: where an allocation of all exists, every draw is served, and the verifier agrees."""

import copy
import json
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.bodies import Caps, path_of
from scheduler.draw import (
    Batch,
    DrawOrder,
    Joint,
    NoPanel,
    PanelsPassedOver,
    Request,
    commit,
    commit_batch,
    complete,
    complete_batch,
    party_commitment,
)
from scheduler.draw.census import fillable
from scheduler.eligibility import Excluded, Reason, Screened
from scheduler.verification.draws import verify_batch, verify_draw
from tests.draw.test_lottery import can_sit
from tests.draw.worlds import NOON, SALT, experts, nonce, slots

NAMES = "ABCD"


def draw_all(requests, seed):
    """Every draw of the batch, with certificates; projects without a panel are left out."""
    parties = {"server": party_commitment("B1", "server", nonce(seed))}
    record, order_seed = complete_batch(commit_batch("B1", requests, parties, NOON), {"server": nonce(seed)})
    batch = Batch(requests.values(), order_seed)
    assert list(batch.order) == record["order"]
    seated, certificates = {}, {}
    for place, name in enumerate(batch.order, start=1):
        request = requests[name]
        scarcity, reserved = batch.reserved(name)
        busy = {one for other in request.clashes for one in seated.get(other, ())}
        free = [e for e in request.eligible if e.expert_id not in busy | reserved]
        kept = [Excluded(e.expert_id, Reason.BUSY) for e in request.eligible if e.expert_id in busy]
        kept += [
            Excluded(e.expert_id, Reason.RESERVED) for e in request.eligible if e.expert_id in reserved - busy
        ]
        order = DrawOrder(
            f"D{name}", name, 1, request.slots, request.caps, "sha256:" + "00" * 32, "rehearsal",
            joint=Joint(record["commitment_digest"], place, len(requests), scarcity),
        )  # fmt: skip
        promised = {"server": party_commitment(f"D{name}", "server", nonce(seed))}
        try:
            prepared = commit(order, Screened(tuple(free), tuple(kept)), promised, SALT, NOON)
            drawn = complete(
                prepared, {"server": nonce(seed)}, NOON, lambda message: b"", bytes(32),
                strands=lambda panel, name=name: batch.strands(name, panel),
            )  # fmt: skip
        except (NoPanel, PanelsPassedOver):
            continue
        seated[name] = {member.expert_id for member in drawn.members}
        certificates[name] = json.loads(json.dumps([drawn.public, drawn.sealed]))
    return record, certificates, seated


def allocation_exists(requests, taken=frozenset()):
    """Whether all can be served together, by trying every panel of each in turn."""
    if not requests:
        return True
    request, rest = requests[0], requests[1:]
    free = [e for e in request.eligible if e.expert_id not in taken]
    seats = [nth for nth, slot in enumerate(request.slots) for _ in range(slot.seats)]
    for panel in combinations(free, len(seats)):
        bodies = [body for e in panel for body in request.caps.chain(path_of(e))]
        if any(bodies.count(body) > request.caps.of(body) for body in bodies):
            continue
        if can_sit([fillable(e, request.slots) for e in panel], seats) and allocation_exists(
            rest, taken | {e.expert_id for e in panel}
        ):
            return True
    return False


def batch_of(people, wanted, cap):
    """Draws that all clash, with everyone eligible who can fill a slot."""
    pool, requests = experts(*people), {}
    for name, seats in zip(NAMES, wanted, strict=False):
        own = tuple(slot for slot, count in zip(slots(1, 1, 1), seats, strict=True) if count)
        fitting = tuple(e for e in pool if fillable(e, own))
        others = frozenset(NAMES[: len(wanted)]) - {name}
        requests[name] = Request(name, own, Caps(cap), fitting, others)
    return requests


PEOPLE = st.lists(
    st.tuples(st.sampled_from(["0", "1", "2", "01", "12", "02", "012"]), st.sampled_from("abcdefgh")),
    min_size=3,
    max_size=9,
)
WANTED = st.lists(st.tuples(*[st.booleans()] * 3).filter(any), min_size=2, max_size=4)


@settings(max_examples=200, deadline=None)
@given(PEOPLE, WANTED, st.integers(1, 2), st.integers(0, 2**32))
def test_nobody_is_stranded_when_all_can_be_served(people, wanted, cap, seed):
    requests = batch_of(people, wanted, cap)
    record, certificates, seated = draw_all(requests, seed)
    if allocation_exists(list(requests.values())):
        assert seated.keys() == requests.keys()
    members = [one for panel in seated.values() for one in panel]
    assert len(members) == len(set(members))
    for public, sealed in certificates.values():
        assert [step for step in verify_draw(public, sealed) if not step.holds] == []
    assert [step for step in verify_batch(record, certificates) if not step.holds] == []


def test_scarce_experts_are_reserved_and_the_reserve_is_proven():
    requests = batch_of([("01", "a"), ("0", "b"), ("0", "c")], [(1, 0, 0), (0, 1, 0)], 1)
    for seed in range(20):
        record, certificates, seated = draw_all(requests, seed)
        assert seated["B"] == {"E00"}
        if record["order"] == ["A", "B"]:
            sealed = certificates["A"][1]
            assert ["E00", "", "", "", "reserved"] in sealed["pool"]
            assert sealed["reserved"] == {
                "candidates": [["E00", "a", "B"]], "caps": [["B", "1"]], "needed": "1", "seats": [["B", "S1"]]
            }  # fmt: skip
            return
    raise AssertionError("the order never put A first")


def test_a_panel_that_would_strand_another_is_passed_over_and_a_false_excuse_is_found():
    both, alone = experts(*[("01", f"u{n}") for n in range(3)]), experts(*[("0", "x")] * 4)[3]
    one, other = slots(2, 2)
    requests = {
        "A": Request("A", (one,), Caps(1), (*both[:2], alone), frozenset("B")),
        "B": Request("B", (other,), Caps(1), both, frozenset("A")),
    }
    for seed in range(60):
        record, certificates, seated = draw_all(requests, seed)
        assert seated.keys() == {"A", "B"}
        if certificates["A"][1]["stranded"]:
            break
    else:
        raise AssertionError("no panel was ever passed over")
    public, sealed = certificates["A"]
    assert all(step.holds for step in verify_draw(public, sealed))
    fewer = copy.deepcopy(certificates)
    fewer["A"][1]["stranded"][0]["candidates"].pop()
    broken = next(step for step in verify_batch(record, fewer) if not step.holds)
    assert (broken.name, "not everyone" in broken.detail) == ("scarcity", True)


@pytest.mark.parametrize("field", ["order", "reveals", "commitment"])
def test_a_changed_batch_record_is_found(field):
    requests = batch_of([("01", "a"), ("0", "b"), ("0", "c")], [(1, 0, 0), (0, 1, 0)], 1)
    record, certificates, _ = draw_all(requests, 1)
    changed = copy.deepcopy(record)
    if field == "commitment":
        changed["commitment"]["projects"].append("Z")
    else:
        changed[field] = (
            changed[field][::-1] if field == "order" else [{"party": "server", "nonce": "00" * 32}]
        )
    assert not all(step.holds for step in verify_batch(changed, certificates))
    assert not all(step.holds for step in verify_batch(field, certificates))
