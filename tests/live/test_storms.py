"""Through cuts, stalls, kills and restores, every client has in the end exactly what the log holds for it."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from api.database import make_engine, migrate, snapshot, transaction
from api.live.client import Position, Rejected, ResetTopic, follow
from api.live.messages import Limits
from api.store.events import append
from api.store.ledger import heads, renew_epoch, replay
from tests.live.conftest import fresh_postgres
from tests.live.faults import FaultProxy
from tests.live.node import Node

TOPICS = ("venue/V1", "region/5323")


def write(engine, committed, count, writer):
    """Events on both topics from one writer; some of them hidden from a host, some with names."""
    for number in range(count):
        with transaction(engine, committed) as session:
            now = datetime.now(UTC)
            kind = ("support.counted", "record.read", "booking.made")[number % 3]
            facts = {
                "support.counted": {"support_count": number},
                "record.read": {"record": f"r{number}"},
                "booking.made": {"serial": f"{writer}-{number}", "project": "Bridge", "reason": "x" * 200},
            }[kind]
            append(session, kind, TOPICS[: 1 + number % 2], facts, now, f"writer-{writer}")


async def collect(port, token, topics, seen, resets, positions=None):
    positions = positions if positions is not None else {topic: Position(0) for topic in topics}
    async for change in follow(f"ws://127.0.0.1:{port}/live", token, positions, longest_wait=0.3):
        if isinstance(change, ResetTopic):
            resets.append(change)
        else:
            seen.setdefault(change.topic, []).append(change)


def check(engine, seen, topics):
    """Nothing lost, doubled, out of order or leaked."""
    with snapshot(engine) as session:
        for topic in topics:
            logged = [(one.offset, one.event.event_id) for one in replay(session, topic, 0, 10_000)]
            assert [(one.offset, one.event_id) for one in seen.get(topic, [])] == logged
    for changes in seen.values():
        for change in changes:
            if change.facts is None:
                assert change.kind is None
            else:
                assert change.kind in {"support.counted", "booking.made"}
                assert "Bridge" not in json.dumps(change.facts), "a host does not learn the project"


def reached(engine, seen, topics):
    with snapshot(engine) as session:
        return all(len(seen.get(topic, [])) >= head for topic, head in heads(session, topics).items())


async def settle(proxy, engine, everyone, topics, seconds=20):
    """The storm is over; every client gets the rest."""
    proxy.calm = True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not all(reached(engine, seen, topics) for seen in everyone):
                await asyncio.sleep(0.05)


def test_after_a_storm_between_two_nodes_each_client_has_what_the_log_has(database, engine):
    limits = Limits(heartbeat_seconds=1, connections=100, messages_per_second=1000)
    with Node(database, limits) as one, Node(database, limits) as other:

        async def storm():
            everyone, resets = [{} for _ in range(6)], []
            async with FaultProxy([one.port, other.port]) as proxy:
                clients = [
                    asyncio.create_task(collect(proxy.port, f"h{n}:host:V1", TOPICS, seen, resets))
                    for n, seen in enumerate(everyone)
                ]
                writers = [
                    threading.Thread(target=write, args=(engine, node.live.announce, 120, n))
                    for n, node in enumerate((one, other))
                ]
                for writer in writers:
                    writer.start()
                while any(writer.is_alive() for writer in writers):
                    await asyncio.sleep(0.05)
                await asyncio.sleep(0.5)
                await settle(proxy, engine, everyone, TOPICS)
                for client in clients:
                    client.cancel()
                await asyncio.gather(*clients, return_exceptions=True)
                assert proxy.cuts > 5, "a storm that cuts nothing proves nothing"
            return everyone, resets

        everyone, resets = asyncio.run(storm())
    assert resets == []
    for seen in everyone:
        check(engine, seen, TOPICS)


def test_a_naive_reader_loses_late_commits_and_the_ledger_does_not(postgres):
    """Two transactions take numbers in one order and commit in the other: `id > last` never sees the late one."""
    url = fresh_postgres(postgres)
    migrate(url)
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE naive (id bigserial PRIMARY KEY, what text)"))
    late_holds, early_done = threading.Event(), threading.Event()

    def late():
        with transaction(engine) as session:
            session.execute(text("INSERT INTO naive (what) VALUES ('late')"))
            append(session, "support.counted", ["audit"], {"support_count": 1}, datetime.now(UTC), "late")
            late_holds.set()
            early_done.wait(10)

    slow = threading.Thread(target=late)
    slow.start()
    late_holds.wait(10)
    with transaction(engine) as session:
        session.execute(text("INSERT INTO naive (what) VALUES ('early')"))
        append(session, "support.counted", ["audit"], {"support_count": 2}, datetime.now(UTC), "early")
    naive, ours, last, position = [], [], 0, 0
    for _ in range(2):
        with snapshot(engine) as session:
            for row in session.execute(
                text("SELECT id, what FROM naive WHERE id > :last ORDER BY id"), {"last": last}
            ):
                naive.append(row.what)
                last = row.id
            for entry in replay(session, "audit", position, 10):
                ours.append(entry.event.actor)
                position = entry.offset
        early_done.set()
        slow.join()
    engine.dispose()
    assert naive == ["early"], "the naive reader loses the late commit"
    assert ours == ["early", "late"]


class Process:
    """A node in a process of its own, that can be killed."""

    def __init__(self, url):
        self.url = url
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def start(self):
        limits = json.dumps({"heartbeat_seconds": 1})
        command = [sys.executable, "-m", "tests.live.node", self.url, str(self.port), limits]
        self.process = subprocess.Popen(command, cwd=Path(__file__).parents[2], env={**os.environ})
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the node did not start")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def test_a_node_killed_in_the_middle_leaves_no_hole(database, engine):
    node = Process(database)
    seen, resets = {}, []

    async def run():
        client = asyncio.create_task(collect(node.port, "h:host:V1", TOPICS, seen, resets))
        for turn in range(2):
            await asyncio.to_thread(write, engine, None, 20, turn)
            node.kill()
            await asyncio.to_thread(write, engine, None, 20, turn + 10)
            await asyncio.to_thread(node.start)
        for _ in range(200):
            if reached(engine, seen, TOPICS):
                break
            await asyncio.sleep(0.05)
        client.cancel()
        await asyncio.gather(client, return_exceptions=True)

    try:
        asyncio.run(run())
    finally:
        node.kill()
    assert resets == []
    check(engine, seen, TOPICS)


def test_a_restored_backup_is_an_explicit_reset_even_if_nobody_renewed_the_epoch(database, engine):
    """The client was ahead of the backup; afterwards other events took the offsets that it had seen."""
    write(engine, None, 3, 0)
    positions = {"venue/V1": Position(2, "an event that the backup did not hold", None)}
    seen, resets = {}, []
    with Node(database) as node:

        async def run():
            client = asyncio.create_task(collect(node.port, "h:host:V1", TOPICS, seen, resets, positions))
            for _ in range(100):
                if resets:
                    break
                await asyncio.sleep(0.05)
            client.cancel()
            await asyncio.gather(client, return_exceptions=True)

        asyncio.run(run())
    assert [(reset.reason, reset.head) for reset in resets] == [("diverged", 3)]


def test_a_client_resets_once_when_the_epoch_changes_and_goes_on(database, engine):
    write(engine, None, 3, 0)
    seen, resets = {}, []
    with Node(database) as node:

        async def run():
            client = asyncio.create_task(collect(node.port, "h:host:V1", TOPICS[:1], seen, resets))
            while len(seen.get("venue/V1", [])) < 3:
                await asyncio.sleep(0.02)
            with transaction(engine, node.live.announce) as session:
                renew_epoch(session)
            while not resets:
                await asyncio.sleep(0.02)
            await asyncio.to_thread(write, engine, node.live.announce, 3, 1)
            while len(seen["venue/V1"]) < 6:
                await asyncio.sleep(0.02)
            client.cancel()
            await asyncio.gather(client, return_exceptions=True)

        asyncio.run(asyncio.wait_for(run(), 20))
    assert [reset.reason for reset in resets] == ["epoch"]
    assert [one.offset for one in seen["venue/V1"]] == [1, 2, 3, 4, 5, 6]


def test_a_terminated_listen_connection_costs_nothing(postgres):
    url = fresh_postgres(postgres)
    migrate(url)
    engine = make_engine(url)
    seen, resets = {}, []
    with Node(url) as node:

        async def run():
            client = asyncio.create_task(collect(node.port, "h:host:V1", TOPICS, seen, resets))
            await asyncio.to_thread(write, engine, None, 10, 0)
            with engine.begin() as connection:
                others = "pid <> pg_backend_pid() AND datname = current_database()"
                connection.execute(
                    text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
                )
            engine.dispose()
            await asyncio.to_thread(write, engine, None, 10, 1)
            for _ in range(200):
                if reached(engine, seen, TOPICS):
                    break
                await asyncio.sleep(0.05)
            client.cancel()
            await asyncio.gather(client, return_exceptions=True)

        asyncio.run(run())
    check(engine, seen, TOPICS)
    engine.dispose()
    assert resets == []


def test_a_client_gives_up_where_coming_back_is_in_vain(database):
    with Node(database) as node, pytest.raises(Rejected, match="4401"):
        asyncio.run(collect(node.port, "nobody:nothing", TOPICS, {}, []))
