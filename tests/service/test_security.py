"""Tokens, passwords, sealed fields and keys."""

import json
import stat
from datetime import timedelta

import pytest

from api.keys import load_keys
from api.refusals import BadCiphertext, NotSignedIn
from api.sealing import Sealer
from api.security import Proven, authenticate, issue_token
from api.services import accounts
from api.settings import Settings
from api.signing import Signer, check_signature
from models.accounts import AccountRow
from models.experts import ExpertRow
from scheduler.errors import BadInput

OLD, NEW = ("k1", b"1" * 32), ("k2", b"2" * 32)


def test_what_is_sealed_opens_under_the_same_subject_only():
    sealer = Sealer((OLD,))
    sealed = sealer.seal("普建国".encode(), "expert/E1/name")
    assert sealer.open(sealed, "expert/E1/name").decode() == "普建国"
    with pytest.raises(BadCiphertext):
        sealer.open(sealed, "expert/E2/name")


@pytest.mark.parametrize("at", range(0, 40, 3))
def test_a_changed_byte_never_opens(at):
    sealer = Sealer((OLD,))
    sealed = bytearray(sealer.seal(b"a name of some length", "x"))
    sealed[at] ^= 1
    with pytest.raises(BadCiphertext):
        sealer.open(bytes(sealed), "x")


@pytest.mark.parametrize("garbage", [b"", b"\x02k1", b"\xff" * 5, b"\x02k1" + b"0" * 12])
def test_garbage_is_refused_not_a_crash(garbage):
    with pytest.raises(BadCiphertext):
        Sealer((OLD,)).open(garbage, "x")


def test_a_rotated_key_seals_and_the_old_one_still_opens():
    sealed = Sealer((OLD,)).seal(b"x", "s")
    rotated = Sealer((NEW, OLD))
    assert rotated.open(sealed, "s") == b"x"
    assert rotated.key_of(rotated.seal(b"x", "s")) == "k2"
    with pytest.raises(BadCiphertext):
        Sealer((NEW,)).open(sealed, "s")


def test_a_signature_holds_for_its_message_and_key_only():
    signer = Signer(b"3" * 32)
    signature = signer.sign(b"m")
    assert check_signature(signer.public, b"m", signature)
    assert not check_signature(signer.public, b"n", signature)
    assert not check_signature(Signer(b"4" * 32).public, b"m", signature)
    assert not check_signature(b"short", b"m", b"")


def test_the_embedded_default_makes_its_keys_once_for_its_owner_alone(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'yidi.db'}")
    first, again = load_keys(settings), load_keys(settings)
    assert first == again
    file = tmp_path / "yidi.keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"field_keys" in file.read_bytes()


def test_a_missing_or_short_key_is_refused_without_showing_it(tmp_path):
    with pytest.raises(BadInput):
        load_keys(Settings(database_url="postgresql://nowhere/yidi"))
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"field_keys": "k1:c2hvcnQ=", "signing_key": "c2hvcnQ="}))
    with pytest.raises(BadInput) as refused:
        load_keys(Settings(keys_file=file))
    assert "c2hvcnQ=" not in str(refused.value)


@pytest.fixture
def admin(office):
    """A session on an office with one administrator."""
    with office.changing() as session:
        accounts.add(session, AccountRow(account_id="admin", role="administrator"), frozenset(),
                     now=office.clock.now(), password="correct horse battery")  # fmt: skip
        yield office, session


def test_a_token_stands_for_its_account_until_it_expires(admin):
    office, session = admin
    now = office.clock.now()
    token = issue_token(session, "admin", now, timedelta(hours=1))
    assert authenticate(session, token, Proven(), now).account_id == "admin"
    with pytest.raises(NotSignedIn):
        authenticate(session, token, Proven(), now + timedelta(hours=1))


def test_a_forged_secret_is_refused_even_after_the_true_one_was_seen(admin):
    office, session = admin
    now, proven = office.clock.now(), Proven()
    token = issue_token(session, "admin", now, None)
    authenticate(session, token, proven, now)
    for forged in (token[:-1] + ("a" if token[-1] != "a" else "b"), token[:22], "yidi__", "", "x" * 5000):
        with pytest.raises(NotSignedIn):
            authenticate(session, forged, proven, now)


def test_a_revoked_account_opens_nothing_at_once(admin):
    office, session = admin
    now, proven = office.clock.now(), Proven()
    token = issue_token(session, "admin", now, None)
    authenticate(session, token, proven, now)
    accounts.revoke(session, "admin", "admin", now)
    with pytest.raises(NotSignedIn):
        authenticate(session, token, proven, now)


def test_a_password_gives_a_token_and_a_wrong_one_or_an_unknown_account_the_same_refusal(client, town):
    office, _ = town
    with office.changing() as session:
        accounts.add(session, AccountRow(account_id="boss", role="administrator"), frozenset(),
                     now=office.clock.now(), password="correct horse battery")  # fmt: skip
    given = client.post("/sessions", json={"account_id": "boss", "password": "correct horse battery"})
    assert given.status_code == 201
    me = client.get("/me", headers={"Authorization": f"Bearer {given.json()['token']}"})
    assert me.json()["account_id"] == "boss"
    wrong = client.post("/sessions", json={"account_id": "boss", "password": "x"})
    unknown = client.post("/sessions", json={"account_id": "nobody", "password": "x"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_names_and_tokens_are_nowhere_in_the_database_file(town, tmp_path):
    office, tokens = town
    with office.reading() as session:
        row = session.get(ExpertRow, "E000001")
        name = office.keys.sealer.open(row.name, "expert/E000001/name")
    office.engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("office.db*"))
    assert len(name) > 3
    assert name not in stored
    assert not any(token.split("_", 2)[2].encode() in stored for token in tokens.values())


def test_answers_carry_strict_headers_and_private_ones_are_not_cached(client, town):
    _, tokens = town
    answer = client.get("/centres", headers={"Authorization": f"Bearer {tokens['public']}"})
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_the_documentation_works_offline(client):
    page = client.get("/docs")
    assert page.status_code == 200
    links = [part.split('"')[0] for part in page.text.replace('href="', 'src="').split('src="')[1:]]
    local = [link for link in links if not link.startswith("data:")]
    assert len(local) == 3
    for link in local:
        assert link.startswith("/docs/")
        assert client.get(link).status_code == 200
    assert "/projects" in client.get("/openapi.json").text
