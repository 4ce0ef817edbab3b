"""Webhooks against a real receiver that fails, stalls and cuts: nothing lost, in order, signed, redacted."""

import datetime as dates
import json
import os
import random
import signal
import ssl
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi.testclient import TestClient

from api.app import create_app
from api.courier import Manner
from api.database import migrate
from api.services import accounts
from api.services.deliveries import LONGEST_WAIT, wait
from api.settings import Settings
from api.store import ledger
from api.store.events import append
from api.targets import Allowed
from tests.live.receivers import LOOSE, Delivering, Receiver, account, happen, office_at, settle_in, signed

V1 = "venue/V1"


class Caller:
    """Calls the API as one account after another."""

    def __init__(self, office, tokens, client):
        self.office, self.tokens, self.client, self.keys = office, tokens, client, 0

    def call(self, method, path, who="machine", body=None, key=None):
        self.keys += 1
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Idempotency-Key": key or f"k{self.keys}"}
        return self.client.request(method, path, json=body, headers=headers)

    def hook(self, url, topics, who="machine", **more):
        answer = self.call("POST", "/webhooks", who, {"url": url, "topics": topics, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def state(self, hook, who="machine"):
        return self.call("GET", f"/webhooks/{hook['webhook_id']}", who).json()

    def topic(self, hook, topic=V1):
        return next(one for one in self.state(hook)["topics"] if one["topic"] == topic)


def calling(office, settings):
    tokens = settle_in(office)
    return TestClient(create_app(settings, office), raise_server_exceptions=False), tokens


@pytest.fixture
def api(database):
    """The API over a small office on each database; receivers may be on this machine."""
    office = office_at(database)
    client, tokens = calling(office, Settings(webhooks_plain_http=True, webhooks_private=True))
    with client:
        yield Caller(office, tokens, client)
    office.engine.dispose()


@pytest.fixture
def small(tmp_path):
    """The same on SQLite alone, for what does not touch the database's own ways."""
    url = f"sqlite:///{tmp_path / 'y.db'}"
    migrate(url)
    office = office_at(url)
    client, tokens = calling(office, Settings(webhooks_plain_http=True, webhooks_private=True))
    with client:
        yield Caller(office, tokens, client)
    office.engine.dispose()


@pytest.fixture
def receiver():
    here = Receiver()
    yield here
    here.close()


def test_what_happens_is_delivered_in_order_signed_and_resumable(api, receiver):
    happen(api.office, range(3), V1)
    hook = api.hook(receiver.url, {V1: {"after": 1}, "centre/C1": {}})
    with Delivering(api.office):
        receiver.wait_for(lambda r: len(r.offsets(V1)) == 2)
        happen(api.office, range(3, 130), V1, "centre/C1")
        receiver.wait_for(lambda r: len(r.offsets(V1)) == 129 and len(r.offsets("centre/C1")) >= 127)
        wait_until(lambda: api.topic(hook)["after"] == 130)
    assert receiver.offsets(V1) == list(range(2, 131))
    assert receiver.offsets("centre/C1") == sorted(receiver.offsets("centre/C1"))
    for request in receiver.requests:
        assert request["line"] == "POST /hook?a=b HTTP/1.1"
        assert signed(request, hook["secret"])
        assert not signed({**request, "body": request["body"] + b" "}, hook["secret"])
        assert len(json.loads(request["body"])["events"]) <= 100
    first = next(one for one in receiver.messages() if one["topic"] == V1)
    assert first["events"][0]["facts"] == {"support_count": 1}
    assert first["epoch"]
    standing = api.topic(hook)
    assert (standing["after"], standing["head"], standing["outcome"]) == (130, 130, "accepted")
    assert standing["delivered_at"]
    assert standing["failures"] == 0


def test_through_every_misbehaviour_nothing_is_lost_and_the_order_holds(api):
    wrong = ["refuse", "cut", 500, "stall", "interim", "half", "garbage", 429, 204, 301, "drip", "cut", 503]
    receiver = Receiver(*wrong)
    api.hook(receiver.url, {V1: {"after": 0}}, batch=2)
    with Delivering(api.office):
        for number in range(12):
            happen(api.office, [number], V1)
        receiver.wait_for(lambda r: 12 in r.offsets(V1) and not r.behaviour, 30)
    receiver.close()
    taken = [
        event["offset"]
        for one in receiver.requests
        if one["how"] in (204, "interim")
        for event in json.loads(one["body"])["events"]
    ]
    assert taken == list(range(1, 13)), "what the receiver acknowledged is the log, once and in order"
    ids = {}
    for one in receiver.requests:
        events = json.loads(one["body"])["events"]
        span = (events[0]["offset"], events[-1]["offset"])
        assert ids.setdefault(one["headers"]["webhook-id"], span) == span, "an id names one part of the log"
    assert len(receiver.requests) > len(ids), "a message that is sent again keeps its id"


def test_a_courier_killed_at_any_moment_loses_nothing(api, database):
    receiver = Receiver(usually=lambda: random.choice((204, 204, 204, 500, "cut")))
    api.hook(receiver.url, {V1: {"after": 0}, "centre/C1": {"after": 0}}, batch=3)
    heads = {}
    command = [sys.executable, "-m", "tests.live.receivers", database]
    chance = random.Random(5)
    for turn in range(3):
        happen(api.office, range(turn * 20, turn * 20 + 20), V1, "centre/C1")
        process = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], env={**os.environ}, stdout=subprocess.PIPE
        )
        process.stdout.readline()
        seen = len(receiver.requests)
        receiver.wait_for(lambda r, seen=seen: len(r.requests) > seen + 2, 20)
        time.sleep(chance.random() / 10)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    receiver.usually = 204
    with api.office.reading() as session:
        heads = ledger.heads(session, [V1, "centre/C1"])
    with Delivering(api.office):
        receiver.wait_for(lambda r: all(head in r.offsets(topic) for topic, head in heads.items()), 20)
    receiver.close()
    for topic, head in heads.items():
        offsets = receiver.offsets(topic)
        assert set(offsets) == set(range(1, head + 1))
        firsts = list(dict.fromkeys(offsets))
        assert firsts == sorted(firsts), "without repetitions the order is the log's"


