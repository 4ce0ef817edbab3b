"""What a client sees on `/live` and `/live/sse`: real servers, third-party clients."""

import base64
import json
import time
import urllib.request
from datetime import UTC, datetime
from typing import ClassVar

import pytest
import websocket

from api.database import migrate, transaction
from api.live.messages import FROM_SERVER, Limits
from api.store.ledger import prune, renew_epoch
from tests.live.conftest import fresh_postgres
from tests.live.node import REVOKED, Node

V1 = "h:host:V1"


PUSH, PLAIN = "api.live.transport:PushProtocol", "websockets-sansio"


@pytest.fixture(params=[("sqlite", PUSH), ("postgresql", PUSH), ("sqlite", PLAIN)], ids=str)
def node(request, tmp_path):
    where, ws = request.param
    on_sqlite = where == "sqlite"
    url = (
        f"sqlite:///{tmp_path / 'y.db'}" if on_sqlite else fresh_postgres(request.getfixturevalue("postgres"))
    )
    migrate(url)
    with Node(url, Limits(heartbeat_seconds=1, authenticate_seconds=1), ws=ws) as node:
        yield node


@pytest.fixture
def fast(database):
    with Node(database, Limits(heartbeat_seconds=1, life_seconds=60)) as node:
        yield node


@pytest.fixture(autouse=True)
def _hung_up():
    yield
    while Client.opened:
        Client.opened.pop().shutdown()


class Client:
    """A client that is not ours (websocket-client), reading messages one by one; each is checked by the models."""

    opened: ClassVar[list] = []

    def __init__(self, node, token=V1, **options):
        self.socket = websocket.create_connection(node.url, timeout=8, **options)
        self.opened.append(self.socket)
        self.hello = self.read()
        if token:
            self.send(type="authenticate", token=token)
            self.welcome = self.read()

    def send(self, **message):
        self.socket.send(json.dumps(message))

    def read(self):
        while True:
            code, data = self.socket.recv_data()
            if code == websocket.ABNF.OPCODE_CLOSE:
                return {"type": "close", "code": int.from_bytes(data[:2], "big")}
            message = json.loads(data)
            FROM_SERVER.validate_python(message)
            if message["type"] != "heartbeat":
                return message

    def until(self, wanted):
        while (message := self.read())["type"] != wanted:
            assert message["type"] != "close", message
        return message

    def follow(self, topic="venue/V1", epoch=None, **cursor):
        self.send(type="subscribe", topics={topic: cursor}, epoch=epoch or self.hello["epoch"])

    def numbers(self, count):
        seen = []
        while len(seen) < count:
            seen += [one["facts"]["support_count"] for one in self.until("events")["events"]]
        return seen


def test_a_client_gets_what_happens_from_then_on_and_only_its_own_topics(node):
    client = Client(node)
    assert (client.hello["type"], client.hello["protocol"], client.welcome["role"]) == ("hello", 1, "host")
    client.follow()
    assert client.read()["after"] == 0
    client.until("recovered")
    node.happen(7, "venue/V2")
    node.happen(8, "venue/V1", "venue/V2")
    message = client.until("events")
    assert (message["topic"], message["events"][0]["offset"]) == ("venue/V1", 1)
    assert message["events"][0]["facts"] == {"support_count": 8}
    client.follow("venue/V2")
    assert client.read() == {"type": "refused", "code": "forbidden", "topic": "venue/V2"}


def test_an_event_of_several_topics_comes_as_one_message_for_each(node):
    client = Client(node)
    topics = ("venue/V1", "public")
    client.send(type="subscribe", topics={topic: {} for topic in topics}, epoch=client.hello["epoch"])
    while client.read()["type"] != "recovered":
        pass
    client.until("recovered")
    node.happen(8, *topics)
    assert {client.until("events")["topic"] for _ in topics} == set(topics)


def test_a_client_resumes_with_the_whole_gap(node):
    for number in (150, 300, 450):
        node.happen(number, "venue/V1")
    with transaction(node.app.state.engine, node.live.announce) as session:
        from datetime import UTC, datetime

        from api.store.events import append

        for number in range(1000):
            append(
                session, "support.counted", ["venue/V1"], {"support_count": number}, datetime.now(UTC), "x"
            )
    while node.live.hub.head("venue/V1") != 1003:
        time.sleep(0.01)
    with Node(address(node)) as fresh:  # one replays from its memory, the other from the database
        for one in (node, fresh):
            client = Client(one)
            client.follow(after=2)
            assert client.read()["after"] == 2
            assert client.numbers(1001) == [450, *range(1000)]
            assert client.until("recovered")["offset"] == 1003
        fresh.happen(9, "venue/V1")
        assert client.numbers(1) == [9]


def address(node):
    return node.app.state.engine.url.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        ({"after": 3, "epoch": "another"}, "epoch"),
        ({"after": 99}, "ahead"),
        ({"after": 3, "id": "another"}, "diverged"),
        ({"after": 1}, "pruned"),
    ],
)
def test_a_gap_that_cannot_be_recovered_is_an_explicit_reset(node, cursor, reason):
    for number in range(2):
        node.happen(number, "venue/V1")
    time.sleep(0.02)
    with transaction(node.app.state.engine) as session:
        assert prune(session, datetime.now(UTC)) == 2
    for number in range(2, 5):
        node.happen(number, "venue/V1")
    with Node(address(node)) as fresh:
        client = Client(fresh)
        client.follow(**cursor)
        reset = client.read()
        assert (reset["type"], reset["reason"], reset["head"]) == ("reset", reason, 5)
        fresh.happen(6, "venue/V1")
        assert client.numbers(1) == [6]


