"""Rows of guest requests."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from api.refusals import NotFound
from models.bookings import BookingRow
from models.guests import GuestRequestRow, GuestRequestState

REFUSED = (GuestRequestState.REJECTED, GuestRequestState.EXPIRED)


def ask(session: Session, booking_id: str, venues: Sequence[str], now: datetime, timeout: timedelta) -> None:
    """Each guest venue is asked, in the order of its place from 1 on."""
    session.add_all(
        GuestRequestRow(
            request_id=f"{booking_id}-G{place}",
            booking_id=booking_id,
            place=place,
            venue_id=venue_id,
            state=GuestRequestState.SENT.value,
            sent_at=now,
            expires_at=now + timeout,
        )
        for place, venue_id in enumerate(venues, start=1)
    )
    session.flush()


def row(session: Session, request_id: str, lock: bool = False) -> GuestRequestRow:
    """The request's row; raises `NotFound`."""
    query = select(GuestRequestRow).where(GuestRequestRow.request_id == request_id)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("guest request", request_id)
    return found


def of_booking(session: Session, booking_id: str) -> Sequence[GuestRequestRow]:
    """The booking's requests, by place."""
    query = select(GuestRequestRow).where(GuestRequestRow.booking_id == booking_id)
    return session.exec(query.order_by(col(GuestRequestRow.place))).all()


def of_venues(session: Session, venue_ids: Iterable[str]) -> Sequence[GuestRequestRow]:
    """The requests to these venues, newest first."""
    query = select(GuestRequestRow).where(col(GuestRequestRow.venue_id).in_(set(venue_ids)))
    return session.exec(query.order_by(col(GuestRequestRow.sent_at).desc())).all()


def refusers(session: Session, project_id: str) -> frozenset[str]:
    """The venues that have refused the project, or did not answer, in any of its bookings."""
    query = (
        select(GuestRequestRow.venue_id)
        .join(BookingRow, col(BookingRow.booking_id) == GuestRequestRow.booking_id)
        .where(BookingRow.project_id == project_id, col(GuestRequestRow.state).in_(REFUSED))
    )
    return frozenset(session.exec(query))


def refusals(session: Session, project_ids: Collection[str]) -> list[tuple[str, str]]:
    """Each of these projects with each venue that has refused it, or did not answer, in any of its bookings."""
    query = (
        select(BookingRow.project_id, GuestRequestRow.venue_id)
        .join(BookingRow, col(BookingRow.booking_id) == GuestRequestRow.booking_id)
        .where(col(GuestRequestRow.state).in_(REFUSED))
    )
    return sorted({pair for pair in session.exec(query).all() if pair[0] in project_ids})


def overdue(session: Session, now: datetime) -> Sequence[GuestRequestRow]:
    """The requests whose time to answer is over."""
    query = select(GuestRequestRow).where(
        GuestRequestRow.state == GuestRequestState.SENT, col(GuestRequestRow.expires_at) <= now
    )
    return session.exec(query.order_by(col(GuestRequestRow.request_id))).all()


def set_state(
    session: Session, request: GuestRequestRow, state: GuestRequestState, reason: str, now: datetime
) -> None:
    """The request is answered, or has ended without an answer."""
    request.state, request.reason, request.answered_at = state.value, reason, now
    session.add(request)
    session.flush()
