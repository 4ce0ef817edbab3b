"""The two ways in: a websocket at `/live`, and Server-Sent Events at `/live/sse`. Tokens never come in the URL."""

import asyncio
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.disclosure import Viewer, has_expired, may_follow
from api.live.frames import sse_blocks, sse_message, text_frame, websocket_frames, websocket_texts
from api.live.messages import (
    SUBPROTOCOL,
    TOKEN_PREFIX,
    Close,
    Cursor,
    Hello,
    Message,
)
from api.live.session import Session
from api.live.sinks import QueueSink
from api.live.transport import EXTENSION, PushProtocol

if TYPE_CHECKING:
    from api.live.service import Live


def framed(message: Message) -> bytes:
    """The message as a websocket frame."""
    return text_frame(message.model_dump_json(exclude_none=True).encode())


def plain(message: Message) -> bytes:
    """The message as a line."""
    return message.model_dump_json(exclude_none=True).encode() + b"\n"


def as_sse(message: Message) -> bytes:
    """The message as a Server-Sent Event named by its type."""
    return sse_message(str(message.model_dump()["type"]), message.model_dump_json(exclude_none=True))


class WebsocketEndpoint:
    """Speaks the protocol with one client per call, for the `Live` of the app's state."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection to its end."""
        live: Live = scope["app"].state.live
        await receive()
        offered: list[str] = scope.get("subprotocols", [])
        await send(
            {"type": "websocket.accept", "subprotocol": SUBPROTOCOL if SUBPROTOCOL in offered else None}
        )
        protocol = scope.get("extensions", {}).get(EXTENSION)
        if isinstance(protocol, PushProtocol):
            protocol.take_over(live.limits.buffer_bytes)
            session = Session(live, protocol, websocket_frames, framed, can_ping=True)
            await self._serve(session, receive, offered)
            return
        sink = QueueSink(live.limits.buffer_bytes, live.loop_time)
        session = Session(live, sink, websocket_texts, plain)
        pump = asyncio.create_task(sink.pump(send, live.limits.silence_seconds))
        serve = asyncio.create_task(self._serve(session, receive, offered))
        await asyncio.wait((pump, serve), return_when=asyncio.FIRST_COMPLETED)
        sink.cut(1000, "")
        for task in (pump, serve):
            task.cancel()
        await asyncio.gather(pump, serve, return_exceptions=True)

    async def _serve(self, session: Session, receive: Receive, offered: list[str]) -> None:
        live = session.live
        live.sessions.add(session)
        try:
            session.say(Hello(epoch=live.hub.epoch, limits=live.limits, now=datetime.now(UTC)))
            for one in offered:
                if one.startswith(TOKEN_PREFIX):
                    await session.authenticate(_decoded(one.removeprefix(TOKEN_PREFIX)))
            while (message := await receive())["type"] == "websocket.receive":
                text: str | None = message.get("text")
                if text is None or len(text) > live.limits.message_bytes:
                    session.cut(Close.BAD_MESSAGE, "one text message of at most the size allowed")
                    continue
                await session.hear(text)
        finally:
            live.leave(session)


def _decoded(token: str) -> str:
    """The token from base64url, as a subprotocol carries it; the empty token if it is not that."""
    try:
        return urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (NotBase64, ValueError):
        return ""


async def stream_events(live: "Live", token: str | None, topic: str, last_event_id: str | None) -> Response:
    """One topic as Server-Sent Events for whom the token stands, from the last event on; or why not."""
    viewer = await asyncio.to_thread(live.authenticate, token) if token else None
    if token is None or viewer is None or has_expired(viewer, live.now()):
        return _problem(401, "not_signed_in", "a valid bearer token is needed")
    if not may_follow(viewer, topic):
        return _problem(403, "not_for_role", "the account may not follow that topic")
    if not live.has_room(viewer.account_id):
        return _problem(429, "too_many", "too many connections of the account")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    body = _stream(live, viewer, token, topic, *_position(last_event_id))
    return StreamingResponse(body, media_type="text/event-stream", headers=headers)


async def _stream(
    live: "Live", viewer: Viewer, token: str, topic: str, cursor: Cursor, epoch: str | None
) -> AsyncIterator[bytes]:
    """The blocks for one client; a client that is gone before the first has left nothing behind."""
    sink = QueueSink(live.limits.buffer_bytes, live.loop_time)
    session = Session(live, sink, sse_blocks, as_sse)
    live.sessions.add(session)
    try:
        live.admit(session, viewer, token)
        session.subscribe(topic, cursor, epoch)
        while (data := await sink.take()) is not None:
            yield data
        code, reason = sink.closing or (1011, "")
        yield sse_message("close", f'{{"code":{code},"reason":"{reason}"}}')
    finally:
        live.leave(session)


def _position(last: str | None) -> tuple[Cursor, str | None]:
    """The cursor and epoch of a `Last-Event-ID`; the present when there is none or it is not ours."""
    parts = (last or "").split(":")
    if len(parts) != 3 or not parts[1].isdecimal():
        return Cursor(), None
    return Cursor(after=int(parts[1]), id=parts[2]), parts[0]


def _problem(status: int, code: str, detail: str) -> JSONResponse:
    body: dict[str, Any] = {"type": code, "status": status, "code": code, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")
