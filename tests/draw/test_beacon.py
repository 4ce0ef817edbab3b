"""A public beacon in the seed: drand's published round 1000 of quicknet, and what does not pass for it."""

import json
from datetime import timedelta

import pytest

from api.beacon import QUICKNET, check_beacon
from api.signing import check_signature
from scheduler.bodies import Caps
from scheduler.draw import DrawOrder, RevealRefused, commit, complete, party_commitment
from scheduler.eligibility import Screened
from scheduler.errors import BadInput
from scheduler.verification.draws import verify_draw
from tests.draw.test_certificate import KEY, POOL
from tests.draw.worlds import NOON, SALT, nonce, slots

ROUND_1000 = bytes.fromhex(
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
)
RANDOMNESS_1000 = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"


def certificate(round_number=1000, signature=ROUND_1000):
    beacon = QUICKNET.first_after(QUICKNET.appears(round_number) - timedelta(seconds=1))
    order = DrawOrder("D1", "P1", 1, slots(2, 2, 1), Caps(1), "sha256:00", "parties", beacon=beacon)
    promised = {"server": party_commitment("D1", "server", nonce(1))}
    prepared = commit(order, Screened(POOL, ()), promised, SALT, NOON)
    drawn = complete(
        prepared, {"server": nonce(1)}, NOON, KEY.sign, KEY.public_key().public_bytes_raw(),
        beacon_signature=signature,
    )  # fmt: skip
    return json.loads(json.dumps(drawn.public)), json.loads(json.dumps(drawn.sealed))


def test_the_published_round_is_accepted_and_every_other_refused():
    key = bytes.fromhex(QUICKNET.public_key)
    assert check_beacon(QUICKNET.scheme, key, 1000, ROUND_1000)
    assert not check_beacon(QUICKNET.scheme, key, 1001, ROUND_1000)
    assert not check_beacon(QUICKNET.scheme, key, 1000, bytes(48))
    assert not check_beacon(QUICKNET.scheme, bytes(96), 1000, ROUND_1000)
    assert not check_beacon("unheard-of", key, 1000, ROUND_1000)


def test_rounds_are_those_that_appear_after_a_time():
    assert QUICKNET.first_after(QUICKNET.genesis - timedelta(seconds=1)).round == 1
    assert QUICKNET.first_after(QUICKNET.genesis).round == 2
    assert QUICKNET.first_after(QUICKNET.appears(1000)).round == 1001
    with pytest.raises(BadInput):
        QUICKNET.first_after(QUICKNET.genesis.replace(tzinfo=None))


def test_a_certificate_with_a_beacon_is_verified_to_the_round():
    public, sealed = certificate()
    steps = verify_draw(public, sealed, check_signature, check_beacon)
    assert all(step.holds for step in steps)
    unchecked = next(step for step in verify_draw(public, sealed, check_signature) if step.name == "beacon")
    assert "not checked" in unchecked.detail
    false, _ = certificate(1001, ROUND_1000)
    broken = next(s for s in verify_draw(false, None, check_signature, check_beacon) if not s.holds)
    assert broken.name == "beacon"


def test_the_seed_depends_on_the_beacon_and_a_missing_one_is_refused():
    assert certificate()[1]["seed"] != certificate(signature=bytes(48))[1]["seed"]
    with pytest.raises(RevealRefused):
        certificate(signature=b"")
