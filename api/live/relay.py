"""Follows the log: after each commit, or a tenth of a second, what is new goes to the hub in ledger order.

Positions have no gap and appear in commit order, because the ledger is locked up to the commit: a cursor is
enough. The digest at the cursor is checked with every read, so a history that was replaced is noticed.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.database import snapshot, transaction
from api.events import Entry
from api.live.bells import Bell
from api.live.tail import HistoryReplaced, News, Tail
from api.store import ledger

PAGE = 500
RECENT = 2_000
log = logging.getLogger(__name__)


class Relay:
    """Reads the log for one node."""

    def __init__(
        self, engine: Engine, bell: Bell, publish: Callable[[News], None], restart: Callable[[str], None]
    ) -> None:
        self._engine, self._bell, self._publish, self._restart = engine, bell, publish, restart
        self._tail = Tail(engine)
        self._tip = ledger.Tip("", 0, "0" * 64)
        self.as_of = datetime.fromtimestamp(0, UTC)

    def locate(self) -> str:
        """Follow from the present tip on; returns the epoch."""
        with snapshot(self._engine) as session:
            self._tip = ledger.tip(session)
        self.as_of = datetime.now(UTC)
        return self._tip.epoch

    def recent(self) -> list[Entry]:
        """The last entries up to the tip: what clients of a node that has just died will ask for."""
        with snapshot(self._engine) as session:
            found = ledger.since(
                session, max(0, self._tip.position - RECENT), min(RECENT, self._tip.position)
            )
        return [entry for row, entries in found if row.position <= self._tip.position for entry in entries]

    async def run(self, poll: float = 0.1) -> None:
        """Follow until cancelled; a database that is away is waited for."""
        pause = poll
        try:
            while True:
                await self._bell.wait(pause)
                try:
                    while await self._advance():
                        pass
                    pause = poll
                except HistoryReplaced:
                    await self._start_anew()
                except SQLAlchemyError as failed:
                    pause = min(2.0, pause * 2)
                    problem = type(failed).__name__
                    log.warning("relay cannot read the log: error=%s retry_in=%.1f", problem, pause)
        finally:
            self._tail.close()

    async def _advance(self) -> bool:
        """What is new is published; whether there may be more."""
        asked_at = datetime.now(UTC)
        new_tip, news = await asyncio.to_thread(self._tail.after, self._tip, PAGE)
        if news:
            self._publish(news)
        self._tip = new_tip
        self.as_of = asked_at
        return len(news) == PAGE

    async def _start_anew(self) -> None:
        """The epoch is another one, whoever restored the log; every follower is told to start anew."""
        try:
            epoch = await asyncio.to_thread(self._renew)
        except SQLAlchemyError as failed:
            log.warning("relay cannot start anew: error=%s", type(failed).__name__)
            return
        log.warning("the log was replaced: epoch=%s", epoch)
        self._restart(epoch)

    def _renew(self) -> str:
        before = self._tip.epoch
        with transaction(self._engine) as session:
            if ledger.epoch_of(session) == before:
                ledger.renew_epoch(session)
        return self.locate()