def test_two_couriers_never_deliver_one_topic_at_a_time_both(api):
    receiver = Receiver()
    api.hook(receiver.url, {V1: {"after": 0}, "centre/C1": {"after": 0}}, batch=1)
    other = office_at(api.office.engine.url.render_as_string(hide_password=False))
    with Delivering(api.office), Delivering(other):
        for number in range(30):
            happen(api.office, [number], V1, "centre/C1")
        receiver.wait_for(lambda r: 30 in r.offsets(V1) and len(r.offsets("centre/C1")) >= 30)
    other.engine.dispose()
    receiver.close()
    assert receiver.offsets(V1) == list(range(1, 31))
    assert receiver.offsets("centre/C1") == sorted(set(receiver.offsets("centre/C1")))


def test_the_owner_sees_no_more_by_webhook_than_it_may_and_names_never_before_they_are_public(
    small, receiver
):
    members = {"members": [{"name": "李建国", "venue_id": "V1"}]}
    small.hook(receiver.url, {V1: {}}, who="operator")
    small.hook(receiver.url, {"venue/V2": {}}, who="host")
    facts = {"serial": "A-1", "project": "Bridge", "centre_id": "C1"}
    with Delivering(small.office):
        with small.office.changing() as session:
            now = datetime.now(UTC)
            append(session, "names.unlocked", [V1, "venue/V2"], facts, now, "t", sealed=members)
            append(session, "record.read", [V1], {"record": "r"}, now, "t")
            append(session, "result.published", [V1], {"serial": "A-1"}, now, "t", sealed=members)
        receiver.wait_for(lambda r: len(r.offsets(V1)) == 3 and r.offsets("venue/V2"))
    shown = {message["topic"]: message["events"] for message in receiver.messages()}
    unlocked, hidden, public = shown[V1]
    assert unlocked["facts"] == facts
    assert hidden == {"offset": 2, "id": hidden["id"], "hidden": True}
    assert public["facts"]["members"] == members["members"]
    assert shown["venue/V2"][0]["facts"] == {"serial": "A-1"}, "a guest's host does not learn the project"


