"""Rows and values of bookings: drafts of a plan, released reservations, sessions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, select

from api.refusals import NotFound
from api.store.clashes import told
from api.store.projects import LOCAL
from models.bookings import BookingPartRow, BookingRow, BookingState, ReservationRow
from models.projects import ProjectRow
from scheduler.planning.outcome import Booking, Part, Side
from scheduler.planning.outcome import Session as Sitting
from scheduler.planning.problem import Commitment

HOLDING = (BookingState.PENDING, BookingState.CONFIRMED, BookingState.DONE)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A home and a guest that a project has brought together, or will."""

    project_id: str
    opening_date: str
    home: str
    guest: str


def add_drafts(session: Session, plan_id: str, bookings: Sequence[Booking], serials: dict[str, str]) -> None:
    """The plan's bookings are stored as drafts, which hold no room; ids are made of serials, not projects."""
    session.add_all(
        BookingRow(
            booking_id=f"{plan_id}-{serials[b.project_id]}",
            project_id=b.project_id,
            plan_id=plan_id,
            split=b.split,
            avoidable=b.avoidable,
            reason=b.reason,
            state=BookingState.DRAFT.value,
        )
        for b in bookings
    )
    session.flush()
    for booking in bookings:
        booking_id = f"{plan_id}-{serials[booking.project_id]}"
        session.add_all(
            BookingPartRow(
                booking_id=booking_id,
                place=place,
                side=part.side.value,
                venue_id=part.venue_id,
                room_id=part.room_id,
                seats=part.seats,
                experts=part.experts,
            )
            for place, part in enumerate(booking.parts)
        )
    session.flush()
    for booking in bookings:
        session.add_all(
            ReservationRow(
                booking_id=f"{plan_id}-{serials[booking.project_id]}",
                place=place,
                nth=nth,
                room_id=part.room_id,
                starts_at=sitting.start,
                ends_at=sitting.end,
                active=False,
            )
            for place, part in enumerate(booking.parts)
            for nth, sitting in enumerate(booking.sessions)
        )
    session.flush()


def of_plan(session: Session, plan_id: str) -> Sequence[BookingRow]:
    """The plan's booking rows, by id."""
    query = select(BookingRow).where(BookingRow.plan_id == plan_id)
    return session.exec(query.order_by(col(BookingRow.booking_id))).all()


def row(session: Session, booking_id: str) -> BookingRow:
    """The booking's row; raises `NotFound`."""
    found = session.get(BookingRow, booking_id)
    if found is None:
        raise NotFound("booking", booking_id)
    return found


def holding(session: Session, project_id: str) -> BookingRow | None:
    """The booking that holds rooms for the project, if any."""
    query = select(BookingRow).where(BookingRow.project_id == project_id, col(BookingRow.state).in_(HOLDING))
    return session.exec(query).first()


def held(session: Session, project_ids: Iterable[str] | None = None) -> Sequence[BookingRow]:
    """All bookings that hold rooms, or those of these projects."""
    query = select(BookingRow).where(col(BookingRow.state).in_(HOLDING))
    if project_ids is not None:
        query = query.where(col(BookingRow.project_id).in_(set(project_ids)))
    return session.exec(query.order_by(col(BookingRow.booking_id))).all()


def ahead(session: Session, since: datetime) -> Sequence[BookingRow]:
    """The holding bookings that have a session which ends after that moment."""
    sitting = select(ReservationRow.booking_id).where(
        col(ReservationRow.active), ReservationRow.ends_at > since
    )
    query = select(BookingRow).where(
        col(BookingRow.state).in_(HOLDING), col(BookingRow.booking_id).in_(sitting)
    )
    return session.exec(query.order_by(col(BookingRow.booking_id))).all()


def values(session: Session, rows: Iterable[BookingRow]) -> tuple[Booking, ...]:
    """The engine's values of these rows, in their order, with local times."""
    listed = list(rows)
    ids = {booking.booking_id for booking in listed}
    parts: dict[str, list[Part]] = defaultdict(list)
    for part in session.exec(
        select(BookingPartRow)
        .where(col(BookingPartRow.booking_id).in_(ids))
        .order_by(col(BookingPartRow.booking_id), col(BookingPartRow.place))
    ):
        parts[part.booking_id].append(
            Part(Side(part.side), part.venue_id, part.room_id, part.seats, part.experts)
        )
    sittings: dict[str, list[Sitting]] = defaultdict(list)
    for held_room in session.exec(
        select(ReservationRow)
        .where(col(ReservationRow.booking_id).in_(ids), ReservationRow.place == 0)
        .order_by(col(ReservationRow.booking_id), col(ReservationRow.nth))
    ):
        sittings[held_room.booking_id].append(
            Sitting(held_room.starts_at.astimezone(LOCAL), held_room.ends_at.astimezone(LOCAL))
        )
    return tuple(
        Booking(
            project_id=b.project_id,
            parts=tuple(parts[b.booking_id]),
            sessions=tuple(sittings[b.booking_id]),
            split=b.split,
            avoidable=b.avoidable,
            reason=b.reason,
        )
        for b in listed
    )


def release(session: Session, bookings: Iterable[BookingRow], state: BookingState) -> None:
    """The drafts hold their rooms from now on; raises `RoomTaken` when a room is held already."""
    ids = []
    for booking in bookings:
        booking.state = state.value
        session.add(booking)
        ids.append(booking.booking_id)
    with told(session):
        for held_room in _reservations(session, ids):
            held_room.active = True
            session.add(held_room)


