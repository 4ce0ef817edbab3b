"""The event log: gapless, in commit order, chained, append-only, and one with the fact."""

import threading
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from api.database import migrate, snapshot, transaction
from api.kinds import UndeclaredFact
from api.store.events import append
from api.store.ledger import broken_links, epoch_of, heads, renew_epoch, replay
from models.events import EventRow, LedgerRow

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def happened(session, number, *topics, kind="support.counted"):
    append(session, kind, topics, {"support_count": number}, NOON, "operator-1")


def counts(engine, topic, after=0):
    with snapshot(engine) as session:
        return [
            (entry.offset, entry.event.facts["support_count"])
            for entry in replay(session, topic, after, 9999)
        ]


def test_offsets_of_a_topic_count_without_gap_in_the_order_of_the_appends(engine):
    with transaction(engine) as session:
        happened(session, 1, "venue/V1", "audit")
        happened(session, 2, "venue/V2", "audit")
    with transaction(engine) as session:
        happened(session, 3, "venue/V1", "audit")
    assert counts(engine, "venue/V1") == [(1, 1), (2, 3)]
    assert counts(engine, "venue/V2") == [(1, 2)]
    assert counts(engine, "audit", after=1) == [(2, 2), (3, 3)]


def test_a_transaction_that_fails_leaves_neither_event_nor_gap(engine):
    with suppress(ZeroDivisionError), transaction(engine) as session:
        happened(session, 1, "audit")
        raise ZeroDivisionError
    with transaction(engine) as session:
        happened(session, 2, "audit")
    assert counts(engine, "audit") == [(1, 2)]


def test_a_savepoint_that_is_rolled_back_takes_its_events_with_it(engine):
    with transaction(engine) as session:
        happened(session, 1, "audit")
        with suppress(ZeroDivisionError), session.begin_nested():
            happened(session, 2, "audit")
            with session.begin_nested():
                happened(session, 3, "audit")
            raise ZeroDivisionError
        with session.begin_nested():
            happened(session, 4, "audit")
    assert counts(engine, "audit") == [(1, 1), (2, 4)]


def test_the_announcement_follows_the_commit_and_only_the_commit(engine):
    heard = []
    with transaction(engine, lambda: heard.append(counts(engine, "audit"))) as session:
        happened(session, 1, "audit")
    with pytest.raises(ZeroDivisionError), transaction(engine, lambda: heard.append("never")) as session:
        raise ZeroDivisionError
    assert heard == [[(1, 1)]]


def test_eight_writers_leave_no_gap_and_an_unbroken_chain(engine):
    def write(writer):
        for turn in range(12):
            with transaction(engine) as session:
                topics = [f"venue/V{writer % 3}", f"venue/V{turn % 3}", "audit"]
                happened(session, writer * 100 + turn, *topics)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    audit = counts(engine, "audit")
    assert [offset for offset, _ in audit] == list(range(1, 97))
    order = {number: offset for offset, number in audit}
    with snapshot(engine) as session:
        for topic, head in heads(session, [f"venue/V{n}" for n in range(3)]).items():
            entries = replay(session, topic, 0, 999)
            assert [entry.offset for entry in entries] == list(range(1, head + 1))
            seen = [order[entry.event.facts["support_count"]] for entry in entries]
            assert seen == sorted(seen), "a topic keeps the order of the ledger"
        assert list(broken_links(session)) == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET actor = 'nobody' WHERE position = 2", "DELETE FROM event WHERE position = 2"],
)
def test_the_database_refuses_to_rewrite_an_event(engine, statement):
    with transaction(engine) as session:
        for number in range(3):
            happened(session, number)
    with pytest.raises(DBAPIError, match="append-only"), transaction(engine) as session:
        session.execute(text(statement))


def test_a_change_behind_the_guards_breaks_the_chain_at_its_position(engine):
    with transaction(engine) as session:
        for number in range(4):
            happened(session, number, "audit")
    with transaction(engine) as session:
        on_sqlite = engine.dialect.name == "sqlite"
        session.execute(text("DROP TRIGGER event_is_append_only_update" + ("" if on_sqlite else " ON event")))
        session.execute(text("UPDATE event SET actor = 'nobody' WHERE position = 2"))
    with snapshot(engine) as session:
        assert list(broken_links(session)) == [2]


def test_sealed_facts_can_be_erased_and_the_chain_still_holds(engine):
    members = {"members": [{"name": "Li", "venue_id": "V1"}]}
    with transaction(engine) as session:
        append(session, "names.unlocked", ["venue/V1"], {"booking_id": "b"}, NOON, "system", sealed=members)
    with snapshot(engine) as session:
        assert replay(session, "venue/V1", 0, 9)[0].event.sealed == members
        assert "Li" not in session.exec(select(EventRow)).one().facts
    with transaction(engine) as session:
        session.execute(text("UPDATE event SET sealed = NULL"))
    with snapshot(engine) as session:
        assert replay(session, "venue/V1", 0, 9)[0].event.sealed is None
        assert list(broken_links(session)) == []


def test_a_changed_sealed_fact_breaks_the_chain(engine):
    with transaction(engine) as session:
        append(session, "names.unlocked", [], {}, NOON, "system", sealed={"members": [{"name": "Li"}]})
    with transaction(engine) as session:
        session.execute(text("UPDATE event SET sealed = replace(sealed, 'Li', 'Wu')"))
    with snapshot(engine) as session:
        assert list(broken_links(session)) == [1]


def test_an_undeclared_kind_or_fact_is_refused_at_once(engine):
    with pytest.raises(UndeclaredFact, match="no such kind"), transaction(engine) as session:
        append(session, "secrets.leaked", ["public"], {}, NOON, "x")
    with pytest.raises(UndeclaredFact, match="members"), transaction(engine) as session:
        append(session, "names.unlocked", ["public"], {"members": []}, NOON, "x")


def test_a_new_epoch_is_another_history_and_migrating_again_is_not(engine, database):
    with snapshot(engine) as session:
        first = epoch_of(session)
    migrate(database)
    with snapshot(engine) as session:
        assert epoch_of(session) == first
    with transaction(engine) as session:
        assert renew_epoch(session) != first


def test_a_snapshot_and_its_positions_are_of_one_moment(engine):
    with snapshot(engine) as reader:
        assert heads(reader, ["audit"]) == {"audit": 0}
        with transaction(engine) as session:
            happened(session, 1, "audit")
        assert heads(reader, ["audit"]) == {"audit": 0}
        assert reader.exec(select(LedgerRow)).one().position == 0
    assert counts(engine, "audit") == [(1, 1)]


def test_the_log_can_be_migrated_away_and_back(database):
    migrate(database, "base")
    migrate(database)
