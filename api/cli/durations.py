"""`yidi durations`: how long evaluations take by the service's own history, and how good its forecasts have been."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from api.cli.terminal import out
from api.database import make_engine, snapshot
from api.files.writing import write
from api.schemas.durations import DurationsView
from api.store import durations as rows
from scheduler.errors import BadInput, require
from scheduler.timeline import ZONE

GROUPS = {"all": "全部 all", "category": "类别 category", "size": "标段数 sections", "centre": "中心 centre"}


def durations(
    database_url: Annotated[
        str | None, typer.Option(help="SQLAlchemy URL; YIDI_DATABASE_URL, or sqlite:///yidi.db, if left out.")
    ] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where to write the report as JSON.")] = None,
) -> None:
    """Show the model of durations in use and its calibration: coverage and pinball loss by stratum.

    Example: yidi durations --database-url sqlite:///yidi.db
    """
    view = _read(database_url or os.environ.get("YIDI_DATABASE_URL", "sqlite:///yidi.db"))
    if out_file is not None:
        write(out_file, view.model_dump_json(indent=1) + "\n")
    _tell(view)


def _read(url: str) -> DurationsView:
    """What the database knows; one that is not there is refused, not made."""
    try:
        target = make_url(url)
        shown = target.render_as_string()
        if target.get_backend_name() == "sqlite":
            there = bool(target.database) and Path(str(target.database)).is_file()
            require(there, "database_url", shown, "a database file that exists")
        engine = make_engine(url)
    except (ArgumentError, ImportError):
        raise BadInput("database_url", url.partition(":")[0], "sqlite:///FILE or postgresql://…") from None
    try:
        with snapshot(engine) as session:
            return DurationsView.of(rows.newest(session), rows.count_finished(session), None)
    except DBAPIError as flaw:
        rule = f"a database that answers and has the current tables (yidi migrate); {str(flaw.orig).splitlines()[0]}"
        raise BadInput("database_url", shown, rule) from None
    finally:
        engine.dispose()


def _tell(view: DurationsView) -> None:
    if view.level is None or view.trained_at is None:
        out.print(
            f"{view.finished} evaluations are finished; from {view.fewest} on durations are learned from them. "
            "Until then the rule book's assumption holds (duration.*)."
        )
        return
    kind = "conformal" if view.records >= view.conformal else "normal, widened for few records"
    trained = view.trained_at.astimezone(ZONE)
    out.print(
        f"Model {view.version}, {view.durations_digest[:19]}…, of {view.records} evaluations, "
        f"{trained:%Y-%m-%d %H:%M}; quantile {view.level:.0%}, {kind}.",
        highlight=False,
    )
    title = "Yidi 异地 · 预计时长校准 calibration of durations, by rolling origin"
    table = Table(title=title, title_justify="left")
    for name in ("", "", "项目 records", "覆盖率 coverage", "分位损失 pinball, min", "余量 slack, min"):
        table.add_column(name, justify="right" if name else "left")
    table.add_column("规则假定 assumption: coverage, pinball", justify="right")
    for stratum in view.strata:
        style = "dim" if stratum.few else None
        table.add_row(
            GROUPS[stratum.group],
            stratum.name,
            f"{stratum.records}{' 少 few' if stratum.few else ''}",
            f"{stratum.coverage:.3f}",
            f"{stratum.pinball:.2f}",
            f"{stratum.slack:.0f}",
            f"{stratum.assumed_coverage:.3f}, {stratum.assumed_pinball:.2f}",
            style=style,
        )
    out.print(table)
    if not view.strata:
        out.print("No forecast can be judged yet: each is judged by a model of what was finished before it.")
