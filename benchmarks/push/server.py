"""The contenders, one per process: python -m benchmarks.push.server CONTENDER PORT RATE.

Each sends RATE events a second, of about 430 bytes, to every client. Prints CPU seconds and memory on request
(a line on standard input).
"""

import asyncio
import base64
import hashlib
import json
import resource
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
import websockets.asyncio.server
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from api.database import make_engine, migrate, transaction
from api.disclosure import Role, Viewer
from api.live.frames import text_frame
from api.live.messages import Limits
from api.live.service import Live
from api.routes.live import router
from api.store.events import append


def event():
    """A Yidi event's JSON with the moment of its sending."""
    return json.dumps(
        {"offset": 1, "id": "0" * 16, "kind": "booking.made", "reason": f"sent:{time.time()}:{'x' * 330}"}
    )


def every(rate):
    """Pause so that a loop turns `rate` times a second."""
    began, turn = time.perf_counter(), 0
    while True:
        turn += 1
        yield max(0.0, began + turn / rate - time.perf_counter())


async def bare(port, rate):
    """The limit: prebuilt frames into asyncio transports, no websocket library."""
    clients = set()

    class Raw(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport = transport

        def data_received(self, data):
            key = data.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
            digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
            accept = base64.b64encode(digest).decode()
            upgrade = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            self.transport.write(f"{upgrade}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
            clients.add(self.transport)

        def connection_lost(self, _):
            clients.discard(self.transport)

    await asyncio.get_running_loop().create_server(Raw, "127.0.0.1", port, backlog=4096)
    for pause in every(rate):
        await asyncio.sleep(pause)
        frame = text_frame(event().encode())
        for client in clients:
            client.write(frame)


async def broadcast(port, rate):
    """websockets.broadcast."""
    clients = set()

    async def handle(connection):
        clients.add(connection)
        await connection.wait_closed()
        clients.discard(connection)

    async with websockets.asyncio.server.serve(handle, "127.0.0.1", port, compression=None, backlog=4096):
        for pause in every(rate):
            await asyncio.sleep(pause)
            websockets.asyncio.server.broadcast(clients, event())


async def served(app, port, ws):
    """The app on uvicorn."""
    config = uvicorn.Config(
        app, port=port, ws=ws, log_level="error", ws_per_message_deflate=False, backlog=4096
    )
    await uvicorn.Server(config).serve()


async def fastapi(port, rate, queued=False):
    """The usual loop over send_text, or the usual queue and task for each client."""
    app, clients, keep = FastAPI(), set(), []

    @app.websocket("/ws")
    async def follow(socket: WebSocket):
        await socket.accept()
        queue = asyncio.Queue()
        clients.add(queue if queued else socket)

        async def pump():
            while True:
                await socket.send_text(await queue.get())

        if queued:
            keep.append(asyncio.create_task(pump()))
        try:
            await socket.receive_text()
        except WebSocketDisconnect:
            clients.discard(queue if queued else socket)

    async def feed():
        for pause in every(rate):
            await asyncio.sleep(pause)
            message = event()
            for client in list(clients):
                if queued:
                    client.put_nowait(message)
                else:
                    await client.send_text(message)

    keep.append(asyncio.create_task(feed()))
    await served(app, port, "websockets-sansio")


async def yidi(port, rate):
    """The whole path: committed to SQLite, relayed, redacted, framed, pushed."""
    folder = tempfile.mkdtemp()
    url = f"sqlite:///{folder}/bench.db"
    migrate(url)
    engine = make_engine(url)
    viewer = Viewer("bench", Role.HOST, venue_ids=frozenset({"V1"}))
    app = FastAPI()
    app.include_router(router)
    live = app.state.live = Live(engine, lambda _token: viewer, Limits(connections=100_000))
    live.admit = lambda *_: True
    await live.start()

    def write():
        for pause in every(rate):
            time.sleep(pause)
            with transaction(engine, live.announce) as session:
                facts = {"period": f"sent:{time.time()}:{'x' * 300}", "support_count": 1}
                append(session, "support.counted", ["venue/V1"], facts, datetime.now(UTC), "bench")

    threading.Thread(target=write, daemon=True).start()
    await served(app, port, "api.live.transport:PushProtocol")


CONTENDERS = {
    "yidi": yidi,
    "bare asyncio": bare,
    "websockets.broadcast": broadcast,
    "FastAPI send_text": fastapi,
    "queue per client": lambda port, rate: fastapi(port, rate, queued=True),
}


def answer():
    """Say CPU and memory whenever asked."""
    for _ in sys.stdin:
        memory = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
        print(json.dumps({"cpu": time.process_time(), "rss": memory}), flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    threading.Thread(target=answer, daemon=True).start()
    asyncio.run(CONTENDERS[sys.argv[1]](int(sys.argv[2]), float(sys.argv[3])))
