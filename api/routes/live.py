"""The live channel: a websocket and Server-Sent Events over one log (docs/live.md)."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.responses import Response
from starlette.routing import WebSocketRoute

from api.live.endpoints import WebsocketEndpoint, stream_events

router = APIRouter(tags=["live"])
router.routes.append(WebSocketRoute("/live", WebsocketEndpoint()))


@router.get("/live/sse", response_class=Response)
async def live_sse(
    request: Request, topic: str, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    """One topic as Server-Sent Events, for a bearer token; `Last-Event-ID` resumes."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    signed = token if scheme.lower() == "bearer" else None
    return await stream_events(request.app.state.live, signed, topic, last_event_id)
