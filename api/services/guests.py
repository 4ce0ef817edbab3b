"""Guest venues are asked and answer; the booking is confirmed when all of them have approved."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from api import record
from api.refusals import NotFound, WrongState
from api.store import bookings, guests, projects
from models.bookings import BookingState
from models.guests import GuestRequestRow, GuestRequestState
from models.projects import ProjectState


def answer(
    session: Session, request_id: str, *, approves: bool, reason: str, actor: str, now: datetime
) -> GuestRequestRow:
    """The host's answer is on record; raises `WrongState` when it comes too late."""
    request = guests.row(session, request_id, lock=True)
    if request.state != GuestRequestState.SENT or request.expires_at <= now:
        raise WrongState("guest request", request_id, "was answered already, or its time is over")
    outcome = GuestRequestState.APPROVED if approves else GuestRequestState.REJECTED
    guests.set_state(session, request, outcome, reason, now)
    _settle(session, request, actor, now)
    return request


def expire(session: Session, now: datetime) -> Sequence[GuestRequestRow]:
    """Every request whose time is over counts as refused; returns them."""
    overdue = guests.overdue(session, now)
    for request in overdue:
        guests.set_state(session, request, GuestRequestState.EXPIRED, "no answer in time", now)
        _settle(session, request, "clock", now)
    return overdue


def _settle(session: Session, request: GuestRequestRow, actor: str, now: datetime) -> None:
    booking = bookings.row(session, request.booking_id)
    case = record.case(session, booking.project_id, lock=True)
    if case.row is None or case.row.booking_id != request.booking_id:
        raise NotFound("booking", request.booking_id)
    scribe = record.Scribe(session, actor, now)
    told = {"request_id": request.request_id, "remark": request.reason}
    if request.state != GuestRequestState.APPROVED:
        scribe.note_at("guest.rejected", case, request.venue_id, facts={**told, "code": request.state})
        return
    scribe.note_at("guest.approved", case, request.venue_id, facts=told)
    asked = guests.of_booking(session, request.booking_id)
    if all(other.state == GuestRequestState.APPROVED for other in asked):
        bookings.set_state(session, booking, BookingState.CONFIRMED)
        projects.move(session, case.project, ProjectState.BOOKED, ProjectState.GUEST_PENDING)
