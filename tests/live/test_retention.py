"""What is older than the installation keeps leaves replay by itself, and who is behind it is told so."""

import asyncio
import threading
import time
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn

from api.app import create_app
from api.clocks import SteppedClock
from api.database import snapshot, transaction
from api.live.client import Change, Position, ResetTopic, follow
from api.retention import forget
from api.settings import Settings
from api.store import ledger
from api.store.events import append
from api.worker import Worker
from tests.live.receivers import office_at, settle_in

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
V1 = "venue/V1"


@pytest.fixture
def office(database):
    here = office_at(database)
    here.clock = SteppedClock(NOON)
    yield here
    here.engine.dispose()


def at(office, when, numbers, *topics):
    with transaction(office.engine, office.committed) as session:
        for number in numbers:
            append(session, "support.counted", topics, {"support_count": number}, when, "test")


def floor(office, topic=V1):
    with snapshot(office.engine) as session:
        return ledger.standing(session, topic, None).floor


class Served:
    """The whole application on a real server."""

    def __init__(self, office):
        config = uvicorn.Config(
            create_app(Settings(), office), port=0, ws="api.live.transport:PushProtocol",
            log_level="warning", ws_per_message_deflate=False, timeout_graceful_shutdown=2,
        )  # fmt: skip
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
            self.thread.join(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"ws://127.0.0.1:{port}/live"

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(10)


async def first(url, token, positions, count):
    """The first changes and resets that a client gets."""
    got = []
    async with asyncio.timeout(10), aclosing(follow(url, token, positions, longest_wait=0.2)) as changes:
        async for change in changes:
            got.append(change)
            if len(got) == count:
                return got
    raise AssertionError


def test_a_worker_prunes_by_itself_and_who_is_behind_is_reset_and_who_is_not_recovers_all(office):
    token = settle_in(office)["machine"]
    at(office, NOON, range(1, 6), V1)
    at(office, NOON + timedelta(days=2), range(6, 9), V1)
    worker = Worker(office, replay_days=30)
    worker.start()
    time.sleep(1.2)
    assert floor(office) == 0, "nothing is old yet"
    worker.stop()
    office.clock.advance(timedelta(days=31))
    later = Worker(office, replay_days=30)
    later.start()
    end = time.monotonic() + 10
    while floor(office) != 5:
        assert time.monotonic() < end
        time.sleep(0.05)
    later.stop()
    for thread in (worker, later):
        thread.join(10)
    with Served(office) as url:
        behind = asyncio.run(first(url, token, {V1: Position(4)}, 1))
        assert behind == [ResetTopic(V1, "pruned", 8)]
        exactly = asyncio.run(first(url, token, {V1: Position(5)}, 3))
        assert [change.facts["support_count"] for change in exactly] == [6, 7, 8]

        async def goes_on():
            positions = {V1: Position(0)}
            following = asyncio.create_task(first(url, token, positions, 2))
            while positions[V1].after != 8:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(at, office, office.clock.now(), [9], V1)
            return await following

        reset, change = asyncio.run(goes_on())
        assert isinstance(reset, ResetTopic)
        assert isinstance(change, Change)
        assert (change.offset, change.facts) == (9, {"support_count": 9})


def test_pruning_goes_in_portions_drops_nothing_younger_and_leaves_the_log_and_its_chain(office):
    at(office, NOON - timedelta(days=40), range(10), V1, "audit")
    at(office, NOON - timedelta(days=1), [10], V1)
    at(office, NOON - timedelta(days=50), [11], V1, "audit")  # recorded late: what precedes it is younger
    office.clock = SteppedClock(NOON)
    assert forget(office, timedelta(days=30), portion=3) == 20
    assert (floor(office), floor(office, "audit")) == (10, 10)
    assert forget(office, timedelta(days=30)) == 0
    with snapshot(office.engine) as session:
        assert [one.offset for one in ledger.replay(session, V1, 10, 9)] == [11, 12]
        assert ledger.tip(session).position == 12
        assert list(ledger.broken_links(session)) == []
    assert forget(office, timedelta(hours=-1)) == 3, "all of it, when all of it is old"
    assert floor(office) == 12


def test_writers_and_pruning_at_one_time_do_not_block_each_other_for_good(office):
    topics = [f"venue/V{n}" for n in range(6)] + ["audit", "Zebra", "public"]

    def write(writer):
        for turn in range(25):
            at(office, NOON - timedelta(days=40), [turn], *topics[writer % 3 :], *topics[:2])

    writers = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for writer in writers:
        writer.start()
    gone = 0
    while any(writer.is_alive() for writer in writers):
        gone += forget(office, timedelta(days=30), portion=20)
    gone += forget(office, timedelta(days=30))
    with snapshot(office.engine) as session:
        heads = ledger.heads(session, topics)
    assert gone == sum(heads.values())
    assert all(floor(office, topic) == head for topic, head in heads.items())
    assert heads["audit"] == 75