def test_rights_are_looked_at_again_at_every_send(small, receiver):
    hook = small.hook(receiver.url, {"centre/C1": {}})
    account(small.office, "machine", centre_id="C2")
    with Delivering(small.office):
        happen(small.office, [1], "centre/C1")
        wait_until(lambda: "may not follow" in small.topic(hook, "centre/C1")["outcome"])
        assert receiver.requests == []
        account(small.office, "machine", centre_id="C1")
        receiver.wait_for(lambda r: r.offsets("centre/C1"))
        with small.office.changing() as session:
            accounts.revoke(session, "machine", "admin", datetime.now(UTC))
        sent = len(receiver.requests)
        happen(small.office, [2], "centre/C1")
        wait_until(lambda: small.state(hook, "admin")["state"] == "disabled")
    assert len(receiver.requests) == sent
    assert small.state(hook, "admin")["reason"] == "the account was revoked"


def test_a_receiver_that_fails_for_days_is_disabled_visibly_and_enabling_it_loses_nothing(small):
    receiver = Receiver(usually=500)
    hook = small.hook(receiver.url, {V1: {"after": 0}})
    happen(small.office, range(5), V1)
    with Delivering(small.office, replace(LOOSE, patience=timedelta(minutes=2))):
        wait_until(lambda: small.state(hook)["state"] == "disabled")
        tried = len(receiver.requests)
        happen(small.office, [5], V1)
        time.sleep(0.3)
        assert len(receiver.requests) == tried, "a disabled webhook is left alone"
        state = small.state(hook)
        assert "venue/V1 has failed since" in state["reason"]
        assert "status 500" in state["reason"]
        assert state["topics"][0]["failures"] >= 2
        with small.office.reading() as session:
            audit = [one.event for one in ledger.replay(session, "audit", 0, 99)]
        assert [one.facts["state"] for one in audit if one.kind == "webhook.changed"] == [
            "active",
            "disabled",
        ]
        receiver.usually = 204
        assert small.call("POST", f"/webhooks/{hook['webhook_id']}/enable").json()["state"] == "active"
        receiver.wait_for(lambda r: 6 in r.offsets(V1))
    receiver.close()
    accepted = [e["offset"] for m in receiver.messages(only_accepted=True) for e in m["events"]]
    assert accepted == [1, 2, 3, 4, 5, 6]


def test_a_receiver_that_is_gone_is_not_asked_again(small):
    receiver = Receiver(usually=410)
    hook = small.hook(receiver.url, {V1: {"after": 0}})
    happen(small.office, [1], V1)
    with Delivering(small.office):
        wait_until(lambda: small.state(hook)["state"] == "disabled")
    receiver.close()
    assert len(receiver.requests) == 1
    assert "410" in small.state(hook)["reason"]


