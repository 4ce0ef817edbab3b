"""Changes of a plan on PostgreSQL: looks lock nothing, and its constraints let bookings change places."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from api.calendars import published_calendar
from api.clocks import SteppedClock
from api.database import make_engine, migrate
from api.files.openings import made_up
from api.keys import Keys
from api.office import Office, rehearsal_entropy
from api.sealing import Sealer
from api.services import changes, projects, worlds
from api.signing import Signer
from api.store import bookings, venues
from scheduler.planning import Supply
from scheduler.rules import default_rule_book
from scheduler.synthetic import make_world
from scheduler.venues import Blocked
from tests.service.conftest import MORNING, fresh
from tests.service.days import publish_day

ON = date(2026, 11, 26)
HERE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def day(postgres):
    """An office on PostgreSQL with a made-up day published and agreed to, but for one late project."""
    url = fresh(postgres)
    migrate(url)
    office = Office(
        make_engine(url),
        default_rule_book(),
        published_calendar(),
        Keys(Sealer((("k1", b"1" * 32),)), Signer(b"2" * 32)),
        SteppedClock(MORNING),
        rehearsal_entropy(7),
        rehearsal=True,
    )
    with office.changing() as session:
        worlds.load(session, make_world(), office.keys.sealer)
        made = made_up(ON, venues.load_all(session), office.book, 20).projects
        publish_day(session, office, ON, MORNING, made[1:], iterations=20)
        projects.submit(session, made[:1], office.book, "test", MORNING)
    yield office, made[0].project_id
    office.engine.dispose()


def test_every_change_is_heard_on_postgresql(day):
    office, late = day
    with office.reading() as session:
        offered = changes.ranked(session, office, late, 5, MORNING)
    with office.changing() as session:
        start = offered[0].booking.start
        taken = changes.take_offer(session, office, late, seed=5, start=start, actor="t", now=MORNING)
    assert taken.placed == (late,)
    with office.reading() as session:
        held = bookings.values(session, bookings.held(session))
    hurt = max(held, key=lambda booking: (booking.home.venue_id == "V01", booking.project_id))
    blocked = Blocked(hurt.start - timedelta(hours=1), hurt.end, hurt.home.room_id, "检修")
    with office.changing() as session:
        moves = changes.block(session, office, hurt.home.venue_id, blocked, seed=1, actor="t", now=MORNING)
    assert hurt.project_id in (*moves.moved, *moves.lost)
    other = next(booking.project_id for booking in held if booking.project_id != hurt.project_id)
    with office.changing() as session:
        opening = datetime(2026, 11, 30, 10, tzinfo=HERE)
        changes.postpone(
            session, office, other, opening_at=opening, reason="澄清", seed=1, actor="t", now=MORNING
        )
        changes.limit(
            session, office, Supply("532301", frozenset(), 3), reason="培训", seed=1, actor="t", now=MORNING
        )
        changes.cancel(session, office, late, reason="撤回", seed=1, actor="t", now=MORNING)
    with office.reading() as session:
        after = {b.project_id: b for b in bookings.values(session, bookings.held(session))}
    assert late not in after
    assert after[other].start >= opening
