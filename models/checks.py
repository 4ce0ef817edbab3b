"""Constraints that tables share: a column's closed set of values, and ranges that must not overlap."""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """The column holds one of these values, or nothing where it may be null."""
    listed = ", ".join(f"'{value}'" for value in sorted(values))
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def never_twice(table: str, who: str) -> dict[str, tuple[str, ...]]:
    """By dialect, the statements after which no two active rows of one `who` overlap in time.

    PostgreSQL gets an exclusion constraint. It needs no extension: ids are hashed to int8, so that a
    collision (2^-64) would refuse a booking and never allow one. SQLite gets triggers; it has one writer.
    """
    clash = (
        f"SELECT RAISE(ABORT, '{table}_{who}_twice') WHERE EXISTS (SELECT 1 FROM {table} AS other "  # noqa: S608
        f"WHERE other.active AND other.{who} = NEW.{who} AND other.rowid <> NEW.rowid "
        f"AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at)"
    )
    hashed = f"hashtextextended({who}, 0)"
    return {
        "postgresql": (
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{who}_twice EXCLUDE USING gist "
            f"(int8range({hashed}, {hashed}, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) "
            f"WHERE (active)",
        ),
        "sqlite": tuple(
            f"CREATE TRIGGER {table}_{who}_twice_{moment} AFTER {moment} ON {table} "
            f"WHEN NEW.active BEGIN {clash}; END"
            for moment in ("insert", "update")
        ),
    }
