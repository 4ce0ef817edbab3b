"""The live channel: a websocket and Server-Sent Events over one log (docs/live.md)."""

from fastapi import APIRouter
from starlette.routing import Route, WebSocketRoute

from api.live.endpoints import WebsocketEndpoint, follow_by_sse

router = APIRouter(tags=["live"])
router.routes += [
    WebSocketRoute("/live", WebsocketEndpoint()),
    Route("/live/sse", follow_by_sse, methods=["GET"]),
]
