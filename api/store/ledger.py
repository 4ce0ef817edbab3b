"""The event log, read: by topic and offset, or in the order of the ledger; and its chain, checked."""

import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, func, select, update
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


@dataclass(frozen=True, slots=True)
class Tip:
    """Where the ledger stands: its epoch, its last position and the digest there."""

    epoch: str
    position: int
    digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a cursor relates to its topic: the topic's head and floor, and the id of the event at the cursor."""

    head: int
    floor: int
    event_id: str | None


def tip(session: Session) -> Tip:
    """Where the ledger stands."""
    row = session.execute(select(LedgerRow.epoch, LedgerRow.position, LedgerRow.digest)).one()  # type: ignore[call-overload]
    return Tip(row.epoch, row.position, row.digest)


def digest_at(session: Session, position: int) -> str | None:
    """The digest of the event at that position; that of the empty ledger at 0."""
    if position == 0:
        return "0" * 64
    found: str | None = session.execute(
        select(col(EventRow.digest)).where(col(EventRow.position) == position)
    ).scalar_one_or_none()
    return found


def since(session: Session, position: int, limit: int) -> list[tuple[EventRow, list[Entry]]]:
    """The events after that position in the order of the ledger, each with its entries, at most `limit` events."""
    chosen = (
        select(EventRow)
        .where(col(EventRow.position) > position)
        .order_by(col(EventRow.position))
        .limit(limit)
    )
    rows = list(session.execute(chosen).scalars())
    if not rows:
        return []
    placed: dict[int, list[Any]] = {}
    within = (col(EntryRow.position) > position, col(EntryRow.position) <= rows[-1].position)
    for entry in session.execute(select(EntryRow).where(*within).order_by(col(EntryRow.topic))).scalars():
        placed.setdefault(entry.position, []).append(entry)
    found = []
    for row in rows:
        event = event_of(row)
        entries = [Entry(at.topic, at.offset, row.position, event) for at in placed.get(row.position, ())]
        found.append((row, entries))
    return found


def standing(session: Session, topic: str, cursor: int | None) -> Standing:
    """How the cursor relates to the topic."""
    row = session.get(TopicRow, topic)
    if row is None:
        return Standing(0, 0, None)
    event_id = None
    if cursor:
        at = (col(EntryRow.topic) == topic, col(EntryRow.offset) == cursor)
        joined = select(col(EventRow.event_id)).join(
            EntryRow, col(EventRow.position) == col(EntryRow.position)
        )
        event_id = session.execute(joined.where(*at)).scalar_one_or_none()
    return Standing(row.head, row.floor, event_id)


def prune(session: Session, before: datetime, limit: int = 10_000) -> int:
    """The oldest entries, all of events before that time, are replayed no more; the events stay. How many went.

    At most about `limit` at once, so that writers wait briefly. Nothing younger goes, nor what follows it.
    """
    kept = select(func.min(col(EventRow.position))).where(col(EventRow.at) >= before)
    first_kept = session.execute(kept).scalar_one()
    old = select(col(EntryRow.position)).order_by(col(EntryRow.position))
    if first_kept is not None:
        old = old.where(col(EntryRow.position) < first_kept)
    oldest = old.limit(limit).subquery()
    last = session.execute(select(func.max(oldest.c.position))).scalar_one()
    if last is None:
        return 0
    gone = select(col(EntryRow.topic), func.max(col(EntryRow.offset)).label("floor"))
    floors = session.execute(gone.where(col(EntryRow.position) <= last).group_by(col(EntryRow.topic))).all()
    dropped = 0
    for topic, floor in sorted(
        (row.topic, row.floor) for row in floors
    ):  # in the order of appends: no deadlock
        session.execute(update(TopicRow).where(col(TopicRow.topic) == topic).values(floor=floor))
        out = delete(EntryRow).where(col(EntryRow.topic) == topic, col(EntryRow.offset) <= floor)
        dropped += session.execute(out).rowcount  # type: ignore[attr-defined]
    return dropped


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
