"""The dispatch board of one day as one viewer may see it."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session

from api import reach, record
from api.disclosure import Role, Viewer
from api.schemas.board import BoardRoom, BoardSession, BoardUnscheduled, BoardVenue, BoardView
from api.store import ledger, projects, support, venues
from models.projects import ProjectState
from scheduler.projects import ProcurementKind
from scheduler.rules import RuleBook, Rules
from scheduler.venues import Venue


def view(session: Session, day: date, viewer: Viewer, book: RuleBook, now: datetime) -> BoardView:
    """The day's rooms and sittings, what has no place, and the log positions that this state includes."""
    known = venues.load_all(session)
    rows = projects.rows_of(session, day)
    cases = record.cases(session, rows)
    progress = projects.progress(session, [row.project_id for row in rows])
    totals = support.counts(session, f"{day:%Y}")
    rules = _rules(book, known, day)
    return BoardView(
        date=day,
        now=now,
        cutoff=rules.split_cutoff_local_time.strftime("%H:%M"),
        timezone="Asia/Shanghai",
        epoch=ledger.epoch_of(session),
        positions=ledger.heads(session, reach.topics(viewer, (v.region for v in known))),
        venues=[_venue(v, totals, viewer, rules.disclose_min_group) for v in known],
        sessions=[s for case in cases for s in _sessions(case, viewer, progress)],
        unscheduled=[
            BoardUnscheduled(serial=case.project.serial, reason=case.project.reason)
            for case in cases
            if case.project.state == ProjectState.UNSCHEDULED and reach.knows_project(viewer, case)
        ],
    )


def smallest_group(book: RuleBook, known: tuple[Venue, ...], now: datetime) -> int:
    """The fewest that a public statistic may tell of (disclose.min_group)."""
    return _rules(book, known, now.date()).disclose_min_group


def shown_count(total: int, viewer: Viewer, smallest: int) -> int | None:
    """A support count; the public does not see one that tells of fewer than disclose.min_group projects."""
    return None if viewer.role is Role.PUBLIC and 0 < total < smallest else total


def _rules(book: RuleBook, known: tuple[Venue, ...], day: date) -> Rules:
    return book.at(day, known[0].region if known else "", ProcurementKind.CONSTRUCTION)


def _venue(venue: Venue, totals: dict[str, int], viewer: Viewer, smallest: int) -> BoardVenue:
    return BoardVenue(
        venue_id=venue.venue_id,
        name=venue.name,
        region=venue.region,
        seats=venue.seats,
        support_count=shown_count(totals.get(venue.venue_id, 0), viewer, smallest),
        rooms=[BoardRoom(room_id=room.room_id, seats=room.seats) for room in venue.rooms],
    )


def _sessions(case: record.Case, viewer: Viewer, progress: dict[str, float]) -> Iterator[BoardSession]:
    if case.row is None or case.booking is None or not reach.sees_sittings(viewer, case):
        return
    done = progress.get(case.project.project_id, 0.0)
    for part in case.booking.parts:
        for sitting in case.booking.sessions:
            yield BoardSession(
                booking_id=case.row.booking_id,
                serial=case.project.serial,
                project=case.project.name if reach.knows_project(viewer, case) else None,
                venue_id=part.venue_id,
                room_id=part.room_id,
                side=part.side.value,
                start=sitting.start,
                end=sitting.end,
                split=case.row.split,
                state=record.STATES[case.project.state],
                progress=done,
            )
