"""Where transactions begin and end: engines, migrations, and the one way to change or to read the database.

SQLite (embedded) and PostgreSQL (scaled out) run the same code. A change is committed before its answer leaves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from alembic import command
from alembic.config import Config
from fastapi import Depends, Request
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

MIGRATION_LOCK = 7_215_301
READING = "reading"


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…` with the durability and isolation that the log needs."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        engine = create_engine(
            target, connect_args={"check_same_thread": False, "timeout": 30}, pool_size=pool_size
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if target.drivername == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
    return create_engine(target, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN is ours: see _begin_sqlite
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "busy_timeout=30000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def migrate(url: str, revision: str = "head") -> None:
    """The database at `url` has the tables of this version; safe when several nodes start at once."""
    config = Config()
    config.set_main_option("script_location", "models:migrations")
    config.set_main_option("path_separator", "os")
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            config.attributes["connection"] = connection
            if revision == "base" or revision.startswith("-"):
                command.downgrade(config, revision)
            else:
                command.upgrade(config, revision)
    finally:
        engine.dispose()


@contextmanager
def transaction(engine: Engine, committed: Callable[[], None] | None = None) -> Iterator[Session]:
    """Commit when the block ends, roll back when it raises, then announce with `committed`."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
    if committed is not None:
        committed()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """All that is read in the block is of one moment, so that a state and its positions belong together."""
    if engine.dialect.name == "sqlite":
        reader = engine.execution_options(**{READING: True})
    else:
        reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with Session(reader, expire_on_commit=False) as session, session.begin():
        yield session


def is_retryable(failed: DBAPIError) -> bool:
    """Whether the same transaction may well succeed when tried again: deadlock or serialisation failure."""
    return getattr(failed.orig, "sqlstate", None) in {"40P01", "40001"}


def open_transaction(request: Request) -> Iterator[Session]:
    """A transaction for one request, on the app's `state.engine`, announced by its `state.committed`."""
    with transaction(request.app.state.engine, request.app.state.committed) as session:
        yield session


def open_snapshot(request: Request) -> Iterator[Session]:
    """A read of one moment for one request."""
    with snapshot(request.app.state.engine) as session:
        yield session


# Scope "function": FastAPI's default would commit only after the answer had been sent.
Tx = Annotated[Session, Depends(open_transaction, scope="function")]
Snapshot = Annotated[Session, Depends(open_snapshot, scope="function")]
