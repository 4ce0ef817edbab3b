"""A day's openings as a centre has them: a CSV or XLSX file becomes projects."""

import hashlib
from datetime import date as day
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Body, Query

from api import record
from api.files.openings import read_openings
from api.routes.dependencies import Change, Key
from api.schemas.openings import BadRowView, OpeningsView
from api.schemas.projects import ProjectView
from api.services import projects as service
from api.store import projects, venues
from scheduler.timeline import ZONE

MOST_BYTES = 20_000_000

router = APIRouter(tags=["projects"])


@router.post("/openings", status_code=201)
def post_openings(
    call: Change,
    key: Key,
    date: day,
    content: Annotated[bytes, Body(media_type="application/octet-stream", max_length=MOST_BYTES)],
    name: Annotated[
        str, Query(max_length=200, description="the file's name; its ending tells XLSX from CSV")
    ],
    strict: bool = False,
) -> OpeningsView:
    """The day's rows become projects of the caller's centre; bad rows are named, or with `strict` stop it all."""
    own = [venue for venue in venues.load_all(call.session) if venue.centre_id == call.viewer.centre_id]
    with TemporaryDirectory() as folder:
        path = Path(folder) / (
            "openings.xlsx" if name.lower().endswith((".xlsx", ".xlsm")) else "openings.csv"
        )
        path.write_bytes(content)
        today = call.now.astimezone(ZONE).date()
        read = read_openings(path, date, own, call.office.book, {}, strict=strict, today=today)

    def act() -> str:
        rows = service.submit(call.session, read.projects, call.office.book, call.actor, call.now)
        return ",".join(row.serial for row in rows)

    call.once(key, hashlib.sha256(content).hexdigest(), act)
    wanted = {project.project_id for project in read.projects}
    rows = [row for row in projects.rows_of(call.session, date) if row.project_id in wanted]
    return OpeningsView(
        projects=[ProjectView.of(case) for case in record.cases(call.session, rows)],
        bad_rows=[BadRowView.of(bad) for bad in read.bad_rows],
    )
