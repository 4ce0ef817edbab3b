"""Follows the ledger and publishes what is new to the hub: rung after each commit, and asking ten times a second."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError

from api.events import Entry
from api.live.hub import Hub
from api.office import Office
from api.store import ledger
from models.events import EventRow

POLL_SECONDS = 0.1
PAGE = 500
log = logging.getLogger(__name__)


class Bell:
    """Rung from any thread after a commit; heard on the event loop."""

    def __init__(self) -> None:
        self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits; a bell of a loop that has ended rings in vain."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, at_most: float) -> None:
        """Until rung, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._event.wait()
        # Cleared before the ledger is read, so that a ring during the read is not lost.
        self._event.clear()


class Relay:
    """Reads the ledger after its cursor, in order, and hands every entry to the hub once."""

    def __init__(self, office: Office, hub: Hub, tip: ledger.Tip, changed: Callable[[str], None]) -> None:
        self._office, self._hub, self._tip, self._changed = office, hub, tip, changed

    async def run(self) -> None:
        """Follow until cancelled; a failing database is asked again."""
        bell = Bell()
        self._office.bells.append(bell.ring)
        try:
            while True:
                try:
                    while await self.advance():
                        pass
                except SQLAlchemyError as failure:
                    log.warning("relay read failed error=%s", type(failure).__name__)
                await bell.wait(POLL_SECONDS)
        finally:
            self._office.bells.remove(bell.ring)

    async def advance(self) -> bool:
        """Publish one page; whether there may be more."""
        tip, page = await to_thread.run_sync(self._read)
        if tip is None:
            return False
        if tip.epoch != self._hub.epoch or tip.position < self._tip.position:
            # Another history, such as a restored backup: everyone is to start anew from it.
            self._hub.restart(tip.epoch)
            self._tip = tip
            self._changed("")
            return False
        if not page:
            return False
        entries = [entry for _, placed in page for entry in placed]
        self._hub.publish(entries, self._office.clock.now())
        last = page[-1][0]
        self._tip = ledger.Tip(tip.epoch, last.position, last.digest)
        for row, _ in page:
            if row.kind == "account.changed":
                self._changed(ledger.event_of(row).facts["account_id"])
        return len(page) == PAGE

    def _read(self) -> tuple[ledger.Tip | None, list[tuple[EventRow, list[Entry]]]]:
        with self._office.reading() as session:
            return ledger.tip(session), ledger.since(session, self._tip.position, PAGE)