def test_a_restored_history_resets_live_followers(fast):
    fast.happen(1, "venue/V1")
    client = Client(fast)
    client.follow(after=0)
    assert client.numbers(1) == [1]
    client.until("recovered")
    with transaction(fast.app.state.engine, fast.live.announce) as session:
        epoch = renew_epoch(session)
    reset = client.until("reset")
    assert (reset["reason"], reset["epoch"], reset["head"]) == ("epoch", epoch, 1)
    fast.happen(2, "venue/V1")
    assert client.numbers(1) == [2]


def test_the_token_may_come_as_a_subprotocol(node):
    token = base64.urlsafe_b64encode(V1.encode()).decode().rstrip("=")
    client = Client(node, token=None, subprotocols=["yidi.v1", f"yidi.token.{token}"])
    assert client.socket.getsubprotocol() == "yidi.v1"
    assert client.read()["type"] == "welcome"


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "authenticate", "token": "nobody:nothing"}], 4401),
        ([{"type": "subscribe", "topics": {"venue/V1": {}}}], 4401),
        ([{"type": "subscribe", "topic": "venue/V1"}], 4400),
        ([{"type": "dance"}], 4400),
        ([{"type": "ping"}] * 400, 4429),
        ([], 4408),
    ],
)
def test_a_client_that_breaks_the_rules_is_told_so_by_the_close_code(node, messages, code):
    client = Client(node, token=None)
    for message in messages:
        client.send(**message)
    while (got := client.read())["type"] == "pong":
        pass
    assert got == {"type": "close", "code": code}


def test_an_expired_token_ends_the_connection_and_a_refresh_keeps_it(node):
    short, kept = Client(node, token="a:host:V1:1"), Client(node, token="b:host:V1:1")
    kept.send(type="refresh", token="b:host:V1:60")
    assert kept.read()["type"] == "refreshed"
    kept.send(type="refresh", token="c:host:V1")
    assert kept.read() == {"type": "refused", "code": "other_account"}
    assert short.read() == {"type": "close", "code": 4401}
    kept.follow()
    assert kept.read()["type"] == "subscribed"


def test_a_refresh_to_a_narrower_role_ends_what_is_no_longer_allowed(node):
    client = Client(node)
    client.follow()
    client.until("recovered")
    client.send(type="refresh", token="h:expert:E1")
    assert client.read() == {"type": "unsubscribed", "topic": "venue/V1", "reason": "forbidden"}
    node.happen(1, "venue/V1")
    client.send(type="ping")
    assert client.until("pong")


def test_revocation_cuts_a_live_socket_on_every_node_at_once(database):
    with Node(database) as one, Node(database) as other:
        client = Client(other, token="gone:host:V1")
        client.follow()
        client.until("recovered")
        REVOKED.add("gone")
        try:
            one.happen(0, kind="account.changed", account_id="gone")
            one.happen(1, "venue/V1")
            assert client.read() == {"type": "close", "code": 4403}
        finally:
            REVOKED.clear()


def test_a_heartbeat_names_the_head_of_each_topic(fast):
    fast.happen(1, "venue/V1")
    client = Client(fast)
    client.follow()
    client.until("recovered")
    while (message := json.loads(client.socket.recv()))["type"] != "heartbeat":
        pass
    assert message["heads"] == {"venue/V1": 1}


def test_offsets_have_no_gap_where_an_event_is_hidden(node):
    node.happen(0, "venue/V1", kind="record.read", record="r")
    node.happen(2, "venue/V1")
    client = Client(node)
    client.follow(after=0)
    events = client.until("events")["events"]
    if len(events) == 1:
        events += client.until("events")["events"]
    assert [(one["offset"], one.get("hidden")) for one in events] == [(1, True), (2, None)]
    assert "kind" not in events[0]
    assert "facts" not in events[0]


def test_names_are_never_in_an_event_before_unlock_and_only_of_its_own_venue_after(node):
    members = [{"name": "Li", "venue_id": "V1"}, {"name": "Wu", "venue_id": "V2"}]
    node.happen(
        0, "venue/V1", kind="names.unlocked", sealed={"members": members}, serial="A-1", project="Road"
    )
    client = Client(node)
    client.follow(after=0)
    facts = client.until("events")["events"][0]["facts"]
    assert facts == {"serial": "A-1", "members": members[:1]}


def test_curl_can_follow_and_resume_by_server_sent_events(node):
    for number in range(3):
        node.happen(number, "venue/V1")
    base = f"http://127.0.0.1:{node.port}/live/sse?topic=venue/V1"

    def read(last, count):
        headers = {"Authorization": f"Bearer {V1}", "Last-Event-ID": last}
        seen = []
        with urllib.request.urlopen(urllib.request.Request(base, headers=headers), timeout=8) as stream:
            identity = ""
            for line in stream:
                if line.startswith(b"id: "):
                    identity = line[4:].decode().strip()
                if line.startswith(b"data: ") and b'"facts"' in line:
                    seen.append((identity, json.loads(line[6:])["facts"]["support_count"]))
                if len(seen) == count:
                    return seen
        raise AssertionError("the stream ended")

    first = read(f"{node.live.hub.epoch}:0:", 2)
    assert [number for _, number in first] == [0, 1]
    assert [number for _, number in read(first[-1][0], 1)] == [2]
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(base, timeout=8)
