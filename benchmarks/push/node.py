"""A node of Yidi's push, as the service mounts it: python -m benchmarks.push.node DATABASE_URL PORT [SECONDS BURST].

With SECONDS and BURST it also commits events in a thread, from SIGUSR1 on: the embedded service on SQLite, where
requests are answered by threads of the process that pushes. Otherwise another process commits (`writer`).
"""

import asyncio
import signal
import sys
import threading
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from api.database import make_engine
from api.disclosure import Role, Viewer
from api.live.messages import Limits
from api.live.service import Live
from api.routes.live import router
from benchmarks.push.processes import raise_limits
from benchmarks.push.writer import write


async def serve(url, port, seconds=0.0, burst=0):
    """Serve until stopped."""
    engine = make_engine(url)
    viewer = Viewer("bench", Role.HOST, venue_ids=frozenset({"V1"}))
    live = Live(engine, lambda _token: viewer, Limits(connections=100_000))
    start = threading.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, start.set)

    @asynccontextmanager
    async def lifespan(_app):
        await live.start()
        if burst:
            work = (engine, live.announce, seconds, burst, start.wait)
            threading.Thread(target=write, args=work, daemon=True).start()
        yield
        await live.stop()

    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    app.state.live = live
    settings = {
        "ws": "api.live.transport:PushProtocol",
        "log_level": "error",
        "ws_per_message_deflate": False,
    }
    await uvicorn.Server(uvicorn.Config(app, port=port, backlog=4096, **settings)).serve()


if __name__ == "__main__":
    raise_limits()
    url, port, *rest = sys.argv[1:]
    asyncio.run(serve(url, int(port), *(float(one) for one in rest[:1]), *(int(one) for one in rest[1:])))
