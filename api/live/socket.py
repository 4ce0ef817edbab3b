"""One websocket on `/live`: authenticates, follows topics, and is cut when it stops reading or loses its right."""

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.disclosure import Role, Viewer, may_follow
from api.live import messages as m
from api.live.channel import Channel
from api.live.frames import ShownEntry, event_messages
from api.live.hub import Encode

SEND_SECONDS = 10


class Cut(Exception):
    """The server closes, for this reason."""

    def __init__(self, code: m.Close) -> None:
        super().__init__(code)
        self.code = code


def one_a_line(_epoch: str, topic: str, shown: Sequence[ShownEntry]) -> list[bytes]:
    """The events' messages, one a line: JSON text holds no line break."""
    return [message + b"\n" for message in event_messages(topic, shown)]


class Socket:
    """A connected client: what waits to be sent is bounded in bytes."""

    def __init__(self, websocket: WebSocket, channel: Channel) -> None:
        self.websocket, self.channel = websocket, channel
        self.encode: Encode = one_a_line
        self.viewer = Viewer("", role=Role.PUBLIC)
        self.token = ""
        self.topics: dict[str, int] = {}
        self._joining: set[asyncio.Task[None]] = set()
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._cut: asyncio.Future[m.Close] = asyncio.get_running_loop().create_future()
        self._doubted = asyncio.Event()
        self._heard = asyncio.get_running_loop().time()

    def push(self, data: bytes) -> None:
        """Take bytes to send; a client with too many unsent is cut and resumes from its offsets."""
        self._waiting.append(data)
        self._bytes += len(data)
        if self._bytes > self.channel.limits.buffer_bytes:
            self.cut(m.Close.TOO_SLOW)
        self._wake.set()

    def fall_behind(self, topic: str, cursor: int) -> None:
        """Fetch from the log what was too much for one push."""
        self._spawn(self._catch_up(topic, cursor))

    def recheck(self) -> None:
        """The account has changed: its right is looked up at once."""
        self._doubted.set()

    def cut(self, code: m.Close) -> None:
        """Close soon, for this reason."""
        if not self._cut.done():
            self._cut.set_result(code)

    def say(self, message: m.Message) -> None:
        """Send one message after what waits already."""
        self.push(message.model_dump_json().encode() + b"\n")

    async def serve(self) -> None:
        """Talk with the client until one of the two ends it."""
        await self.websocket.accept(
            m.SUBPROTOCOL if m.SUBPROTOCOL in self.websocket["subprotocols"] else None
        )
        tasks = [asyncio.create_task(part) for part in (self._read(), self._write(), self._watch())]
        try:
            ends: list[asyncio.Future[Any]] = [*tasks, self._cut]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            code = self._cut.result() if self._cut.done() else None
            for task in (*tasks, *self._joining):
                task.cancel()
            await asyncio.gather(*tasks, *self._joining, return_exceptions=True)
            self._leave()
            if code is not None and self.websocket.client_state is WebSocketState.CONNECTED:
                with suppress(Exception):
                    async with asyncio.timeout(1):
                        await self.websocket.close(code.value, code.name.lower())

    def _leave(self) -> None:
        for topic in self.topics:
            self.channel.hub.leave(self, topic)
        if self in self.channel.connections:
            self.channel.connections.discard(self)
            self.channel.per_account[self.viewer.account_id] -= 1

    async def _read(self) -> None:
        limits = self.channel.limits
        self.say(m.Hello(epoch=self.channel.hub.epoch, limits=limits, now=datetime.now(UTC)))
        for offered in self.websocket["subprotocols"]:
            if offered.startswith(m.TOKEN_PREFIX):
                await self._authenticate(offered.removeprefix(m.TOKEN_PREFIX))
        allowance, last = limits.messages_per_second * 3, self._heard
        try:
            while True:
                text = await self.websocket.receive_text()
                self._heard = asyncio.get_running_loop().time()
                burst = limits.messages_per_second * 3
                allowance = min(burst, allowance + (self._heard - last) * limits.messages_per_second) - 1
                last = self._heard
                if allowance < 0:
                    raise Cut(m.Close.TOO_MANY)
                if len(text) > limits.message_bytes:
                    raise Cut(m.Close.BAD_MESSAGE)
                await self._take(m.FROM_CLIENT.validate_json(text))
        except WebSocketDisconnect:
            pass
        except Cut as cut:
            self.cut(cut.code)
        except (ValidationError, KeyError, json.JSONDecodeError):
            self.cut(m.Close.BAD_MESSAGE)

    async def _take(self, message: Any) -> None:
        match message:
            case m.Authenticate() if self.token:
                self.say(m.Refused(code="already_authenticated"))
            case m.Authenticate():
                await self._authenticate(message.token)
            case _ if not self.token:
                raise Cut(m.Close.UNAUTHENTICATED)
            case m.Subscribe():
                for topic, cursor in message.topics.items():
                    self._subscribe(topic, cursor, message.epoch)
            case m.Unsubscribe():
                for topic in message.topics:
                    self._end(topic, "asked")
            case m.Refresh():
                await self._refresh(message.token)
            case m.Ping():
                self.say(m.Pong())

    async def _authenticate(self, token: str) -> None:
        viewer = await self.channel.authenticate(token)
        if viewer is None:
            raise Cut(m.Close.UNAUTHENTICATED)
        if self.channel.per_account[viewer.account_id] >= self.channel.limits.connections:
            raise Cut(m.Close.TOO_MANY)
        self.viewer, self.token = viewer, token
        self.channel.connections.add(self)
        self.channel.per_account[viewer.account_id] += 1
        self.say(m.Welcome(role=viewer.role.value, expires_at=viewer.expires_at))

    async def _refresh(self, token: str) -> None:
        viewer = await self.channel.authenticate(token)
        if viewer is None:
            self.say(m.Refused(code="bad_token"))
        elif viewer.account_id != self.viewer.account_id:
            self.say(m.Refused(code="other_account"))
        else:
            self.token = token
            self._see_as(viewer)
            self.say(m.Refreshed(role=viewer.role.value, expires_at=viewer.expires_at))

    def _see_as(self, viewer: Viewer) -> None:
        """From now on the follower sees as this viewer; topics it may no longer follow end."""
        cursors = {topic: self.channel.hub.leave(self, topic) for topic in self.topics}
        self.viewer = viewer
        for topic, cursor in cursors.items():
            if not may_follow(viewer, topic):
                self._end(topic, "forbidden")
            elif cursor is not None:
                self.fall_behind(topic, cursor)

    def _subscribe(self, topic: str, cursor: m.Cursor, epoch: str | None) -> None:
        if topic in self.topics:
            return
        if not may_follow(self.viewer, topic):
            self.say(m.Refused(code="forbidden", topic=topic))
        elif len(self.topics) >= self.channel.limits.topics:
            self.say(m.Refused(code="too_many_topics", topic=topic))
        else:
            self.topics[topic] = 0
            self._spawn(self._join(topic, cursor, epoch))

    async def _join(self, topic: str, cursor: m.Cursor, epoch: str | None) -> None:
        start = await self.channel.start_of(topic, cursor, epoch)
        here = self.channel.hub.epoch
        if start.reset is not None:
            reset = m.Reset(topic=topic, reason=start.reset, epoch=here, head=start.head)
            self.say(reset)
        self.say(m.Subscribed(topic=topic, after=start.after, head=start.head, epoch=here))
        self.topics[topic] = start.head
        reached = await self.channel.replay(self, topic, start.after)
        self.say(m.Recovered(topic=topic, offset=reached))

    async def _catch_up(self, topic: str, cursor: int) -> None:
        await self.channel.replay(self, topic, cursor)

    def _end(self, topic: str, reason: str) -> None:
        if self.topics.pop(topic, None) is not None:
            self.channel.hub.leave(self, topic)
            self.say(m.Unsubscribed(topic=topic, reason=reason))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    async def _write(self) -> None:
        """Send what waits, in order; a send that does not end in time means a client that does not read."""
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    data = self._waiting.popleft()
                    for line in data.splitlines():
                        try:
                            async with asyncio.timeout(SEND_SECONDS):
                                await self.websocket.send_text(line.decode())
                        except TimeoutError:
                            self.cut(m.Close.TOO_SLOW)
                            return
                    self._bytes -= len(data)

    async def _watch(self) -> None:
        """Heartbeats, and the ends that time brings: no token, no sign of life, an expired or revoked right."""
        limits, loop = self.channel.limits, asyncio.get_running_loop()
        begun, beat = loop.time(), loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(1.0, limits.heartbeat_seconds / 2)):
                    await self._doubted.wait()
            now = loop.time()
            if not self.token:
                if now - begun > limits.authenticate_seconds:
                    return self.cut(m.Close.TIMEOUT)
                continue
            expires = self.viewer.expires_at
            if expires is not None and expires <= self.channel.now():
                return self.cut(m.Close.UNAUTHENTICATED)
            if now - self._heard > limits.silence_seconds:
                return self.cut(m.Close.TIMEOUT)
            if now - begun > limits.life_seconds:
                return self.cut(m.Close.LIFE_OVER)
            if self._doubted.is_set() or now - beat >= limits.heartbeat_seconds:
                self._doubted.clear()
                viewer = await self.channel.authenticate(self.token)
                if viewer is None:
                    return self.cut(m.Close.REVOKED)
                if viewer.standing != self.viewer.standing:
                    self._see_as(viewer)
            if now - beat >= limits.heartbeat_seconds:
                beat = now
                known = {topic: self.channel.hub.head(topic) or 0 for topic in self.topics}
                heads = {topic: max(head, self.topics[topic]) for topic, head in known.items()}
                self.say(m.Heartbeat(heads=heads, as_of=datetime.now(UTC)))
