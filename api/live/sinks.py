"""Where bytes for one client go when the server's transport is out of reach: a bounded queue and a writer."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol


class Sink(Protocol):
    """Takes bytes for one client without waiting, and ends the connection when it must."""

    heard_at: float

    def push(self, data: bytes) -> None:
        """Hand over bytes."""

    async def drained(self) -> None:
        """Return when there is room for more, or no connection."""

    def cut(self, code: int, reason: str) -> None:
        """Say why and close."""

    def abort(self) -> None:
        """Drop the connection."""


class QueueSink:
    """A queue bounded in bytes, emptied by `pump`; past the bound, or once cut, it ends the pump."""

    def __init__(self, bound: int, now: Callable[[], float]) -> None:
        self.heard_at = now()
        self.closing: tuple[int, str] | None = None
        self._bound, self._queue, self._size = bound, deque[bytes](), 0
        self._filled, self._room = asyncio.Event(), asyncio.Event()
        self._room.set()

    def push(self, data: bytes) -> None:
        """Queue the bytes; a client that lets too much pile up is cut."""
        if self.closing is not None:
            return
        self._queue.append(data)
        self._size += len(data)
        if self._size > self._bound:
            self._queue.clear()
            self.cut(4413, "too slow")
        elif self._size > self._bound // 4:
            self._room.clear()
        self._filled.set()

    async def drained(self) -> None:
        """Return when at most a quarter of the bound is queued."""
        await self._room.wait()

    def cut(self, code: int, reason: str) -> None:
        """End the pump once the queue is empty."""
        if self.closing is None:
            self.closing = (code, reason)
        self._room.set()
        self._filled.set()

    def abort(self) -> None:
        """End the pump now."""
        self._queue.clear()
        self.cut(1006, "aborted")

    async def take(self) -> bytes | None:
        """The next bytes; None when the connection ends."""
        while not self._queue:
            if self.closing is not None:
                return None
            self._filled.clear()
            await self._filled.wait()
        data = self._queue.popleft()
        self._size -= len(data)
        if self._size <= self._bound // 4:
            self._room.set()
        return data

    async def pump(self, send: Callable[[Any], Awaitable[None]], stall_seconds: float) -> None:
        """Send each line as a text message until the connection ends; a send that takes too long ends it.

        Several messages may have been pushed as one piece of bytes.
        """
        try:
            while (data := await self.take()) is not None:
                for text in data.decode().rstrip("\n").split("\n"):
                    async with asyncio.timeout(stall_seconds):
                        await send({"type": "websocket.send", "text": text})
            code, reason = self.closing or (1011, "")
            async with asyncio.timeout(1):
                await send(
                    {"type": "websocket.close", "code": 1011 if code == 1006 else code, "reason": reason}
                )
        except TimeoutError:
            self.abort()
