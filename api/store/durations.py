"""Rows of finished evaluations, of the models learned from them, and of the watch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from api.refusals import NotFound
from models.durations import DurationModelRow, WatchRow
from models.projects import ProjectRow, ProjectState, SectionRow

DONE = (ProjectState.REPORTED, ProjectState.RESULT_FINAL)
"""States of projects whose evaluation has been finished."""


def count_finished(session: Session) -> int:
    """How many evaluations are finished whose start is on record."""
    query = select(func.count()).select_from(ProjectRow)
    query = query.where(col(ProjectRow.state).in_(DONE), col(ProjectRow.started_at).is_not(None))
    return session.exec(query).one()


def finished(session: Session, most: int) -> Sequence[ProjectRow]:
    """The evaluations finished last, at most so many, newest first."""
    ended = func.max(SectionRow.finished_at)
    query = (
        select(ProjectRow)
        .join(SectionRow, col(SectionRow.project_id) == ProjectRow.project_id)
        .where(col(ProjectRow.state).in_(DONE), col(ProjectRow.started_at).is_not(None))
        .group_by(col(ProjectRow.project_id))
        .having(ended.is_not(None))
        .order_by(ended.desc(), col(ProjectRow.project_id))
        .limit(most)
    )
    return session.exec(query).all()


def newest(session: Session) -> DurationModelRow | None:
    """The model in use, if there is one yet."""
    return session.exec(select(DurationModelRow).order_by(col(DurationModelRow.version).desc())).first()


def row(session: Session, digest: str) -> DurationModelRow:
    """The model of that digest; raises `NotFound`."""
    found = session.get(DurationModelRow, digest)
    if found is None:
        raise NotFound("model of durations", digest)
    return found


def add(
    session: Session,
    *,
    digest: str,
    text: str,
    records: int,
    finished: int,
    calibration: dict[str, Any],
    now: datetime,
) -> DurationModelRow:
    """The model is in use: the next version."""
    last = newest(session)
    made = DurationModelRow(
        digest=digest,
        version=1 if last is None else last.version + 1,
        records=records,
        finished=finished,
        text=text,
        calibration=calibration,
        trained_at=now,
    )
    session.add(made)
    session.flush()
    return made


def watched(session: Session, project_ids: Sequence[str]) -> dict[str, WatchRow]:
    """What was last told of these evaluations, by project."""
    query = select(WatchRow).where(col(WatchRow.project_id).in_(set(project_ids)))
    return {found.project_id: found for found in session.exec(query)}


def watch(session: Session, seen: WatchRow) -> None:
    """This is what was last told of the evaluation."""
    session.merge(seen)
    session.flush()
