"""Bytes straight to the socket: uvicorn's websocket protocol with a synchronous push and a bounded buffer.

Pass `ws="api.live.transport:PushProtocol"` to uvicorn. It leans on the inside of uvicorn's sans-I/O protocol,
hence the pinned version and the stall tests; on any other server `/live` works with ASGI sends instead.
No Python server drops a client that stops reading: here the transport is aborted, and the client resumes later.
"""

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "yidi.push"
HIGH_WATER = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class PushProtocol(WebSocketsSansIOProtocol):
    """A websocket whose frames may be written without waiting; it is cut when too much is unsent."""

    buffer_bytes = 262_144
    kernel_bytes = 65_536
    goodbye_seconds = 1.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard_at = self.loop.time()
        self.is_piling = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket hides little from us: a stalled client shows in our own buffer, soon."""
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in {socket.AF_INET, socket.AF_INET6}:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.kernel_bytes)
        super().connection_made(transport)

    def take_over(self, buffer_bytes: int) -> None:
        """The live push watches over the connection: that much may be unsent, and it sends the pings itself."""
        self.buffer_bytes = buffer_bytes
        self.transport.set_write_buffer_limits(high=min(buffer_bytes, HIGH_WATER))
        self.stop_keepalive()

    def pause_writing(self) -> None:
        """The client does not keep up: what is unsent is looked at with every push."""
        super().pause_writing()
        self.is_piling = True

    def resume_writing(self) -> None:
        """The client has caught up."""
        super().resume_writing()
        self.is_piling = False

    def data_received(self, data: bytes) -> None:
        """Anything the client sends, a pong too, shows that it lives."""
        self.heard_at = self.loop.time()
        super().data_received(data)

    def handle_connect(self, event: Request) -> None:
        """The application finds this protocol in its scope."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]

    def push(self, data: bytes) -> None:
        """Write whole frames now; abort the connection when more than `buffer_bytes` remain unsent."""
        transport = self.transport
        if self.close_sent or transport.is_closing():
            return
        transport.write(data)
        if self.is_piling and transport.get_write_buffer_size() > self.buffer_bytes:
            self.abort()

    async def drained(self) -> None:
        """Return when there is room to write more, or no connection."""
        await self.writable.wait()

    def cut(self, code: int, reason: str) -> None:
        """Say why and close; a client that does not answer at once is aborted."""
        if self.close_sent or self.transport.is_closing():
            return
        self.stop_keepalive()
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.close_timer = self.loop.call_later(self.goodbye_seconds, self.abort)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def abort(self) -> None:
        """Drop the connection with all that is unsent, in the kernel too.

        Without the reset the kernel would keep the rest for a client that does not read, for minutes.
        """
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            with suppress(OSError):  # the connection is already gone
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.transport.abort()

    def keepalive_timeout(self) -> None:
        """A client that answers no ping reads nothing either: closing politely would wait for ever."""
        self.abort()

    def shutdown(self) -> None:
        """The client is told 1012 and aborted if it does not go."""
        super().shutdown()
        self.loop.call_later(self.goodbye_seconds, self.abort)
