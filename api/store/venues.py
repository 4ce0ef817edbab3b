"""Rows and values of venues and rooms."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, func, select

from api.refusals import NotFound
from models.venues import BlockedRow, RoomRow, VenueHoursRow, VenueRow
from scheduler.venues import Blocked, Hours, Room, Venue


def save_all(session: Session, venues: Iterable[Venue]) -> None:
    """Every venue is stored with its rooms and blocked times, replacing what was known of it."""
    for venue in venues:
        session.merge(
            VenueRow(
                venue_id=venue.venue_id,
                centre_id=venue.centre_id,
                name=venue.name,
                region=venue.region,
                opens=venue.opens,
                closes=venue.closes,
            )
        )
        session.flush()
        for room in venue.rooms:
            session.merge(
                RoomRow(
                    room_id=room.room_id,
                    venue_id=venue.venue_id,
                    seats=room.seats,
                    equipment=sorted(room.equipment),
                )
            )
        session.flush()
        for each in venue.hours:
            session.merge(
                VenueHoursRow(
                    venue_id=venue.venue_id,
                    day=str(each.weekday or each.day),
                    opens=each.opens,
                    closes=each.closes,
                )
            )
        for nth, blocked in enumerate(sorted(venue.blocked, key=_by_time)):
            session.merge(
                BlockedRow(
                    blocked_id=f"{venue.venue_id}-X{nth}",
                    venue_id=venue.venue_id,
                    room_id=blocked.room_id,
                    starts_at=blocked.start,
                    ends_at=blocked.end,
                    reason=blocked.reason,
                )
            )
    session.flush()


def load_all(session: Session) -> tuple[Venue, ...]:
    """Every venue, by id."""
    rooms: dict[str, list[Room]] = defaultdict(list)
    for room in session.exec(select(RoomRow).order_by(col(RoomRow.room_id))):
        rooms[room.venue_id].append(Room(room.room_id, room.seats, frozenset(room.equipment)))
    blocked: dict[str, list[Blocked]] = defaultdict(list)
    for row in session.exec(select(BlockedRow).order_by(col(BlockedRow.blocked_id))):
        blocked[row.venue_id].append(Blocked(row.starts_at, row.ends_at, row.room_id, row.reason))
    hours: dict[str, list[Hours]] = defaultdict(list)
    for own in session.exec(select(VenueHoursRow)):
        hours[own.venue_id].append(_hours(own))
    return tuple(
        Venue(
            venue_id=row.venue_id,
            centre_id=row.centre_id,
            name=row.name,
            region=row.region,
            rooms=tuple(rooms[row.venue_id]),
            opens=row.opens,
            closes=row.closes,
            blocked=tuple(blocked[row.venue_id]),
            hours=tuple(hours[row.venue_id]),
        )
        for row in session.exec(select(VenueRow).order_by(col(VenueRow.venue_id)))
    )


def _hours(row: VenueHoursRow) -> Hours:
    if row.day.isdigit():
        return Hours(row.opens, row.closes, weekday=int(row.day))
    return Hours(row.opens, row.closes, day=date.fromisoformat(row.day))


def block(session: Session, venue_id: str, blocked: Blocked) -> BlockedRow:
    """The room, or the whole venue, is out of service for that time; raises `NotFound`."""
    if session.get(VenueRow, venue_id) is None:
        raise NotFound("venue", venue_id)
    if blocked.room_id is not None:
        room = session.get(RoomRow, blocked.room_id)
        if room is None or room.venue_id != venue_id:
            raise NotFound("room", blocked.room_id)
    count = select(func.count()).select_from(BlockedRow).where(BlockedRow.venue_id == venue_id)
    row = BlockedRow(
        blocked_id=f"{venue_id}-X{session.exec(count).one()}",
        venue_id=venue_id,
        room_id=blocked.room_id,
        starts_at=blocked.start,
        ends_at=blocked.end,
        reason=blocked.reason,
    )
    session.add(row)
    session.flush()
    return row


def centre_of(session: Session, venue_id: str) -> str:
    """The id of the centre that runs the venue; raises `NotFound`."""
    row = session.get(VenueRow, venue_id)
    if row is None:
        raise NotFound("venue", venue_id)
    return row.centre_id


def places(session: Session) -> dict[str, tuple[str, str]]:
    """The centre and the region of each venue, by venue id."""
    return {row.venue_id: (row.centre_id, row.region) for row in session.exec(select(VenueRow))}


def _by_time(blocked: Blocked) -> tuple[str, str, str]:
    return (blocked.start.isoformat(), blocked.end.isoformat(), blocked.room_id or "")
