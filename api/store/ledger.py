"""The event log, read: by topic and offset, or in the order of the ledger; and its chain, checked."""

import json
import secrets
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from api.events import Entry, Event
from api.store.events import chained
from models.events import EntryRow, EventRow, LedgerRow, TopicRow


def epoch_of(session: Session) -> str:
    """The name of this history of the log."""
    epoch: str = session.execute(select(col(LedgerRow.epoch))).scalar_one()
    return epoch


def renew_epoch(session: Session) -> str:
    """A new epoch: after a backup was restored, whoever resumes is told to start anew."""
    epoch = secrets.token_hex(8)
    session.execute(update(LedgerRow).values(epoch=epoch))
    return epoch


def heads(session: Session, topics: Iterable[str]) -> dict[str, int]:
    """The last offset of each topic, 0 where nothing happened yet: a snapshot's positions, read in its moment."""
    wanted = tuple(topics)
    known = select(col(TopicRow.topic), col(TopicRow.head)).where(col(TopicRow.topic).in_(wanted))
    return dict.fromkeys(wanted, 0) | {row.topic: row.head for row in session.execute(known)}


def replay(session: Session, topic: str, after: int, limit: int) -> list[Entry]:
    """The entries of the topic after the offset, in order, at most `limit`."""
    chosen = (
        _entries()
        .where(col(EntryRow.topic) == topic, col(EntryRow.offset) > after)
        .order_by(col(EntryRow.offset))
    )
    return [_entry(row) for row in session.execute(chosen.limit(limit))]


def _entries() -> Any:
    joined = select(col(EntryRow.topic), col(EntryRow.offset), EventRow)
    return joined.join(EventRow, col(EventRow.position) == col(EntryRow.position))


def _entry(row: Any) -> Entry:
    stored: EventRow = row.EventRow
    return Entry(row.topic, row.offset, stored.position, event_of(stored))


def event_of(row: EventRow) -> Event:
    """The event that the row records."""
    sealed = None if row.sealed is None else json.loads(row.sealed)["facts"]
    return Event(row.event_id, row.kind, row.at, row.actor, json.loads(row.facts), sealed)


def broken_links(session: Session) -> Iterator[int]:
    """The positions at which the chain does not hold: a row changed, missing, or out of its order."""
    position, digest = 0, "0" * 64
    for row in session.execute(select(EventRow).order_by(col(EventRow.position))).scalars():
        follows = row.position == position + 1 and chained(row.model_dump(), digest) == row.digest
        if not (follows and _is_as_sealed(row)):
            yield row.position
        position, digest = row.position, row.digest
    head = session.execute(select(LedgerRow)).scalar_one()
    if (head.position, head.digest) != (position, digest):
        yield head.position


def _is_as_sealed(row: EventRow) -> bool:
    """Whether the sealed facts are those digested, or erased."""
    return row.sealed is None or sha256(row.sealed.encode()).hexdigest() == row.sealed_digest
