"""The end of the log behind a cursor, in one statement: what a node asks after every commit of any node."""

import threading
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, and_, bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from api.database import READING
from api.events import Entry, Event
from api.store.ledger import Tip, event_of
from models.events import EntryRow, EventRow, LedgerRow

News = list[tuple[Event, list[Entry]]]

_AFTER = bindparam("after", type_=BigInteger)
_UP_TO = bindparam("up_to", type_=BigInteger)
#: The tip, the event at the cursor (its digest tells whether this is still the history that was followed) and what
#: follows it. Events in columns, not as objects of the ORM: a node reads this many times a second.
_STATEMENT: Any = (
    select(
        col(LedgerRow.epoch),
        col(LedgerRow.position).label("tip"),
        col(LedgerRow.digest).label("tip_digest"),
        *(EventRow.__table__.c[name] for name in ("position", "event_id", "kind", "at", "actor")),  # type: ignore[attr-defined]
        *(EventRow.__table__.c[name] for name in ("facts", "sealed", "digest")),  # type: ignore[attr-defined]
        col(EntryRow.topic),
        col(EntryRow.offset),
    )
    .select_from(LedgerRow)
    .outerjoin(EventRow, and_(col(EventRow.position) >= _AFTER, col(EventRow.position) <= _UP_TO))
    .outerjoin(
        EntryRow, and_(col(EntryRow.position) == col(EventRow.position), col(EntryRow.position) > _AFTER)
    )
    .order_by(col(EventRow.position), col(EntryRow.topic))
)


class HistoryReplaced(Exception):
    """The log is no longer the one that was followed: another epoch, shorter, or with another event."""


class Tail:
    """Reads for one relay, on a connection that it keeps; one statement is a snapshot by itself."""

    def __init__(self, engine: Engine) -> None:
        if engine.dialect.name == "sqlite":
            self._engine = engine.execution_options(**{READING: True})
        else:
            self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def after(self, then: Tip, limit: int) -> tuple[Tip, News]:
        """What follows the cursor, at most `limit` events, and the cursor after it; or `HistoryReplaced`."""
        with self._lock:
            rows = self._rows(then.position, limit)
        tip = Tip(rows[0].epoch, rows[0].tip, rows[0].tip_digest)
        if tip == then:
            return then, []
        if tip.epoch != then.epoch or tip.position <= then.position:
            raise HistoryReplaced
        digest, news = "0" * 64, News()
        expected = then.position if then.position else 1
        for position, group in groupby(rows, lambda row: row.position):
            if position != expected:
                raise HistoryReplaced
            places = list(group)
            first = places[0]
            expected, digest = position + 1, first.digest
            if position == then.position:
                if digest != then.digest:
                    raise HistoryReplaced
                continue
            event = event_of(first)
            news.append(
                (
                    event,
                    [Entry(at.topic, at.offset, position, event) for at in places if at.topic is not None],
                )
            )
        if not news:
            raise HistoryReplaced
        return Tip(then.epoch, expected - 1, digest), news

    def close(self) -> None:
        """The connection is given back; the next read takes another."""
        with self._lock:
            self._hang_up()

    def _rows(self, after: int, limit: int) -> list[Any]:
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            with self._connection.begin():
                chosen = {"after": after, "up_to": after + limit}
                return list(self._connection.execute(_STATEMENT, chosen))
        except SQLAlchemyError:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
