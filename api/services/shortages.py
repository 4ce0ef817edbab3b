"""A draw that cannot be made: the project is on record as short of experts, with the cut that shows it."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from api import record
from api.office import Office
from api.store import projects
from api.veils import veil
from models.projects import ProjectRow, ProjectState
from scheduler.draw import NoPanel, NotDrawn

BEFORE = (
    ProjectState.BOOKED,
    ProjectState.DRAWING,
    ProjectState.DRAW_SHORT,
    ProjectState.PANEL_FILLED,
)


def declare(
    session: Session, office: Office, project_id: str, refusal: NotDrawn, *, actor: str, now: datetime
) -> ProjectRow:
    """The project waits for a wider pool, another guest or another day (draw.widen_specialty); whoever may knows."""
    project = projects.row(session, project_id, lock=True)
    project.reason = _sentence(refusal, _least(office, project))
    projects.move(session, project, ProjectState.DRAW_SHORT, *BEFORE)
    told = {"code": refusal.code, "reason": project.reason}
    record.Scribe(session, actor, now).note("draw.short", record.case(session, project_id), facts=told)
    return project


def facts(refusal: NotDrawn, office: Office, project: ProjectRow) -> Mapping[str, str]:
    """The refusal's facts, without a count of so few experts that it might tell who they are."""
    if not isinstance(refusal, NoPanel):
        return refusal.facts
    return {**refusal.facts, "available": str(veil(refusal.available, _least(office, project)))}


def _sentence(refusal: NotDrawn, least: int) -> str:
    if not isinstance(refusal, NoPanel):
        return str(refusal)
    available = veil(refusal.available, least)
    return f"slots {refusal.slots} need {refusal.needed} experts; at most {available} may sit together"


def _least(office: Office, project: ProjectRow) -> int:
    kind = projects.kind_of(project)
    return office.book.at(project.opening_at.date(), project.region, kind).disclose_min_group
