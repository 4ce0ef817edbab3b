"""The peers, one per process: python -m benchmarks.push.peers NAME PORT SECONDS BURST.

From SIGUSR1 on, each sends BURST events to every client once in SECONDS. None of them keeps a log, resumes,
redacts or bounds what it holds for a client that does not read: they show what sending alone costs.
"""

import asyncio
import base64
import hashlib
import signal
import sys
from itertools import islice

import uvicorn
import websockets.asyncio.server
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from api.live.frames import text_frame
from benchmarks.push.feed import every, numbered
from benchmarks.push.processes import raise_limits

BACKLOG = 4096


async def ticks(seconds, burst):
    """Each turn's events, from SIGUSR1 on."""
    start, events = asyncio.Event(), numbered()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, start.set)
    await start.wait()
    for pause in every(seconds):
        await asyncio.sleep(pause)
        yield list(islice(events, burst))


async def bare(port, seconds, burst):
    """The limit: prebuilt frames into asyncio transports, a turn's events in one write, no websocket library."""
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

    await asyncio.get_running_loop().create_server(Raw, "127.0.0.1", port, backlog=BACKLOG)
    async for events in ticks(seconds, burst):
        frames = b"".join(text_frame(event.encode()) for event in events)
        for client in clients:
            client.write(frames)


async def broadcast(port, seconds, burst):
    """websockets.broadcast."""
    clients = set()

    async def handle(connection):
        clients.add(connection)
        await connection.wait_closed()
        clients.discard(connection)

    async with websockets.asyncio.server.serve(
        handle, "127.0.0.1", port, compression=None, backlog=BACKLOG, ping_interval=None
    ):
        async for events in ticks(seconds, burst):
            for event in events:
                websockets.asyncio.server.broadcast(clients, event)


async def fastapi(port, seconds, burst, queued=False):
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
        async for events in ticks(seconds, burst):
            for event in events:
                for client in list(clients):
                    if queued:
                        client.put_nowait(event)
                    else:
                        await client.send_text(event)

    keep.append(asyncio.create_task(feed()))
    settings = {"ws": "websockets-sansio", "log_level": "error", "ws_per_message_deflate": False}
    await uvicorn.Server(uvicorn.Config(app, port=port, backlog=BACKLOG, **settings)).serve()


PEERS = {
    "bare asyncio": bare,
    "websockets.broadcast": broadcast,
    "FastAPI send_text": fastapi,
    "queue per client": lambda *what: fastapi(*what, queued=True),
}

if __name__ == "__main__":
    raise_limits()
    asyncio.run(PEERS[sys.argv[1]](int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
