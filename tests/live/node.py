"""A node of push alone, as the service mounts it: tokens are `account:role:scope`, POST /happen appends.

python -m tests.live.node DATABASE_URL PORT
"""

import asyncio
import json
import sys
import threading
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import uvicorn
from fastapi import FastAPI, Request

from api.database import make_engine, transaction
from api.disclosure import Role, Viewer
from api.live.messages import Limits
from api.live.service import Live
from api.routes.live import router
from api.store.events import append
from api.store.ledger import heads, prune, renew_epoch

REVOKED = set()


def authenticate(token):
    """The viewer of a test token: `account:role[:scope[:seconds]]`."""
    account, role, scope, seconds, *_ = (*token.split(":"), "", "", "", "")
    if account in REVOKED or role not in set(Role):
        return None
    expires = datetime.now(UTC) + timedelta(seconds=float(seconds)) if seconds else None
    return Viewer(
        account,
        Role(role),
        centre_id=scope or None,
        venue_ids=frozenset({scope} if scope else ()),
        region=scope if role == "supervisor" else None,
        expert_id=scope or None,
        expires_at=expires,
    )


def happen(engine, committed, number, *topics, kind="support.counted", sealed=None, **facts):
    """One event with that number, committed."""
    with transaction(engine, committed) as session:
        known = {"support_count": number} if kind == "support.counted" else {}
        append(session, kind, topics, {**known, **facts}, datetime.now(UTC), "test", sealed=sealed)


def create_app(url, limits=None):
    """The app of one node."""
    engine = make_engine(url)
    live = Live(engine, authenticate, limits)

    @asynccontextmanager
    async def lifespan(_app):
        await live.start()
        yield
        await live.stop()
        engine.dispose()

    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    app.state.live, app.state.engine, app.state.committed = live, engine, live.announce

    @app.post("/happen")
    async def happened(request: Request):
        body = await request.json()
        await asyncio.to_thread(happen, engine, live.announce, body["number"], *body["topics"])
        return {}

    @app.post("/world")
    async def world(request: Request):
        await asyncio.to_thread(bring_about, engine, live.announce, live, await request.json())
        return {}

    return app


def bring_about(engine, committed, live, what):
    """What a conformance dialogue wants to happen at the server."""
    for event in what.get("happens", ()):
        facts = {"record": "r"} if event["kind"] == "record.read" else {}
        happen(engine, committed, event["number"], event["topic"], kind=event["kind"], **facts)
    if "revoke" in what:
        REVOKED.add(what["revoke"])
        happen(engine, committed, 0, kind="account.changed", account_id=what["revoke"])
    with transaction(engine, committed) as session:
        if what.get("renew_epoch"):
            renew_epoch(session)
        if what.get("prune"):
            prune(session, datetime.now(UTC) + timedelta(seconds=1))
    with transaction(engine) as session:
        standing = heads(session, {event["topic"] for event in what.get("happens", ())})
    for topic, head in standing.items():
        while (live.hub.head(topic) or 0) < head:  # done when this node's clients can see it
            time.sleep(0.005)
    if what.get("forget"):  # as a node does that has just been started: its memory holds nothing
        live.hub.restart(live.hub.epoch)


class Node:
    """The app on a real server, in a thread of this process."""

    def __init__(self, url, limits=None, ws="api.live.transport:PushProtocol", port=0):
        self.app = create_app(url, limits)
        config = uvicorn.Config(
            self.app,
            port=port,
            ws=ws,
            log_level="warning",
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the node did not start"
            self.thread.join(0.01)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(10)

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/live"

    @property
    def live(self):
        return self.app.state.live

    def happen(self, number, *topics, **facts):
        happen(self.app.state.engine, self.app.state.committed, number, *topics, **facts)


if __name__ == "__main__":
    uvicorn.run(
        create_app(sys.argv[1], Limits(**json.loads(sys.argv[3])) if len(sys.argv) > 3 else None),
        port=int(sys.argv[2]),
        ws="api.live.transport:PushProtocol",
        log_level="warning",
        ws_per_message_deflate=False,
    )
