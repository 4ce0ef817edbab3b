"""A draw that cannot be made: the project is on record as short of experts, with the cut that shows it."""

from sqlmodel import Session

from api.store import projects
from models.projects import ProjectRow, ProjectState

BEFORE = (ProjectState.BOOKED, ProjectState.DRAWING, ProjectState.PANEL_FILLED)


def declare(session: Session, project_id: str, reason: str) -> ProjectRow:
    """The project waits for a wider pool, another guest or another day (draw.widen_specialty)."""
    project = projects.row(session, project_id, lock=True)
    project.reason = reason
    projects.move(session, project, ProjectState.DRAW_SHORT, *BEFORE)
    return project
