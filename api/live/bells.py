"""How a commit is heard: by a bell within the process, and by PostgreSQL's NOTIFY between processes.

Both are hints, empty and coalesced; the relay polls as well, so a lost hint costs a tenth of a second.
NOTIFY goes out after the commit on a connection of its own: inside the transaction it would serialise commits.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg
from sqlalchemy import Engine

CHANNEL = "yidi_log"
log = logging.getLogger(__name__)


class Bell:
    """Rung from any thread; heard on the event loop that `attach`ed it."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event = asyncio.Event()

    def attach(self) -> None:
        """From now on the bell is heard on the running loop."""
        self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()

    def detach(self) -> None:
        """The bell is heard no more."""
        self._loop = None

    def ring(self) -> None:
        """Something was committed."""
        if (loop := self._loop) is not None:
            with suppress(RuntimeError):  # the loop has just been closed
                loop.call_soon_threadsafe(self._event.set)

    async def wait(self, at_most: float) -> None:
        """Return when the bell rings, or after that many seconds; a ring from here on is not lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._event.wait()
        self._event.clear()


class Herald:
    """Two threads with a connection each: one notifies the other nodes, one listens to them and rings the bell."""

    def __init__(self, engine: Engine, bell: Bell) -> None:
        self._dsn = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._bell = bell
        self._news, self._stopped = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._retrying, args=(work,), name=work.__name__, daemon=True)
            for work in (self._notify, self._listen)
        ]

    def start(self) -> None:
        """Both threads run."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Both threads have ended."""
        self._stopped.set()
        self._news.set()
        for thread in self._threads:
            thread.join()

    def announce(self) -> None:
        """The other nodes will hear that something was committed; several calls may become one."""
        self._news.set()

    def _retrying(self, work: Callable[[psycopg.Connection], None]) -> None:
        while not self._stopped.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True, connect_timeout=5) as connection:
                    work(connection)
            except psycopg.Error as failed:
                log.warning("herald lost its connection: error=%s", type(failed).__name__)
                self._bell.ring()
                self._stopped.wait(0.5)

    def _notify(self, connection: psycopg.Connection) -> None:
        while not self._stopped.is_set():
            self._news.wait()
            self._news.clear()
            if not self._stopped.is_set():
                connection.execute(f"NOTIFY {CHANNEL}")

    def _listen(self, connection: psycopg.Connection) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        self._bell.ring()  # what was committed while nobody listened
        while not self._stopped.is_set():
            for _ in connection.notifies(timeout=0.5, stop_after=1):
                self._bell.ring()
