"""Alembic migrations, run by `api.database.migrate`; revisions are in `versions`."""
