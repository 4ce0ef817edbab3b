"""An application on a real server, in a thread of this process."""

import threading
from contextlib import contextmanager

import uvicorn

PUSH = "api.live.transport:PushProtocol"


@contextmanager
def serving(app, ws=PUSH, lifespan="on"):
    """The port at which the app is served; one without a lifespan is ended without waiting for its clients."""
    config = uvicorn.Config(
        app,
        port=0,
        ws=ws,
        lifespan=lifespan,
        log_level="warning",
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        server.force_exit = lifespan == "off"
        thread.join(10)
