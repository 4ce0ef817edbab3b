"""Clients that stop reading: gone, with all that was kept for them, while those who read miss nothing."""

import asyncio
import contextlib
import json
import resource
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import websocket

from api.database import make_engine, migrate, transaction
from api.live.client import Position, follow
from api.store.events import append
from tests.live.test_storms import Process, check, reached

TCP = Path("/proc/net/tcp")
STALLED, HEALTHY = 100, 3
TOPIC = "venue/V1"


def connections(port):
    """The kernel's sockets of that port that listen to nobody, closing ones too, with the bytes unsent in each."""
    lines = [line.split() for line in TCP.read_text().splitlines()[1:]]
    ours = [one for one in lines if int(one[1].partition(":")[2], 16) == port]
    return [int(one[4].partition(":")[0], 16) for one in ours if one[3] not in {"0A", "06"}]


def memory(process):
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def stall(port, number):
    """A client that subscribes and then never reads again."""
    small = ((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)
    one = websocket.create_connection(f"ws://127.0.0.1:{port}/live", timeout=5, sockopt=small)
    one.send(json.dumps({"type": "authenticate", "token": f"s{number}:host:V1"}))
    one.send(json.dumps({"type": "subscribe", "topics": {TOPIC: {}}}))
    while json.loads(one.recv())["type"] != "recovered":
        pass
    return one.sock


def burst(engine, turn):
    with transaction(engine) as session:
        for number in range(50):
            facts = {"support_count": number, "period": f"{turn}-" + "x" * 400}
            append(session, "support.counted", [TOPIC], facts, datetime.now(UTC), "x")


async def healthy(port, number, seen):
    changes = follow(f"ws://127.0.0.1:{port}/live", f"h{number}:host:V1", {TOPIC: Position(0)})
    async for change in changes:
        seen.setdefault(TOPIC, []).append(change)


async def wave(node, engine, before):
    """A hundred stall, and the log goes on until they are gone; the most memory that the node took meanwhile."""
    opened = [asyncio.to_thread(stall, node.port, number) for number in range(STALLED)]
    stalled, most = await asyncio.gather(*opened), before
    try:
        assert len(connections(node.port)) == STALLED + HEALTHY
        deadline = time.monotonic() + 30
        turn = 0
        while len(connections(node.port)) > HEALTHY and time.monotonic() < deadline:
            await asyncio.to_thread(burst, engine, turn := turn + 1)
            await asyncio.sleep(0.05)
            most = max(most, memory(node.process))
        assert len(connections(node.port)) == HEALTHY, (
            "neither the node nor the kernel keeps a stalled client"
        )
    finally:
        for one in stalled:
            one.close()
    return most


@pytest.mark.skipif(not TCP.exists(), reason="the kernel's table of connections is Linux's")
def test_a_hundred_clients_that_never_read_are_gone_cheaply_and_the_healthy_miss_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'y.db'}"
    migrate(url)
    engine, everyone = make_engine(url), [{} for _ in range(HEALTHY)]
    node = Process(url)

    async def run():
        clients = [asyncio.create_task(healthy(node.port, n, seen)) for n, seen in enumerate(everyone)]
        while len(connections(node.port)) < HEALTHY:
            await asyncio.sleep(0.05)
        await wave(node, engine, 0)  # the first leaves memory that the node uses again
        before = memory(node.process)
        for _ in range(2):
            most = await wave(node, engine, before)
            assert most - before < STALLED * 2**20, "a stalled client costs less than 1 MB"
        assert memory(node.process) - before < 20 * 2**20, "and leaves nothing behind"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(20):
                while not all(reached(engine, seen, [TOPIC]) for seen in everyone):
                    await asyncio.sleep(0.05)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    try:
        asyncio.run(run())
        for seen in everyone:
            check(engine, seen, [TOPIC])
    finally:
        node.kill()
        engine.dispose()
