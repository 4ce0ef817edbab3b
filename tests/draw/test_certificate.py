"""The certificate convinces a verifier that shares no code with the drawer, and nothing else does."""

import copy
import hashlib
import hmac
import json
from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from api.signing import check_signature
from scheduler.draw import (
    Caps,
    DrawOrder,
    PanelQuota,
    QuotasUnmet,
    RevealRefused,
    commit,
    complete,
    party_commitment,
)
from scheduler.draw.canonical import canonical, inclusion_proof, merkle_root
from scheduler.eligibility import Screened
from scheduler.errors import BadInput
from scheduler.verification.draws import verify_draw
from scheduler.verification.draws.parts import jcs, tree_head
from tests.draw.worlds import NOON, SALT, at_odds, draw, experts, nonce, slots

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
POOL = experts(*[(fits, f"u{n % 7}") for n, fits in enumerate(["0", "1", "01", "2", "12"] * 6)])


def certificate(**changes):
    wanted, cap = changes.pop("wanted", slots(2, 2, 1)), changes.pop("cap", 1)
    prepared = commit(
        DrawOrder("D1", "P1", 1, wanted, Caps(cap), "sha256:00", "rehearsal", **changes),
        Screened(POOL, ()),
        {"server": party_commitment("D1", "server", nonce(1))},
        SALT,
        NOON,
    )
    public_key = KEY.public_key().public_bytes_raw()
    drawn = complete(prepared, {"server": nonce(1)}, NOON + timedelta(minutes=1), KEY.sign, public_key)
    return json.loads(json.dumps(drawn.public)), json.loads(json.dumps(drawn.sealed))


def first_broken(public, sealed):
    return next((step for step in verify_draw(public, sealed, check_signature) if not step.holds), None)


@pytest.mark.parametrize("cap", [1, 2, 3])
def test_a_sound_certificate_passes_every_step(cap):
    public, sealed = certificate(cap=cap)
    steps = verify_draw(public, sealed, check_signature)
    assert [step for step in steps if not step.holds] == []
    assert [step.name for step in steps] == [
        "form",
        "commitment digest",
        "signature",
        "beacon",
        "lottery valid",
        "lottery optimal",
        "sealed part",
        "pool",
        "reserved",
        "conflicts",
        "reveals",
        "panel",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["0", "1", "01", "12", "012"]), st.sampled_from("abcdefgh")),
        min_size=6,
        max_size=30,
    ),
    st.integers(1, 3),
    st.integers(0, 10**6),
)
def test_whatever_the_drawer_draws_the_verifier_accepts(people, cap, seed):
    wanted = slots(1, 2)
    pool = [person for person in experts(*people) if person.specialties & {"X0", "X1"}]
    try:
        drawn = draw(wanted, pool, cap, seed)
    except BadInput:
        return
    except Exception as refusal:
        if getattr(refusal, "code", "") == "no_panel":
            return
        raise
    assert [step for step in verify_draw(drawn.public, drawn.sealed) if not step.holds] == []


def paths(value, at=()):
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], (*at, key))
    elif isinstance(value, list):
        for nth, item in enumerate(value):
            yield from paths(item, (*at, nth))
    else:
        yield at


def altered(document, path, change):
    document = copy.deepcopy(document)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = change(place[path[-1]])
    return document


def test_every_single_change_of_either_part_is_found():
    public, sealed = certificate()
    changes = (
        lambda v: f"{v}0",
        lambda v: "7",
        lambda v: None,
        lambda v: [v],
        lambda v: v and f"{v}".upper(),
    )
    for path in paths(public):
        for change in changes:
            changed = altered(public, path, change)
            if changed != public:
                assert first_broken(changed, sealed), path
    for path in list(paths(sealed))[::3]:
        for change in changes:
            changed = altered(sealed, path, change)
            if changed != sealed:
                assert first_broken(public, changed), path


def resigned(public, sealed):
    """A forger with the centre's own key makes all digests fit again."""
    public = copy.deepcopy(public)
    public["commitment_digest"] = "sha256:" + hashlib.sha256(jcs(public["commitment"])).hexdigest()
    public["sealed_digest"] = "sha256:" + hashlib.sha256(jcs(sealed)).hexdigest()
    public.pop("signature")
    public["signature"] = KEY.sign(jcs(public)).hex()
    return public