def lift(session: Session, booking: BookingRow) -> None:
    """The booking holds no room until it is told anew when it sits."""
    for held_room in _reservations(session, [booking.booking_id]):
        held_room.active = False
        session.add(held_room)
    session.flush()


def resit(session: Session, booking: BookingRow, sittings: Sequence[Sitting]) -> None:
    """The booking holds its rooms in these sessions; raises `RoomTaken` when one is held already."""
    parts = session.exec(select(BookingPartRow).where(BookingPartRow.booking_id == booking.booking_id)).all()
    known = {(row.place, row.nth): row for row in _reservations(session, [booking.booking_id])}
    with told(session):
        for part in parts:
            for nth, sitting in enumerate(sittings):
                row = known.get((part.place, nth))
                if row is None:
                    row = ReservationRow(
                        booking_id=booking.booking_id,
                        place=part.place,
                        nth=nth,
                        room_id=part.room_id,
                        starts_at=sitting.start,
                        ends_at=sitting.end,
                    )
                row.starts_at, row.ends_at, row.active = sitting.start, sitting.end, True
                session.add(row)


def in_the_way(
    session: Session, venue_id: str, room_id: str | None, start: datetime, end: datetime
) -> list[str]:
    """The projects whose bookings hold the room, or any of the venue, at some time between `start` and `end`."""
    query = (
        select(BookingRow.project_id)
        .join(BookingPartRow, col(BookingPartRow.booking_id) == BookingRow.booking_id)
        .join(
            ReservationRow,
            and_(
                col(ReservationRow.booking_id) == BookingPartRow.booking_id,
                col(ReservationRow.place) == BookingPartRow.place,
            ),
        )
        .where(
            col(ReservationRow.active),
            BookingPartRow.venue_id == venue_id,
            ReservationRow.starts_at < end,
            ReservationRow.ends_at > start,
            col(BookingRow.state) != BookingState.DONE,
        )
    )
    if room_id is not None:
        query = query.where(ReservationRow.room_id == room_id)
    return sorted(set(session.exec(query)))


def cancel(session: Session, booking: BookingRow) -> None:
    """The booking holds nothing any more."""
    booking.state = BookingState.CANCELLED.value
    session.add(booking)
    for held_room in _reservations(session, [booking.booking_id]):
        held_room.active = False
        session.add(held_room)
    session.flush()


def set_state(session: Session, booking: BookingRow, state: BookingState) -> None:
    """The booking is in the state."""
    booking.state = state.value
    session.add(booking)
    session.flush()


def end_now(session: Session, booking: BookingRow, now: datetime) -> None:
    """The rooms are free from `now` on: what was reserved after it is given back."""
    for held_room in _reservations(session, [booking.booking_id]):
        if held_room.starts_at >= now:
            held_room.active = False
        elif held_room.ends_at > now:
            held_room.ends_at = now
        session.add(held_room)
    booking.state = BookingState.DONE.value
    session.add(booking)
    session.flush()


def experts(session: Session, project_ids: Iterable[str]) -> dict[str, int]:
    """Expert seats that the holding bookings of these projects ask for, by project."""
    held_by = {row.booking_id: row.project_id for row in held(session, project_ids)}
    query = select(BookingPartRow).where(col(BookingPartRow.booking_id).in_(held_by))
    found: dict[str, int] = {}
    for part in session.exec(query):
        project_id = held_by[part.booking_id]
        found[project_id] = found.get(project_id, 0) + part.experts
    return found


def meetings(session: Session, since: str, states: Collection[BookingState] = HOLDING) -> Iterator[Meeting]:
    """The pairs of venues that bookings in these states bring together, of openings from the day `since` on."""
    query = (
        select(
            ProjectRow.project_id,
            ProjectRow.opening_date,
            ProjectRow.home,
            BookingPartRow.venue_id,
        )
        .join(BookingRow, col(BookingRow.project_id) == ProjectRow.project_id)
        .join(BookingPartRow, col(BookingPartRow.booking_id) == BookingRow.booking_id)
        .where(
            col(BookingRow.state).in_(states),
            BookingPartRow.place > 0,
            ProjectRow.opening_date >= since,
        )
        .order_by(col(ProjectRow.project_id), col(BookingPartRow.place))
    )
    for found in session.exec(query):
        yield Meeting(*found)


def commitments(session: Session, without: Collection[str] = ()) -> tuple[Commitment, ...]:
    """Every room's time that is taken, as the planner knows it, but for the bookings named."""
    query = (
        select(ReservationRow, BookingPartRow.venue_id)
        .join(
            BookingPartRow,
            and_(
                col(BookingPartRow.booking_id) == ReservationRow.booking_id,
                col(BookingPartRow.place) == ReservationRow.place,
            ),
        )
        .where(col(ReservationRow.active), col(ReservationRow.booking_id).not_in(set(without)))
        .order_by(col(ReservationRow.room_id), col(ReservationRow.starts_at))
    )
    return tuple(
        Commitment(venue_id, held.room_id, held.starts_at.astimezone(LOCAL), held.ends_at.astimezone(LOCAL))
        for held, venue_id in session.exec(query)
    )


def _reservations(session: Session, booking_ids: Iterable[str]) -> Sequence[ReservationRow]:
    query = select(ReservationRow).where(col(ReservationRow.booking_id).in_(list(booking_ids)))
    return session.exec(query).all()
