"""The event log, written: events are appended in the business transaction.

`append` only takes note; offsets, chain and rows are settled in the last moment before the commit, so that the
ledger is locked as briefly as can be and an event exists exactly if its fact does. A savepoint that is rolled
back takes its events with it.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import Any

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col

from api.events import Event
from api.kinds import check
from models.events import EntryRow, EventRow, LedgerRow, TopicRow

PENDING = "events.pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that will be in the log if the transaction commits, and the savepoints it depends on."""

    event: Event
    topics: tuple[str, ...]
    savepoints: tuple[SessionTransaction, ...]


def append(
    session: Session,
    kind: str,
    topics: Iterable[str],
    facts: Mapping[str, Any],
    now: datetime,
    actor: str,
    sealed: Mapping[str, Any] | None = None,
) -> Event:
    """The event is in the log of each topic, in the order of the appends, if and when the transaction commits.

    `actor` is the id of the account or process that acted. Facts are JSON values, times in them ISO 8601 text.
    Raises `UndeclaredFact` for what `api.kinds` lacks.
    """
    check(kind, frozenset(facts), frozenset(sealed or ()))
    noted = Event(
        secrets.token_hex(8), kind, now.astimezone(UTC), actor, dict(facts), dict(sealed) if sealed else None
    )
    json.dumps([noted.facts, noted.sealed], allow_nan=False)  # fails here, where the mistake is
    if PENDING not in session.info:
        session.info[PENDING] = []
        sqlalchemy_event.listen(session, "before_commit", _settle)
        sqlalchemy_event.listen(session, "after_soft_rollback", _forget)
    session.info[PENDING].append(Pending(noted, tuple(sorted(set(topics))), tuple(_savepoints(session))))
    return noted


def _savepoints(session: Session) -> Iterator[SessionTransaction]:
    open_one = session.get_nested_transaction()
    while open_one is not None and open_one.nested:
        yield open_one
        open_one = open_one.parent


def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    if rolled_back.nested:
        kept = [
            one for one in session.info[PENDING] if all(rolled_back is not point for point in one.savepoints)
        ]
        session.info[PENDING][:] = kept
    else:
        session.info[PENDING].clear()


def _settle(session: Session) -> None:
    """Give each noted event its position, its offsets and its digest; the ledger stays locked to the commit."""
    noted: list[Pending] = session.info[PENDING]
    if not noted or session.in_nested_transaction():
        return
    session.flush()  # what the business breaks, it breaks before the ledger is locked
    head = session.execute(select(LedgerRow).with_for_update()).scalar_one()
    session.refresh(head)
    offsets = _bump(session, noted)
    digest, events, entries = head.digest, [], []
    for position, one in enumerate(noted, start=head.position + 1):
        places = {topic: next(offsets[topic]) for topic in one.topics}
        row = _row(one.event, position, places, digest)
        digest = row["digest"]
        events.append(row)
        entries += [{"topic": topic, "offset": at, "position": position} for topic, at in places.items()]
    session.execute(insert(EventRow), events)
    if entries:
        session.execute(insert(EntryRow), entries)
    session.execute(update(LedgerRow).values(position=head.position + len(noted), digest=digest))
    noted.clear()


def _bump(session: Session, noted: list[Pending]) -> dict[str, Iterator[int]]:
    """The next offsets of each topic; counters are bumped in the order of the topics' names, so no deadlock."""
    wanted: dict[str, int] = {}
    for one in noted:
        for topic in one.topics:
            wanted[topic] = wanted.get(topic, 0) + 1
    if not wanted:
        return {}
    dialect = session.get_bind().dialect.name
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    rows = [{"topic": topic, "head": by, "floor": 0} for topic, by in sorted(wanted.items())]
    new = build(TopicRow).values(rows)
    bumped = new.on_conflict_do_update(
        index_elements=["topic"], set_={"head": col(TopicRow.head) + new.excluded.head}
    ).returning(col(TopicRow.topic), col(TopicRow.head))
    heads = {row.topic: row.head for row in session.execute(bumped)}
    return {topic: count(heads[topic] - by + 1) for topic, by in wanted.items()}


def _row(event: Event, position: int, places: Mapping[str, int], previous: str) -> dict[str, Any]:
    sealed = None if event.sealed is None else _json({"nonce": secrets.token_hex(16), "facts": event.sealed})
    row: dict[str, Any] = {
        "position": position,
        "event_id": event.event_id,
        "kind": event.kind,
        "at": event.at,
        "actor": event.actor,
        "facts": _json(event.facts),
        "sealed_digest": None if sealed is None else sha256(sealed.encode()).hexdigest(),
        "places": _json(places),
    }
    return {**row, "sealed": sealed, "digest": chained(row, previous)}


def chained(row: Mapping[str, Any], previous: str) -> str:
    """The digest of an event's row in clear over the digest of the row before: what makes the log a chain."""
    names = ("position", "event_id", "kind", "actor", "facts", "sealed_digest", "places")
    clear = {name: row[name] for name in names} | {"at": row["at"].isoformat(timespec="microseconds")}
    return sha256(_json({"previous": previous, **clear}).encode()).hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
