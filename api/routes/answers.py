"""Guest venues and experts answer; experts check in; names unlock."""

from fastapi import APIRouter

from api import reach, record
from api.disclosure import Role
from api.refusals import NotFound
from api.routes.dependencies import Change, Look
from api.schemas.answers import (
    AnswerIn,
    CheckInIn,
    CheckInView,
    GuestRequestView,
    InvitationView,
    MemberView,
)
from api.services import checkins, panels
from api.services import guests as guest_service
from api.services import invitations as invitation_service
from api.store import bookings, guests, invitations

router = APIRouter(tags=["answers"])


@router.get("/guest-requests")
def get_requests(call: Look) -> list[GuestRequestView]:
    """What the caller's venues are asked for, newest first."""
    return [
        GuestRequestView.of(
            asked, record.case(call.session, bookings.row(call.session, asked.booking_id).project_id)
        )
        for asked in guests.of_venues(call.session, call.viewer.venue_ids)
    ]


@router.post("/guest-requests/{request_id}/answer")
def post_request_answer(call: Change, request_id: str, given: AnswerIn) -> GuestRequestView:
    """The host approves or refuses."""
    if guests.row(call.session, request_id, lock=True).venue_id not in call.viewer.venue_ids:
        raise NotFound("guest request", request_id)
    answered = guest_service.answer(
        call.session,
        request_id,
        approves=given.accepts,
        reason=given.reason,
        actor=call.actor,
        now=call.now,
    )
    project_id = bookings.row(call.session, answered.booking_id).project_id
    return GuestRequestView.of(answered, record.case(call.session, project_id))


@router.get("/invitations")
def get_invitations(call: Look) -> list[InvitationView]:
    """The caller's own invitations, newest first."""
    return [
        InvitationView.of(invitation, member, record.case(call.session, member.project_id))
        for invitation, member in invitations.of_expert(call.session, call.viewer.expert_id or "")
    ]


@router.post("/invitations/{invitation_id}/answer")
def post_invitation_answer(call: Change, invitation_id: str, given: AnswerIn) -> InvitationView:
    """The expert accepts or declines."""
    answered, member = invitation_service.answer(
        call.session,
        invitation_id,
        expert_id=call.viewer.expert_id or "",
        accepts=given.accepts,
        reason=given.reason,
        now=call.now,
    )
    return InvitationView.of(answered, member, record.case(call.session, member.project_id))


@router.post("/check-ins", status_code=201)
def post_check_in(call: Change, given: CheckInIn) -> CheckInView:
    """The expert is present at the caller's venue; with the last of the panel, names unlock."""
    member = checkins.check_in(
        call.session,
        given.invitation_id,
        venue_ids=panels.doors(call.session, call.viewer.centre_id, call.viewer.venue_ids),
        method=given.method,
        actor=call.actor,
        now=call.now,
    )
    sealer = call.office.keys.sealer
    unlocked = checkins.unlock(call.session, member.project_id, sealer, call.actor, call.now)
    present, expected = panels.present(call.session, member.project_id)
    return CheckInView(
        serial=record.case(call.session, member.project_id).project.serial,
        venue_id=member.venue_id,
        checked_in=present,
        expected=expected,
        unlocked=unlocked,
    )


@router.get("/projects/{project_id}/panel")
def get_panel(call: Look, project_id: str) -> list[MemberView]:
    """The panel by name, for those whom the rules have unlocked it to; for everyone else there is none.

    Until the result is public a guest host sees only the members at its own venue.
    """
    case = record.case(call.session, project_id)
    if not reach.knows_panel(call.viewer, case):
        raise NotFound("panel", project_id)
    local = call.viewer.role is Role.HOST and case.project.result_at is None
    return [
        MemberView(name=name, venue_id=venue_id, state=state)
        for name, venue_id, state in panels.by_name(call.session, case, call.office.keys.sealer)
        if not local or venue_id in call.viewer.venue_ids
    ]
