"""A scripted service for the console's tests: static files, `/me`, `/board`, and `/live` with a log to resume from."""

import asyncio
from pathlib import Path

from fastapi import FastAPI, Header, HTTPException, WebSocket, WebSocketDisconnect
from fastapi.staticfiles import StaticFiles

import api
from api.headers import SecurityHeaders

TOKEN = "a-token-of-the-test"
TOPIC = "region/5323"
EPOCH = "epoch-1"
CONSOLE = Path(api.__file__).parent / "console"


class Stub:
    """What the service says, as a test sets it; `emit` adds an event to the log and pushes it to who is connected."""

    def __init__(self, view):
        self.view = {**view, "epoch": EPOCH, "positions": {TOPIC: 0}}
        self.log = []
        self.sockets = []
        self.subscriptions = []
        self.loop = None
        self.app = FastAPI()
        self.app.add_middleware(SecurityHeaders)
        self.app.get("/me")(self.me)
        self.app.get("/board")(self.board)
        self.app.websocket("/live")(self.live)
        self.app.mount("/", StaticFiles(directory=CONSOLE, html=True))

    async def me(self, authorization: str = Header("")):
        """Who the token belongs to."""
        self.loop = asyncio.get_running_loop()
        if authorization != f"Bearer {TOKEN}":
            raise HTTPException(401)
        return {"role": "operator", "topics": [TOPIC]}

    async def board(self, authorization: str = Header(""), date: str | None = None):
        """The view as it is now, read at the head of the log."""
        if authorization != f"Bearer {TOKEN}":
            raise HTTPException(401)
        day = {} if date in (None, self.view["date"]) else {"date": date, "sessions": [], "unscheduled": []}
        return {**self.view, **day, "positions": {TOPIC: len(self.log)}}

    async def live(self, socket: WebSocket):
        """The protocol of api.live.messages, as far as the console speaks it."""
        await socket.accept(subprotocol="yidi.v1")
        await socket.send_json({"type": "hello", "epoch": EPOCH, "limits": {"heartbeat_seconds": 15}})
        try:
            while True:
                await self.answer(socket, await socket.receive_json())
        except WebSocketDisconnect:
            if socket in self.sockets:
                self.sockets.remove(socket)

    async def answer(self, socket, message):
        """Answer one message of the client."""
        if message["type"] == "authenticate":
            if message["token"] != TOKEN:
                await socket.close(4401)
                return
            await socket.send_json({"type": "welcome", "role": "operator", "expires_at": None})
        elif message["type"] == "subscribe":
            self.subscriptions.append(message)
            after = message["topics"][TOPIC].get("after", len(self.log))
            head = {"topic": TOPIC, "after": after, "head": len(self.log), "epoch": EPOCH}
            await socket.send_json({"type": "subscribed", **head})
            if self.log[after:]:
                await socket.send_json({"type": "events", "topic": TOPIC, "events": self.log[after:]})
            self.sockets.append(socket)
        else:
            await socket.send_json({"type": "pong"})

    def emit(self, kind, **facts):
        """Add an event to the log, and push it."""
        offset = len(self.log) + 1
        event = {"offset": offset, "id": f"E{offset}", "kind": kind, "at": self.view["now"], "facts": facts}
        self.log.append(event)
        self.run(self.push({"type": "events", "topic": TOPIC, "events": [event]}))

    async def push(self, message):
        """Send to all who follow."""
        for socket in self.sockets:
            await socket.send_json(message)

    async def hang_up(self):
        """End every connection as a restarting node does."""
        sockets, self.sockets = self.sockets, []
        for socket in sockets:
            await socket.close(1012)

    def run(self, coroutine):
        """Run on the server's own loop."""
        asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)