def test_a_replay_sends_again_and_what_is_no_longer_kept_is_an_explicit_reset(small, receiver):
    hook = small.hook(receiver.url, {V1: {"after": 0}})
    path = f"/webhooks/{hook['webhook_id']}/replay"
    with Delivering(small.office):
        happen(small.office, range(4), V1)
        receiver.wait_for(lambda r: 4 in r.offsets(V1))
        small.call("POST", path, body={"topic": V1, "after": 2})
        receiver.wait_for(lambda r: r.offsets(V1)[4:] == [3, 4])
        with small.office.changing() as session:
            assert ledger.prune(session, datetime.now(UTC) + timedelta(seconds=1)) > 0
        happen(small.office, [9], V1)
        receiver.wait_for(lambda r: 5 in r.offsets(V1))
        small.call("POST", path, body={"topic": V1, "after": 0})
        receiver.wait_for(lambda r: r.messages()[-1]["type"] == "reset")
        with small.office.changing() as session:
            epoch = ledger.renew_epoch(session)
        receiver.wait_for(lambda r: r.messages()[-1]["reason"] == "epoch")
    pruned, renewed = (one for one in receiver.messages() if one["type"] == "reset")
    assert (pruned["reason"], pruned["head"]) == ("pruned", 5)
    assert (renewed["epoch"], renewed["head"]) == (epoch, 5)
    assert small.call("POST", path, body={"topic": V1, "after": 6}).status_code == 422
    assert small.call("POST", path, body={"topic": "venue/V2", "after": 0}).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "https://127.0.0.1/x",
        "https://10.0.0.1/",
        "https://192.168.1.1:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://user:pw@example.org/",
        "https://example.org/#x",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https:///x",
        "https://example.org:99999/",
        "https://example.org/ x",
        "https://example.org/\r\nHost: inside",
        "https://例え.jp/例",
        "example.org",
    ],
)
def test_a_url_that_must_not_be_sent_to_is_refused_at_once(tmp_path, url):
    database = f"sqlite:///{tmp_path / 'y.db'}"
    migrate(database)
    office = office_at(database)
    client, tokens = calling(office, Settings())
    answer = Caller(office, tokens, client).call("POST", "/webhooks", body={"url": url, "topics": {V1: {}}})
    office.engine.dispose()
    assert (answer.status_code, answer.json()["code"]) == (422, "url_refused")


def test_a_name_that_stands_for_a_private_address_is_refused_at_every_send(small, receiver):
    url = f"http://localhost:{receiver.port}/"
    hook = small.hook(url, {V1: {"after": 0}})
    happen(small.office, [1], V1)
    with Delivering(small.office, Manner(Allowed(plain_http=True), seconds=1)):
        wait_until(lambda: small.topic(hook)["outcome"] == "address refused")
    assert receiver.requests == []
    with Delivering(small.office, Manner(Allowed(), seconds=1)):
        wait_until(lambda: small.topic(hook)["outcome"] == "url refused: https only")
    assert receiver.requests == []


def test_what_cannot_be_read_holds_up_its_own_topic_alone(small, receiver):
    hook = small.hook(receiver.url, {V1: {"after": 0}, "centre/C1": {}})
    with small.office.changing() as session:
        append(session, "support.counted", [V1], {"shown_from": "some day"}, datetime.now(UTC), "test")
    with Delivering(small.office):
        wait_until(lambda: "failed here" in small.topic(hook)["outcome"])
        happen(small.office, range(3), "centre/C1")
        receiver.wait_for(lambda r: len(r.offsets("centre/C1")) >= 3)
    assert receiver.offsets(V1) == []
    assert small.topic(hook)["after"] == 0


def test_a_redirect_is_never_followed(small, receiver):
    other = Receiver(usually=f"307 Elsewhere\r\nLocation: {receiver.url}")
    hook = small.hook(other.url, {V1: {"after": 0}})
    happen(small.office, [1], V1)
    with Delivering(small.office):
        wait_until(lambda: small.topic(hook)["outcome"] == "status 307")
    other.close()
    assert receiver.requests == []


def test_a_certificate_is_checked(small, tmp_path, monkeypatch):
    pem, context = certificate(tmp_path)
    receiver = Receiver(context=context)
    hook = small.hook(receiver.url, {V1: {"after": 0}})
    happen(small.office, [1], V1)
    with Delivering(small.office):
        wait_until(lambda: small.topic(hook)["outcome"] == "tls: CERTIFICATE_VERIFY_FAILED")
        assert receiver.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        receiver.wait_for(lambda r: r.offsets(V1) == [1])
    receiver.close()


