"""Rules about rows that only the database can keep, called from migrations."""

from alembic import op


def forbid_change(table: str, *, name: str, columns: tuple[str, ...]) -> None:
    """Rows of `table` are never deleted, and the `columns` of a row never change."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'append-only: {table}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} "
            f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {name}()"
        )
        op.execute(
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    differs = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
    op.execute(f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} WHEN {differs} {refuse}")
    op.execute(f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} {refuse}")
