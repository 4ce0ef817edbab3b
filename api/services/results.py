"""A result is published: the names of the panel become public with it (招标投标法 art. 37)."""

from datetime import datetime

from sqlmodel import Session

from api import record
from api.sealing import Sealer
from api.store import engagements, experts, projects
from models.engagements import EngagementState
from models.projects import ProjectRow, ProjectState


def publish(session: Session, project_id: str, sealer: Sealer, actor: str, now: datetime) -> ProjectRow:
    """The result is final and the panel's names are public; raises `WrongState` unless it is reported."""
    case = record.case(session, project_id, lock=True)
    projects.move(session, case.project, ProjectState.RESULT_FINAL, ProjectState.REPORTED)
    case.project.result_at = now
    projects.touch(session, case.project)
    served = [m for m in engagements.members(session, project_id) if m.state == EngagementState.SERVED]
    names = experts.names_of(session, [member.expert_id for member in served], sealer)
    members = [{"name": names[member.expert_id], "venue_id": member.venue_id} for member in served]
    record.Scribe(session, actor, now).note("result.published", case, "public", sealed={"members": members})
    return case.project
