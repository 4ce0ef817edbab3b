"""Experts check in at their venue; when the whole panel is there, names unlock to those who run it."""

from datetime import datetime

from sqlmodel import Session

from api import record
from api.refusals import NotFound, WrongState
from api.sealing import Sealer
from api.store import checkins, engagements, experts, invitations, projects
from models.checkins import CheckInMethod
from models.engagements import EngagementRow, EngagementState
from models.projects import ProjectState

BEFORE_START = (ProjectState.PANEL_FILLED, ProjectState.CHECKING_IN)


def check_in(
    session: Session,
    invitation_id: str,
    *,
    venue_ids: frozenset[str],
    method: CheckInMethod,
    actor: str,
    now: datetime,
) -> EngagementRow:
    """The expert is present at one of these venues; `WrongState` unless accepted, filled and opened."""
    engagement_id = invitations.row(session, invitation_id).engagement_id
    member = engagements.row(session, engagement_id)
    if member.venue_id not in venue_ids:
        raise NotFound("invitation", invitation_id)
    case = record.case(session, member.project_id, lock=True)
    if member.state != EngagementState.ACCEPTED or case.project.opened_at is None:
        raise WrongState("check-in", invitation_id, "an accepted member, after the bids were opened")
    projects.move(session, case.project, ProjectState.CHECKING_IN, *BEFORE_START)
    engagements.set_state(session, member, EngagementState.CHECKED_IN)
    checkins.add(session, engagement_id, method, actor, now)
    panel = engagements.members(session, member.project_id)
    present = sum(other.state == EngagementState.CHECKED_IN for other in panel)
    told = {"checked_in": present, "expected": case.experts}
    record.Scribe(session, actor, now).note_at("checkin.recorded", case, member.venue_id, facts=told)
    return member


def unlock(session: Session, project_id: str, sealer: Sealer, actor: str, now: datetime) -> bool:
    """Names are unlocked if the whole panel is present (disclose.unlock_needs); returns whether they are."""
    case = record.case(session, project_id, lock=True)
    panel = engagements.members(session, project_id)
    complete = len(panel) == case.experts and all(m.state == EngagementState.CHECKED_IN for m in panel)
    if case.project.names_unlocked_at is not None or not complete:
        return case.project.names_unlocked_at is not None
    case.project.names_unlocked_at = now
    projects.touch(session, case.project)
    names = experts.names_of(session, [member.expert_id for member in panel], sealer)
    members = [{"name": names[member.expert_id], "venue_id": member.venue_id} for member in panel]
    told = {"expected": case.experts}
    record.Scribe(session, actor, now).note("names.unlocked", case, facts=told, sealed={"members": members})
    return True
