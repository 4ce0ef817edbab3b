"""The dispatch board of one day as one viewer may see it: what holds, or what a plan proposes."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import cast

from sqlmodel import Session

from api import reach, record
from api.disclosure import Role, Viewer
from api.schemas.board import (
    BoardRoom,
    BoardSession,
    BoardState,
    BoardUnscheduled,
    BoardVenue,
    BoardView,
    DraftBoard,
)
from api.schemas.plans import PlanView
from api.store import durations, ledger, plans, projects, support, venues
from models.durations import WatchRow
from models.plans import PlanState
from models.projects import ProjectState
from scheduler.planning.outcome import Booking
from scheduler.projects import ProcurementKind
from scheduler.rules import RuleBook, Rules
from scheduler.venues import Venue


def view(session: Session, day: date, viewer: Viewer, book: RuleBook, now: datetime) -> BoardView:
    """The day's rooms and sittings, what has no place, and the log positions that this state includes."""
    rows = projects.rows_of(session, day)
    cases = record.cases(session, rows)
    progress = projects.progress(session, [row.project_id for row in rows])
    watched = durations.watched(session, [row.project_id for row in rows])
    sessions = [s for case in cases for s in _sessions(case, viewer, progress, watched)]
    known = [case for case in cases if reach.knows_project(viewer, case)]
    unscheduled, waiting = (
        [_left(case, case.project.reason) for case in known if case.project.state == state]
        for state in (ProjectState.UNSCHEDULED, ProjectState.SUBMITTED)
    )
    totals = support.counts(session, f"{day:%Y}")
    return _board(session, day, viewer, book, now, sessions, unscheduled, waiting, totals)


def draft(session: Session, plan_id: str, viewer: Viewer, book: RuleBook, now: datetime) -> DraftBoard:
    """What a plan proposes, drawn as the board would be: nothing of it holds until the plan is published."""
    row = plans.row(session, plan_id)
    plan, day = plans.load(session, row), date.fromisoformat(row.opening_date)
    ids = [booking.project_id for booking in plan.bookings] + [miss.project_id for miss in plan.unscheduled]
    cases = {
        case.project.project_id: case for case in record.cases(session, projects.rows_with(session, ids))
    }
    sessions = [
        each
        for booking in plan.bookings
        for each in _sittings(cases[booking.project_id], booking, "booked", 0.0, viewer, plan_id)
    ]
    unscheduled = [
        _left(cases[miss.project_id], miss.reason)
        for miss in plan.unscheduled
        if reach.knows_project(viewer, cases[miss.project_id])
    ]
    totals = Counter(support.counts(session, f"{day:%Y}"))
    if row.state != PlanState.PUBLISHED:
        totals.update(part.venue_id for booking in plan.bookings for part in booking.guests)
    return DraftBoard(
        plan=PlanView.of(row),
        scheduled=len(plan.bookings),
        avoidable_splits=plan.avoidable_splits,
        unavoidable_splits=sum(booking.split for booking in plan.bookings) - plan.avoidable_splits,
        board=_board(session, day, viewer, book, now, sessions, unscheduled, [], totals),
    )


def _board(
    session: Session,
    day: date,
    viewer: Viewer,
    book: RuleBook,
    now: datetime,
    sessions: list[BoardSession],
    unscheduled: list[BoardUnscheduled],
    waiting: list[BoardUnscheduled],
    totals: dict[str, int],
) -> BoardView:
    known = venues.load_all(session)
    rules = _rules(book, known, day)
    return BoardView(
        date=day,
        now=now,
        cutoff=rules.split_cutoff_local_time.strftime("%H:%M"),
        timezone="Asia/Shanghai",
        epoch=ledger.epoch_of(session),
        positions=ledger.heads(session, reach.topics(viewer, (v.region for v in known))),
        venues=[_venue(v, totals, viewer, rules.disclose_min_group) for v in known],
        sessions=sessions,
        unscheduled=unscheduled,
        waiting=waiting,
    )


def _left(case: record.Case, reason: str) -> BoardUnscheduled:
    project = case.project
    return BoardUnscheduled(
        serial=project.serial,
        reason=reason,
        project_id=project.project_id,
        project=project.name,
        version=project.version,
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


def _sessions(
    case: record.Case, viewer: Viewer, progress: dict[str, float], watched: dict[str, WatchRow]
) -> Iterator[BoardSession]:
    if case.row is None or case.booking is None:
        return
    done = progress.get(case.project.project_id, 0.0)
    state = cast("BoardState", record.STATES[case.project.state])
    seen = watched.get(case.project.project_id) if state == "evaluating" else None
    for sitting in _sittings(case, case.booking, state, done, viewer, case.row.booking_id):
        if seen is None:
            yield sitting
        else:
            yield sitting.model_copy(update={"forecast_end": seen.forecast_end, "alarm": seen.alarm})


def _sittings(
    case: record.Case, booking: Booking, state: BoardState, done: float, viewer: Viewer, booking_id: str
) -> Iterator[BoardSession]:
    if not reach.sees_sittings(viewer, case):
        return
    known = reach.knows_project(viewer, case)
    for part in booking.parts:
        for sitting in booking.sessions:
            yield BoardSession(
                booking_id=booking_id,
                serial=case.project.serial,
                project_id=case.project.project_id if known else None,
                project=case.project.name if known else None,
                venue_id=part.venue_id,
                room_id=part.room_id,
                side=part.side.value,
                start=sitting.start,
                end=sitting.end,
                split=booking.split,
                state=state,
                progress=done,
            )
