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
from api.events import Entry, Event
from api.live.bells import Bell
from api.store import ledger

PAGE = 500
log = logging.getLogger(__name__)
News = list[tuple[Event, list[Entry]]]


class HistoryReplaced(Exception):
    """The log is no longer the one that was followed: another epoch, shorter, or with another event."""


class Relay:
    """Reads the log for one node."""

    def __init__(
        self, engine: Engine, bell: Bell, publish: Callable[[News], None], restart: Callable[[str], None]
    ) -> None:
        self._engine, self._bell, self._publish, self._restart = engine, bell, publish, restart
        self._tip = ledger.Tip("", 0, "0" * 64)
        self.as_of = datetime.fromtimestamp(0, UTC)

    def locate(self) -> str:
        """Follow from the present tip on; returns the epoch."""
        with snapshot(self._engine) as session:
            self._tip = ledger.tip(session)
        self.as_of = datetime.now(UTC)
        return self._tip.epoch

    async def run(self, poll: float = 0.1) -> None:
        """Follow until cancelled; a database that is away is waited for."""
        pause = poll
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
                log.warning("relay cannot read the log: error=%s retry_in=%.1f", type(failed).__name__, pause)

    async def _advance(self) -> bool:
        """What is new is published; whether there may be more."""
        asked_at = datetime.now(UTC)
        new_tip, news = await asyncio.to_thread(self._read)
        if news:
            self._publish(news)
        self._tip = new_tip
        self.as_of = asked_at
        return len(news) == PAGE

    def _read(self) -> tuple[ledger.Tip, News]:
        with snapshot(self._engine) as session:
            now, then = ledger.tip(session), self._tip
            if now == then:
                return then, []
            if now.epoch != then.epoch or ledger.digest_at(session, then.position) != then.digest:
                raise HistoryReplaced
            found = ledger.since(session, then.position, PAGE)
        rows = [row for row, _ in found]
        if [row.position for row in rows] != list(range(then.position + 1, then.position + 1 + len(rows))):
            raise HistoryReplaced
        if not rows:
            raise HistoryReplaced
        reached = ledger.Tip(then.epoch, rows[-1].position, rows[-1].digest)
        return reached, [(ledger.event_of(row), entries) for row, entries in found]

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
