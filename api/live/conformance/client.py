"""A stand-in for a server: plays the server's part of a dialogue to whichever client connects, and checks it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.live.conformance.dialogue import Dialogue, Mismatch, Replay, Step


class StandIn:
    """The server's part of one dialogue, at `url` for as long as it is played; `done` tells how it went."""

    def __init__(self, dialogue: Dialogue, seconds: float) -> None:
        self.dialogue, self.url = dialogue, ""
        self._seconds, self._replay = seconds, Replay()
        self._arrivals: asyncio.Queue[ServerConnection] = asyncio.Queue()
        self._connection: ServerConnection | None = None
        self._task: asyncio.Task[None] | None = None

    async def done(self) -> None:
        """The client has played its part to the end; raises `Mismatch` where it did not."""
        if self._task is not None:
            await self._task

    async def arrive(self, connection: ServerConnection) -> None:
        """A client has connected; the connection lives until the dialogue ends it."""
        await self._arrivals.put(connection)
        await connection.wait_closed()

    def start(self) -> None:
        """The dialogue begins with the first connection."""
        self._task = asyncio.get_running_loop().create_task(self._play())

    def stop(self) -> None:
        """The dialogue is over."""
        if self._task is not None:
            self._task.cancel()

    async def _play(self) -> None:
        for step in self.dialogue.steps:
            try:
                async with asyncio.timeout(self._seconds):
                    await self._do(step)
            except TimeoutError:
                raise self._mismatch(step, f"nothing came in {self._seconds} seconds") from None
            except ConnectionClosed as closed:
                raise self._mismatch(step, f"the client has gone: {closed}") from None

    def _mismatch(self, step: Step, difference: str) -> Mismatch:
        return Mismatch(f"{self.dialogue.name}:{step.line}: {difference}")

    async def _do(self, step: Step) -> None:
        content = self._replay.concrete(step.content, step.vary)
        match step.kind:
            case "connect":
                self._connection = await self._arrivals.get()
            case "sent":
                await self._hear(step)
            case "received":
                await self._connected(step).send(json.dumps(content))
            case "cut":
                self._connected(step).transport.abort()
            case "closed":
                await self._connected(step).close(content)
            case _:
                pass

    def _connected(self, step: Step) -> ServerConnection:
        if self._connection is None:
            raise self._mismatch(step, "there is no connection")
        return self._connection

    async def _hear(self, step: Step) -> None:
        while True:
            said: dict[str, Any] = json.loads(await self._connected(step).recv())
            if said.get("type") != "ping" or step.content.get("type") == "ping":
                break
            await self._connected(step).send('{"type":"pong"}')
        for difference in self._replay.differences(step.content, said, step.vary):
            raise self._mismatch(step, difference)


@asynccontextmanager
async def stand_in(dialogue: Dialogue, port: int = 0, seconds: float = 10) -> AsyncIterator[StandIn]:
    """A stand-in that listens on the loopback until the block ends."""
    part = StandIn(dialogue, seconds)
    protocols = [Subprotocol("yidi.v1")]
    async with serve(part.arrive, "127.0.0.1", port, subprotocols=protocols, compression=None) as server:
        part.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/live"
        part.start()
        try:
            yield part
        finally:
            part.stop()
