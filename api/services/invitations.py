"""Experts answer their invitations, or let the time pass; a panel is filled when all have accepted."""

from datetime import datetime

from sqlmodel import Session

from api import record
from api.refusals import NotFound, WrongState
from api.store import engagements, invitations, projects
from models.engagements import EngagementRow, EngagementState
from models.invitations import InvitationRow, InvitationState
from models.projects import ProjectState

OUTCOMES = {
    InvitationState.ACCEPTED: EngagementState.ACCEPTED,
    InvitationState.DECLINED: EngagementState.DECLINED,
    InvitationState.TIMED_OUT: EngagementState.TIMED_OUT,
}


def answer(
    session: Session, invitation_id: str, *, expert_id: str, accepts: bool, reason: str, now: datetime
) -> tuple[InvitationRow, EngagementRow]:
    """The expert's answer is on record; raises `NotFound` for someone else's, `WrongState` when too late."""
    invitation = invitations.row(session, invitation_id, lock=True)
    member = engagements.row(session, invitation.engagement_id)
    if member.expert_id != expert_id:
        raise NotFound("invitation", invitation_id)
    if invitation.state != InvitationState.SENT or invitation.expires_at <= now:
        raise WrongState("invitation", invitation_id, "was answered already, or its time is over")
    outcome = InvitationState.ACCEPTED if accepts else InvitationState.DECLINED
    invitations.set_state(session, invitation, outcome, reason, now)
    _settle(session, invitation, member, now)
    return invitation, member


def expire(session: Session, now: datetime) -> int:
    """Every invitation whose time is over counts as not answered; returns how many."""
    overdue = invitations.overdue(session, now)
    for invitation, member in overdue:
        invitations.set_state(session, invitation, InvitationState.TIMED_OUT, "no answer in time", now)
        _settle(session, invitation, member, now)
    return len(overdue)


def _settle(session: Session, invitation: InvitationRow, member: EngagementRow, now: datetime) -> None:
    outcome = InvitationState(invitation.state)
    engagements.set_state(session, member, OUTCOMES[outcome])
    case = record.case(session, member.project_id, lock=True)
    present = engagements.members(session, member.project_id)
    accepted = sum(other.state == EngagementState.ACCEPTED for other in present)
    if accepted == case.experts and case.project.state == ProjectState.DRAWING:
        projects.move(session, case.project, ProjectState.PANEL_FILLED, ProjectState.DRAWING)
    told = {
        "invitation_id": invitation.invitation_id,
        "draw_id": member.draw_id,
        "answer": outcome.value,
        "accepted": accepted,
    }
    record.Scribe(session, "expert", now).note_at(
        "invitation.answered",
        case,
        member.venue_id,
        f"expert/{member.expert_id}",
        facts=told,
        sealed={"expert_id": member.expert_id},
    )
