"""The live channel: a websocket and Server-Sent Events over one log."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, WebSocket
from fastapi.responses import StreamingResponse

from api.disclosure import may_follow
from api.live.channel import Channel
from api.live.socket import Socket
from api.live.stream import Stream
from api.refusals import NotFound
from api.routes.dependencies import Caller

router = APIRouter(tags=["live"])


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Events as they happen, resumed from where the client stands (docs/live.md)."""
    await Socket(websocket, websocket.app.state.channel).serve()


@router.get("/live/sse")
async def live_sse(
    viewer: Caller, request: Request, topic: str, last_event_id: Annotated[str | None, Header()] = None
) -> StreamingResponse:
    """One topic as Server-Sent Events."""
    if not may_follow(viewer, topic):
        raise NotFound("topic", topic)
    channel: Channel = request.app.state.channel
    token = request.headers["authorization"].partition(" ")[2]
    stream = Stream(channel, viewer, token, topic, last_event_id)
    return StreamingResponse(stream.body(), media_type="text/event-stream")
