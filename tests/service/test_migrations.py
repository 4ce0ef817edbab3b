"""Migrations give exactly the tables of the models, on each database, and can be undone."""

import importlib
import pkgutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import models
from api.database import make_engine, migrate
from models.base import Base


def test_migrated_tables_are_the_models_tables(tables):
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"models.{module.name}")
    with tables.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing_and_back_leaves_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'yidi.db'}"
    migrate(url)
    engine = make_engine(url)
    before = inspect(engine).get_table_names()
    migrate(url)
    assert inspect(engine).get_table_names() == before
    assert len(before) > 25
    migrate(url, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


@pytest.mark.parametrize("table", ["reservation", "sitting"])
def test_the_rule_against_double_booking_is_in_the_database_itself(tables, table):
    with tables.connect() as connection:
        if tables.dialect.name == "sqlite":
            found = connection.exec_driver_sql(
                f"SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
            )
            assert found.scalar_one() == 2
        else:
            found = connection.exec_driver_sql(
                f"SELECT count(*) FROM pg_constraint WHERE contype = 'x' AND conrelid = '{table}'::regclass"
            )
            assert found.scalar_one() == 1