def test_a_webhook_belongs_to_its_account(small):
    hook = small.hook("https://example.org/?token=x", {V1: {}})
    path = f"/webhooks/{hook['webhook_id']}"
    assert small.call("GET", path).json()["url"] == "https://example.org/?token=x"
    assert small.call("GET", path, "admin").json()["url"] == "https://example.org/"
    assert [one["webhook_id"] for one in small.call("GET", "/webhooks").json()] == [hook["webhook_id"]]
    assert small.call("GET", "/webhooks", "operator").json() == []
    assert len(small.call("GET", "/webhooks", "admin").json()) == 1
    for who in ("operator", "host", "supervisor"):
        assert small.call("GET", path, who).status_code == 404
        assert small.call("DELETE", path, who).status_code == 404
        assert small.call("POST", f"{path}/enable", who).status_code == 404
    assert "secret" not in small.call("GET", path).json()
    assert hook["secret"] not in small.call("GET", "/webhooks", "admin").text
    assert small.call("DELETE", path).status_code == 204
    assert small.call("GET", path).status_code == 404


def test_the_same_request_under_one_key_makes_one_webhook_and_shows_its_secret_again(small):
    body = {"url": "https://example.org/", "topics": {V1: {}}}
    first, again = (small.call("POST", "/webhooks", body=body, key="one").json() for _ in range(2))
    assert first == again
    other = small.call("POST", "/webhooks", body={**body, "secret": "whsec_" + "A" * 44}, key="one")
    assert other.json()["code"] == "key_reused"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"topics": {"venue/V2": {}}}, "not_for_role"),
        ({"topics": {"audit": {}}}, "not_for_role"),
        ({"topics": {V1: {"after": 7}}}, "bad_input"),
        ({"topics": {V1: {}}, "secret": "whsec_c2hvcnQ="}, "bad_input"),
        ({"topics": {V1: {}}, "secret": "hunter2hunter2hunter2hunter2hunter2"}, "bad_input"),
        ({"topics": {}}, "invalid_request"),
        ({"topics": {V1: {}}, "batch": 0}, "invalid_request"),
    ],
)
def test_a_wrong_webhook_is_refused_and_its_secret_not_echoed(small, body, code):
    answer = small.call("POST", "/webhooks", body={"url": "https://example.org/", **body})
    assert answer.json()["code"] == code
    assert "hunter2" not in answer.text
    assert "c2hvcnQ" not in answer.text


def test_an_account_has_at_most_sixteen_webhooks(small):
    for _ in range(16):
        small.hook("https://example.org/", {V1: {}})
    body = {"url": "https://example.org/", "topics": {V1: {}}}
    assert small.call("POST", "/webhooks", body=body).json()["code"] == "too_many_webhooks"


def test_the_secret_is_sealed_in_the_database(small, tmp_path):
    hook = small.hook("https://example.org/", {V1: {}})
    small.office.engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("y.db*"))
    assert hook["webhook_id"].encode() in stored
    assert hook["secret"].encode() not in stored


def test_waits_grow_to_an_hour_and_are_spread():
    assert all(wait(nth) <= LONGEST_WAIT for nth in range(1, 60))
    assert all(wait(40) >= LONGEST_WAIT / 2 for _ in range(9))
    assert len({wait(3) for _ in range(20)}) > 3
    assert max(wait(1) for _ in range(20)) < min(wait(4) for _ in range(20))


def test_what_a_receiver_gets_is_documented(small):
    described = small.client.get("/openapi.json").json()["webhooks"]["delivery"]["post"]
    assert {one["$ref"].rpartition("/")[2] for one in described["requestBody"]["content"]["application/json"]
            ["schema"]["anyOf"]} == {"EventsDelivery", "ResetDelivery"}  # fmt: skip


def wait_until(holds, seconds=15):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.03)


def certificate(folder):
    """A certificate of 127.0.0.1 that nobody has signed but itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    import ipaddress

    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dates.timedelta(hours=1))
        .not_valid_after(now + dates.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return pem, context
