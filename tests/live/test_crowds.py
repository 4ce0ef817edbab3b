"""Many clients at once: reads are shared but never stale, places are counted, a fresh node remembers."""

import asyncio
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest
import websocket

from api.database import snapshot, transaction
from api.live.messages import Limits
from api.live.reads import SharedReads
from api.live.tail import HistoryReplaced, Tail
from api.store import ledger
from api.store.events import append
from tests.live.node import Node
from tests.live.test_protocol import Client

TOPIC = "venue/V1"


def test_a_read_is_shared_by_those_who_asked_before_it_began_and_by_nobody_later():
    calls, started, go = [], threading.Event(), threading.Event()

    def work():
        calls.append(len(calls) + 1)
        mine = calls[-1]
        started.set()
        go.wait(5)
        return mine

    async def run():
        reads = SharedReads(asyncio.create_task, at_once=1)
        first = asyncio.create_task(reads.read("head", work))
        await asyncio.to_thread(started.wait, 5)
        later = [asyncio.create_task(reads.read("head", work)) for _ in range(50)]
        await asyncio.sleep(0)
        later[0].cancel()  # who gives up takes nobody along
        go.set()
        return await first, await asyncio.gather(*later[1:])

    first, later = asyncio.run(run())
    assert first == 1
    assert later == [2] * 49


def test_a_read_that_fails_fails_for_all_who_share_it():
    def work():
        raise OSError("away")

    async def run():
        reads = SharedReads(asyncio.create_task)
        return await asyncio.gather(*(reads.read(1, work) for _ in range(3)), return_exceptions=True)

    assert [type(one) for one in asyncio.run(run())] == [OSError] * 3


def grow(engine, count, *topics, kind="support.counted"):
    with transaction(engine) as session:
        for number in range(count):
            facts = {"support_count": number} if kind == "support.counted" else {"account_id": "a"}
            append(session, kind, topics, facts, datetime.now(UTC), "test")


def test_the_tail_is_what_the_ledger_holds_page_by_page(engine):
    tail, start = Tail(engine), ledger.Tip("", 0, "")
    with snapshot(engine) as session:
        start = ledger.tip(session)
    try:
        assert tail.after(start, 10) == (start, [])
        grow(engine, 3, TOPIC, "region/5323")
        grow(engine, 1, kind="account.changed")  # an event that no topic carries
        grow(engine, 3, TOPIC)
        seen, at = [], start
        while (page := tail.after(at, 2))[1]:
            at = page[0]
            assert len(page[1]) <= 2
            seen += page[1]
        with snapshot(engine) as session:
            assert seen == [(ledger.event_of(row), entries) for row, entries in ledger.since(session, 0, 99)]
            assert at == ledger.tip(session)
    finally:
        tail.close()


def test_a_tail_of_another_history_is_refused(engine):
    tail = Tail(engine)
    grow(engine, 3, TOPIC)
    with snapshot(engine) as session:
        tip = ledger.tip(session)
        middle = ledger.digest_at(session, 2)
    try:
        assert tail.after(ledger.Tip(tip.epoch, 2, middle), 10)[0] == tip
        for other in (
            ledger.Tip("another", 2, middle),
            ledger.Tip(tip.epoch, 2, "f" * 64),
            ledger.Tip(tip.epoch, 3, "f" * 64),
            ledger.Tip(tip.epoch, 4, tip.digest),
        ):
            with pytest.raises(HistoryReplaced):
                tail.after(other, 10)
    finally:
        tail.close()


def test_an_account_has_its_connections_and_no_more_by_whatever_way(database):
    def stream(node):
        address = f"http://127.0.0.1:{node.port}/live/sse?topic={TOPIC}"
        request = urllib.request.Request(address, headers={"Authorization": "Bearer h:host:V1"})
        return urllib.request.urlopen(request, timeout=8)

    with Node(database, Limits(connections=2)) as node:
        first, other = Client(node), Client(node, token="o:host:V1")
        with stream(node) as sse:
            sse.readline()  # the answer's head may come before the place is taken
            assert Client(node).welcome == {"type": "close", "code": 4429}
            with pytest.raises(urllib.error.HTTPError, match="429"):
                stream(node)
            first.socket.close()
            assert [one["type"] for one in (until_welcome(node), other.welcome)] == ["welcome", "welcome"]


def until_welcome(node):
    """A connection's place is free again soon after it ended."""
    for _ in range(100):
        client = Client(node)
        if client.welcome["type"] == "welcome":
            return client.welcome
        client.socket.close()
    raise AssertionError("the place is never free again")


def test_a_node_that_starts_knows_the_last_events_without_asking_again(database, engine):
    grow(engine, 5, TOPIC)
    with Node(database) as node:
        assert node.live.hub.head(TOPIC) == 5

        def unreadable(*_):
            raise AssertionError("the database was asked")

        node.live.page = node.live.standing = unreadable
        client = Client(node)
        client.follow(after=2)
        assert client.numbers(3) == [2, 3, 4]
        assert client.until("recovered")["offset"] == 5


def test_heartbeats_come_as_often_as_promised_while_others_come_and_go(database):
    with Node(database, Limits(heartbeat_seconds=1, messages_per_second=1000)) as node:
        client = Client(node)
        client.follow()
        client.until("recovered")
        client.socket.settimeout(2.5)
        for _ in range(3):
            passing = websocket.create_connection(node.url, timeout=5)
            while '"heartbeat"' not in client.socket.recv():
                pass
            passing.close()
