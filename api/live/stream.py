"""Server-Sent Events on `/live/sse`: the same log for curl and proxies, resumed by `Last-Event-ID`."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from api.disclosure import Viewer
from api.live.channel import Channel
from api.live.frames import sse_blocks, sse_message
from api.live.hub import Encode
from api.live.messages import Cursor


class Stream:
    """A follower whose bytes leave as the body of one answer."""

    def __init__(self, channel: Channel, viewer: Viewer, token: str, topic: str, last: str | None) -> None:
        self.channel, self.viewer, self.token, self.topic = channel, viewer, token, topic
        self.encode: Encode = sse_blocks
        self._epoch, self._cursor = _place(last)
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._bytes = 0
        self._over = False

    def push(self, data: bytes) -> None:
        """Take bytes to send; with too many unsent the stream ends, and resumes from `Last-Event-ID`."""
        self._waiting.append(data)
        self._bytes += len(data)
        self._over = self._over or self._bytes > self.channel.limits.buffer_bytes
        self._wake.set()

    def fall_behind(self, topic: str, cursor: int) -> None:
        """Too much for one push: end, so that the client resumes and is replayed."""
        self._over = True
        self._wake.set()

    def recheck(self) -> None:
        """The account has changed: end, so that the client authenticates again."""
        self._over = True
        self._wake.set()

    async def body(self) -> AsyncIterator[bytes]:
        """The stream, until the client goes or must come back."""
        channel = self.channel
        channel.connections.add(self)
        try:
            start = await channel.start_of(self.topic, self._cursor, self._epoch)
            if start.reset is not None:
                yield sse_message("reset", f'{{"reason":"{start.reset}","head":{start.head}}}')
            await channel.replay(self, self.topic, start.after)
            while not self._over:
                while self._waiting:
                    data = self._waiting.popleft()
                    self._bytes -= len(data)
                    yield data
                self._wake.clear()
                try:
                    async with asyncio.timeout(channel.limits.heartbeat_seconds):
                        await self._wake.wait()
                except TimeoutError:
                    viewer = await channel.authenticate(self.token)
                    if viewer is None or viewer.standing != self.viewer.standing:
                        return
                    yield b": alive\n\n"
        finally:
            channel.hub.leave(self, self.topic)
            channel.connections.discard(self)


def _place(last: str | None) -> tuple[str | None, Cursor]:
    """Epoch and cursor of a `Last-Event-ID` (epoch:offset:event); anything else starts now."""
    parts = (last or "").split(":")
    if len(parts) != 3 or not parts[1].isdecimal() or len(parts[1]) > 15:
        return None, Cursor()
    return parts[0], Cursor(after=int(parts[1]), id=parts[2][:64])