def test_even_the_centre_cannot_swap_a_member_or_bend_the_lottery():
    public, sealed = certificate()
    swapped = copy.deepcopy(sealed)
    outside = next(
        row[0] for row in sealed["pool"] if row[0] not in {m["expert_id"] for m in sealed["panel"]}
    )
    swapped["panel"][0]["expert_id"] = outside
    assert first_broken(resigned(public, swapped), swapped).name == "panel"
    bent = copy.deepcopy(public)
    bent["commitment"]["lottery"]["levels"][0]["cut"]["slots"] = []
    assert first_broken(resigned(bent, sealed), sealed).name == "lottery optimal"
    enlarged = copy.deepcopy(sealed)
    enlarged["pool"].append(["E99", "", "friend", "", "0"])
    assert first_broken(resigned(public, enlarged), enlarged).name == "pool"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON, st.data())
def test_hostile_json_never_crashes_the_verifier(junk, data):
    assert not all(step.holds for step in verify_draw(junk, junk, check_signature))
    public, sealed = certificate()
    path = data.draw(st.sampled_from([*paths(public)]))
    changed = altered(public, path, lambda _: junk)
    if changed != public:
        assert first_broken(changed, sealed)


def test_canonical_json_is_rfc_8785_twice():
    public, sealed = certificate()
    for document in (public, sealed, {"name": '龙"\\\n\u0001', "b": [True, None, {"é": ""}]}):
        assert canonical(document) == jcs(document) == rfc8785.dumps(document)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_trees_and_inclusion_proofs_follow_rfc_9162(leaves, data):
    assert "sha256:" + merkle_root(leaves).hex() == tree_head(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    assert len(inclusion_proof(leaves, index)) <= (len(leaves) - 1).bit_length()


def test_a_false_or_missing_reveal_is_refused_and_a_withheld_one_is_named():
    parties = {party: party_commitment("D1", party, nonce(n)) for n, party in enumerate(("a", "b"))}
    order = DrawOrder("D1", "P1", 1, slots(2, 2, 1), Caps(1), "sha256:00", "parties")
    prepared = commit(order, Screened(POOL, ()), parties, SALT, NOON)
    with pytest.raises(RevealRefused):
        complete(prepared, {"a": nonce(5)}, NOON, KEY.sign, bytes(32))
    with pytest.raises(RevealRefused):
        complete(prepared, {}, NOON, KEY.sign, bytes(32))
    drawn = complete(prepared, {"a": nonce(0)}, NOON, lambda message: b"", bytes(32))
    assert drawn.public["withheld"] == ["b"]
    assert all(step.holds for step in verify_draw(drawn.public, drawn.sealed))


def test_the_public_part_names_nobody():
    public, sealed = certificate()
    text = json.dumps(public)
    assert not [row[0] for row in sealed["pool"] if row[0] in text]
    assert sealed["seed"] not in text


def test_experts_who_declared_a_conflict_never_sit_together_and_no_chance_moves():
    pool = at_odds(experts(*[("0", f"u{n}") for n in range(5)]), ("E00", "E01"), ("E02", "E03"))
    seen = Counter()
    for seed in range(500):
        drawn = draw(slots(2), pool, seed=seed)
        panel = {member.expert_id for member in drawn.members}
        assert not {"E00", "E01"} <= panel
        assert not {"E02", "E03"} <= panel
        assert drawn.sealed["attempts"] == "1"
        seen.update(panel)
    assert all(step.holds for step in verify_draw(drawn.public, drawn.sealed))
    assert drawn.public["commitment"]["conflicts"] | {"digest": ""} == {
        "digest": "", "loose": "0", "most_shift": "0", "pairs": "2"
    }  # fmt: skip
    assert all(150 <= seen[expert.expert_id] <= 250 for expert in pool), "each has 2/5 of 500"


def test_a_conflict_too_heavy_for_a_bin_is_drawn_over_whole_panels_with_exact_chances():
    pool = at_odds(experts(*[("0", f"u{n}") for n in range(5)]), ("E00", "E01"))
    seen = Counter()
    for seed in range(600):
        drawn = draw(slots(3), pool, seed=seed)
        panel = {member.expert_id for member in drawn.members}
        assert not {"E00", "E01"} <= panel
        seen.update(panel)
        for member in drawn.members:
            assert member.chance == (Fraction(1, 2) if member.expert_id < "E02" else Fraction(2, 3))
    said = drawn.public["commitment"]
    assert (said["method"], said["panels"]["chances"]) == ("panels", [["1/2", "2"], ["2/3", "3"]])
    assert said["conflicts"]["most_shift"] == "0"
    steps = verify_draw(drawn.public, drawn.sealed)
    assert [step for step in steps if not step.holds] == []
    assert next(step for step in steps if step.name == "conflicts").detail == "", (
        "every other panel was tried"
    )
    assert all(240 <= seen[f"E0{n}"] <= 360 for n in range(2)), "half of 600"
    assert all(340 <= seen[f"E0{n}"] <= 460 for n in range(2, 5)), "two thirds of 600"


def test_without_exact_panels_a_heavy_conflict_is_passed_over_within_the_stated_bound(monkeypatch):
    monkeypatch.setattr("scheduler.draw.patterns.MOST_ATOMS", 0)
    pool = at_odds(experts(*[("0", f"u{n}") for n in range(5)]), ("E00", "E01"))
    several = 0
    for seed in range(100):
        drawn = draw(slots(3), pool, seed=seed)
        assert not {"E00", "E01"} <= {member.expert_id for member in drawn.members}
        assert all(step.holds for step in verify_draw(drawn.public, drawn.sealed))
        several += drawn.sealed["attempts"] != "1"
    assert several > 10
    assert drawn.public["commitment"]["conflicts"]["most_shift"] == "3/5"


def test_quotas_over_the_whole_panel_are_kept_and_forged_panels_found():
    pool = experts(*[("0", f"u{n}") for n in range(4)], *[("1", f"v{n}") for n in range(4)])
    senior = PanelQuota("senior", frozenset({"E00", "E01", "E04"}), 2)
    for seed in range(60):
        drawn = draw(slots(2, 2), pool, seed=seed, quotas=(senior,))
        assert len(senior.experts & {member.expert_id for member in drawn.members}) >= 2
    public, sealed = json.loads(json.dumps(drawn.public)), json.loads(json.dumps(drawn.sealed))
    assert first_broken(resigned_unsigned(public, sealed), sealed) is None
    dropped = copy.deepcopy(sealed)
    dropped["panels"]["quotas"] = []
    assert first_broken(resigned_unsigned(public, dropped), dropped).name == "conflicts"
    for change in (
        lambda listed: listed["patterns"].pop(),
        lambda listed: listed["levels"][0].update(chance="0"),
        lambda listed: listed["levels"][0]["prices"].reverse(),
        lambda listed: listed["atoms"].reverse(),
    ):
        forged, said = copy.deepcopy(sealed), copy.deepcopy(public)
        change(forged["panels"])
        own = hmac.digest(bytes.fromhex(sealed["salt"]), b"", "sha256").hex()
        fitted = "sha256:" + hashlib.sha256(jcs([own, forged["panels"]])).hexdigest()
        said["commitment"]["panels"]["digest"] = fitted
        assert first_broken(resigned_unsigned(said, forged), forged).name == "conflicts"
    with pytest.raises(QuotasUnmet):
        draw(slots(2, 2), pool, quotas=(PanelQuota("senior", frozenset({"E00"}), 2),))
    with pytest.raises(BadInput):
        PanelQuota("senior", frozenset(), 2, 1)


def test_a_skipped_or_added_attempt_and_a_dropped_conflict_are_found(monkeypatch):
    monkeypatch.setattr("scheduler.draw.patterns.MOST_ATOMS", 0)
    pool = at_odds(experts(*[("0", f"u{n}") for n in range(5)]), ("E00", "E01"))
    drawn = next(
        one for one in (draw(slots(3), pool, seed=n) for n in range(200)) if one.sealed["attempts"] == "2"
    )
    public, sealed = json.loads(json.dumps(drawn.public)), json.loads(json.dumps(drawn.sealed))
    assert first_broken(resigned_unsigned(public, sealed), sealed) is None
    for name, value, step in (
        ("attempts", "1", "panel"),
        ("attempts", "3", "panel"),
        ("conflicts", [], "conflicts"),
    ):
        forged = {**sealed, name: value}
        assert first_broken(resigned_unsigned(public, forged), forged).name == step


def resigned_unsigned(public, sealed):
    """The certificate with the centre's key and signature made to fit the sealed part."""
    return resigned(
        {**public, "key": "ed25519:" + KEY.public_key().public_bytes_raw().hex(), "signature": ""}, sealed
    )


def test_conflicts_that_leave_no_panel_are_refused_with_their_number():
    pool = at_odds(experts(("0", "a"), ("0", "b")), ("E00", "E01"))
    with pytest.raises(QuotasUnmet) as refusal:
        draw(slots(2), pool)
    assert refusal.value.facts == {"conflicts": "1", "quotas": ""}
