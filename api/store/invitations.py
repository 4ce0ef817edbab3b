"""Rows of invitations."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from api.refusals import NotFound
from models.engagements import EngagementRow
from models.invitations import InvitationRow, InvitationState


def send(
    session: Session, members: Iterable[EngagementRow], now: datetime, timeout: timedelta
) -> list[tuple[InvitationRow, EngagementRow]]:
    """Every member is asked; the invitation's id says nothing about the project."""
    pairs = [
        (
            InvitationRow(
                invitation_id=secrets.token_hex(8),
                engagement_id=member.engagement_id,
                state=InvitationState.SENT.value,
                sent_at=now,
                expires_at=now + timeout,
            ),
            member,
        )
        for member in members
    ]
    session.add_all(invitation for invitation, _ in pairs)
    session.flush()
    return pairs


def row(session: Session, invitation_id: str, lock: bool = False) -> InvitationRow:
    """The invitation's row; raises `NotFound`."""
    query = select(InvitationRow).where(InvitationRow.invitation_id == invitation_id)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("invitation", invitation_id)
    return found


def of_expert(session: Session, expert_id: str) -> Sequence[tuple[InvitationRow, EngagementRow]]:
    """The expert's invitations with their engagements, newest first."""
    query = (
        select(InvitationRow, EngagementRow)
        .join(EngagementRow, col(EngagementRow.engagement_id) == InvitationRow.engagement_id)
        .where(EngagementRow.expert_id == expert_id)
        .order_by(col(InvitationRow.sent_at).desc(), col(InvitationRow.invitation_id))
    )
    return [(invitation, member) for invitation, member in session.exec(query)]


def pending(session: Session, project_id: str) -> Sequence[tuple[InvitationRow, EngagementRow]]:
    """The project's invitations that wait for an answer."""
    query = (
        select(InvitationRow, EngagementRow)
        .join(EngagementRow, col(EngagementRow.engagement_id) == InvitationRow.engagement_id)
        .where(EngagementRow.project_id == project_id, InvitationRow.state == InvitationState.SENT)
        .order_by(col(InvitationRow.engagement_id))
    )
    return [(invitation, member) for invitation, member in session.exec(query)]


def overdue(session: Session, now: datetime) -> Sequence[tuple[InvitationRow, EngagementRow]]:
    """The invitations whose time to answer is over."""
    query = (
        select(InvitationRow, EngagementRow)
        .join(EngagementRow, col(EngagementRow.engagement_id) == InvitationRow.engagement_id)
        .where(InvitationRow.state == InvitationState.SENT, col(InvitationRow.expires_at) <= now)
        .order_by(col(InvitationRow.engagement_id))
    )
    return [(invitation, member) for invitation, member in session.exec(query)]


def of_engagement(session: Session, engagement_id: str) -> str:
    """The id of the engagement's invitation."""
    query = select(InvitationRow.invitation_id).where(InvitationRow.engagement_id == engagement_id)
    return session.exec(query).one()


def withdraw(session: Session, engagement_ids: Iterable[str], now: datetime) -> None:
    """Open invitations of these engagements wait for no answer any more."""
    query = select(InvitationRow).where(
        col(InvitationRow.engagement_id).in_(set(engagement_ids)),
        InvitationRow.state == InvitationState.SENT,
    )
    for invitation in session.exec(query).all():
        set_state(session, invitation, InvitationState.WITHDRAWN, "", now)


def set_state(
    session: Session, invitation: InvitationRow, state: InvitationState, reason: str, now: datetime
) -> None:
    """The invitation is answered, or has ended without an answer."""
    invitation.state, invitation.reason, invitation.answered_at = state.value, reason, now
    session.add(invitation)
    session.flush()
