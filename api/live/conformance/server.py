"""Plays the client's part of a dialogue against a server, and says where the server differs."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.live.conformance.dialogue import Dialogue, Mismatch, Replay, Step

World = Callable[[dict[str, Any]], Awaitable[None]]
"""Makes happen at the server what a `world` step says."""


async def play(dialogue: Dialogue, url: str, world: World, seconds: float = 10) -> dict[int, Any]:
    """What the server said, by line; raises `Mismatch` at the first difference from the dialogue."""
    part = _Part(dialogue, url, world, seconds)
    try:
        for step in dialogue.steps:
            try:
                async with asyncio.timeout(seconds):
                    await part.do(step)
            except TimeoutError:
                raise part.mismatch(step, f"nothing came in {seconds} seconds") from None
            except OSError as failed:
                raise part.mismatch(step, f"no connection: {failed}") from None
    finally:
        await part.hang_up()
    return part.said


class _Part:
    def __init__(self, dialogue: Dialogue, url: str, world: World, seconds: float) -> None:
        self.dialogue, self.url, self.world = dialogue, url, world
        self.replay, self.said = Replay(), dict[int, Any]()
        self.connection: ClientConnection | None = None
        self.left: dict[str, list[Any]] = {}

    def mismatch(self, step: Step, difference: str) -> Mismatch:
        return Mismatch(f"{self.dialogue.name}:{step.line}: {difference}")

    async def hang_up(self) -> None:
        if self.connection is not None:
            self.connection.transport.abort()
            with suppress(ConnectionClosed, TimeoutError):
                async with asyncio.timeout(1):
                    await self.connection.wait_closed()
            self.connection = None

    async def do(self, step: Step) -> None:
        content = self.replay.concrete(step.content, step.vary)
        match step.kind:
            case "connect":
                protocols = [Subprotocol(one) for one in content.get("subprotocols", ())]
                self.left.clear()
                self.connection = await connect(self.url, subprotocols=protocols or None, compression=None)
                if content.get("chosen") != self.connection.subprotocol:
                    raise self.mismatch(step, f"the subprotocol is {self.connection.subprotocol}")
            case "world":
                await self.world(content)
            case "cut":
                await self.hang_up()
            case "sent":
                text = content if isinstance(content, str) else json.dumps(content)
                await self._connected(step).send(text)
            case "closed":
                await self._closed(step)
            case "received":
                await self._received(step)
            case _:
                pass

    def _connected(self, step: Step) -> ClientConnection:
        if self.connection is None:
            raise self.mismatch(step, "there is no connection")
        return self.connection

    async def _closed(self, step: Step) -> None:
        connection = self._connected(step)
        try:
            while (message := json.loads(await connection.recv()))["type"] in ("heartbeat", "pong"):
                pass
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            if code != step.content:
                raise self.mismatch(step, f"closed with {code}, not {step.content}") from None
            return
        raise self.mismatch(step, f"not closed with {step.content}, but {message}")

    async def _received(self, step: Step) -> None:
        wanted = step.content
        actual = await self._next(step, wanted["type"])
        if wanted["type"] == "events" and actual["type"] == "events":
            # A server may put events into one message or into several.
            count, topic = len(wanted["events"]), actual["topic"]
            while len(actual["events"]) < count:
                more = await self._next(step, "events")
                if (more["type"], more.get("topic")) != ("events", topic):
                    raise self.mismatch(step, f"{more} before the last of {count} events")
                actual["events"] += more["events"]
            self.left[topic] = actual["events"][count:]
            actual["events"] = actual["events"][:count]
        if actual["type"] != wanted["type"]:
            raise self.mismatch(step, f"{actual} came, not {wanted['type']}")
        self.said[step.line] = actual
        for difference in self.replay.differences(wanted, actual, step.vary):
            raise self.mismatch(step, difference)

    async def _next(self, step: Step, wanted: str) -> dict[str, Any]:
        """The next message; heartbeats come when they come, and count only where one is wanted."""
        for topic, events in self.left.items():
            if events:
                self.left[topic] = []
                return {"type": "events", "topic": topic, "events": events}
        connection = self._connected(step)
        while True:
            try:
                message: dict[str, Any] = json.loads(await connection.recv())
            except ConnectionClosed as closed:
                raise self.mismatch(step, f"closed: {closed}") from None
            if message["type"] != "heartbeat" or wanted == "heartbeat":
                return message
