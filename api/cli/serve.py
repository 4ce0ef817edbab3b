"""`yidi serve` and `yidi migrate`: the service and its database."""

import os
from typing import Annotated

import typer

from api.cli.terminal import out
from api.database import migrate as migrate_database


def migrate(
    database_url: Annotated[
        str | None, typer.Option(help="SQLAlchemy URL; YIDI_DATABASE_URL, or sqlite:///yidi.db, if left out.")
    ] = None,
) -> None:
    """Bring a database to the current tables; an empty one is made.

    Example: yidi migrate --database-url sqlite:///yidi.db
    """
    url = database_url or os.environ.get("YIDI_DATABASE_URL", "sqlite:///yidi.db")
    migrate_database(url)
    out.print(f"{url.rpartition('@')[2]} is at the current revision")
