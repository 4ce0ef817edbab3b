"""What happens to a published plan (变更): each change is on record and answered by a re-plan, in one transaction."""

from datetime import datetime, timedelta

from sqlmodel import Session

from api import record
from api.office import Office
from api.planning import replanning, watching
from api.planning.moving import BEFORE_START, Moves, vacate
from api.refusals import PlanIsStale, WrongState
from api.store import bookings, limits, projects, venues
from models.bookings import BookingState
from models.projects import ProjectRow, ProjectState
from scheduler.errors import require
from scheduler.planning import (
    Cancelled,
    NewProject,
    Offer,
    Offline,
    OpeningPostponed,
    Overrun,
    Supply,
    SupplyDropped,
    offers,
)
from scheduler.timeline import ZONE
from scheduler.venues import Blocked

WITHOUT = (ProjectState.SUBMITTED, ProjectState.UNSCHEDULED)
"""States in which a project has no place."""


def ranked(session: Session, office: Office, project_id: str, seed: int, now: datetime) -> tuple[Offer, ...]:
    """Up to three places for a project that has none, cheapest first; nobody else moves for them."""
    _without_place(projects.row(session, project_id))
    around = replanning.in_force(session, office, {project_id}, seed, new=project_id, lock=False)
    return offers(around.problem, around.plan, projects.load(session, project_id), now)


def take_offer(
    session: Session,
    office: Office,
    project_id: str,
    *,
    seed: int,
    start: datetime,
    actor: str,
    now: datetime,
) -> Moves:
    """The project has the offered place; raises `PlanIsStale` when that place is no longer offered."""
    _without_place(projects.row(session, project_id, lock=True))
    around = replanning.in_force(session, office, {project_id}, seed, new=project_id)
    change = NewProject(projects.load(session, project_id))
    for offer in offers(around.problem, around.plan, change.project, now):
        if offer.booking.start == start:
            answered = replanning.checked(around, change, offer.plan, now)
            return replanning.apply(
                session, office, around, answered, reason="the offer was taken", actor=actor, now=now
            )
    raise PlanIsStale("offer", project_id, "the place is no longer offered; ask for new ones")


def place(
    session: Session, office: Office, project_id: str, *, seed: int, actor: str, now: datetime
) -> Moves:
    """The project that came in late has a place, though others may move for it; or the reason why not."""
    _without_place(projects.row(session, project_id, lock=True))
    around = replanning.in_force(session, office, {project_id}, seed, new=project_id)
    answered = replanning.answer(around, NewProject(projects.load(session, project_id)), now)
    return replanning.apply(
        session, office, around, answered, reason="a project came in", actor=actor, now=now
    )


def cancel(
    session: Session, office: Office, project_id: str, *, reason: str, seed: int, actor: str, now: datetime
) -> Moves:
    """The project is withdrawn, and whoever waited for its rooms may have them."""
    row = projects.row(session, project_id, lock=True)
    if row.state not in BEFORE_START:
        raise WrongState("project", project_id, f"is {row.state}: only what has not begun can be withdrawn")
    before = replanning.in_force(session, office, {project_id}, seed)
    answered = replanning.answer(before, Cancelled(project_id), now)
    scribe, case = record.Scribe(session, actor, now), record.case(session, project_id)
    vacate(case, scribe, "cancelled", reason)
    case.project.reason = reason
    projects.move(session, case.project, ProjectState.CANCELLED, *BEFORE_START)
    told = {"code": "cancelled", "reason": reason}
    scribe.note("project.cancelled", record.case(session, project_id), facts=told)
    return replanning.apply(
        session, office, before, answered, reason="a project was withdrawn", actor=actor, now=now
    )


def postpone(
    session: Session,
    office: Office,
    project_id: str,
    *,
    opening_at: datetime,
    reason: str,
    seed: int,
    actor: str,
    now: datetime,
) -> Moves:
    """The opening is at another time (开标延期), and a project that had a place has one after it, if there is any."""
    row = projects.row(session, project_id, lock=True)
    if row.state not in BEFORE_START or row.opened_at is not None:
        raise WrongState("project", project_id, f"is {row.state}, or opened before")
    require(opening_at > now, "opening_at", opening_at.isoformat(), "an opening is postponed to a later time")
    change = OpeningPostponed(project_id, opening_at.astimezone(ZONE))
    before = answered = None
    if row.state != ProjectState.SUBMITTED:
        before = replanning.in_force(session, office, {project_id}, seed)
        answered = replanning.answer(before, change, now)
    told = {"from_opening_at": row.opening_at.isoformat(), "reason": reason}
    projects.postpone(session, row, opening_at)
    scribe, case = record.Scribe(session, actor, now), record.case(session, project_id)
    scribe.note("opening.postponed", case, facts={**told, "opening_at": opening_at.isoformat()})
    if before is None or answered is None:
        return Moves()
    return replanning.apply(
        session, office, before, answered, reason="the opening was postponed", actor=actor, now=now
    )


def prolong(
    session: Session,
    office: Office,
    project_id: str,
    *,
    work: timedelta | None,
    seed: int,
    actor: str,
    now: datetime,
) -> Moves:
    """The evaluation has the time it needs, on a further day when 22:00 comes first (run-time split).

    Without `work` it is what the live forecast says. With a panel, or begun, it goes on in its rooms.
    """
    seen = watching.outlook(session, office, record.case(session, project_id, lock=True), now)
    row = projects.row(session, project_id)
    held = {project_id} if row.state in watching.DRAWN else set[str]()
    before = replanning.in_force(session, office, {project_id}, seed, held=held)
    answered = replanning.answer(before, Overrun(project_id, work or seen.work), now)
    minutes = (work or seen.work) // timedelta(minutes=1)
    reason = f"the forecast is {minutes} minutes of work, {seen.probability:.0%} likely to pass the line"
    if not held:
        reason = f"the forecast after the opening is {minutes} minutes of work"
    return replanning.apply(session, office, before, answered, reason=reason, actor=actor, now=now)


def block(
    session: Session, office: Office, venue_id: str, blocked: Blocked, *, seed: int, actor: str, now: datetime
) -> Moves:
    """The room, or the whole venue, is out of service (停用), and whoever sat there then sits elsewhere."""
    affected = bookings.in_the_way(session, venue_id, blocked.room_id, blocked.start, blocked.end)
    change = Offline(
        venue_id,
        blocked.room_id,
        blocked.start.astimezone(ZONE),
        blocked.end.astimezone(ZONE),
        blocked.reason,
    )
    before = replanning.in_force(session, office, affected, seed) if affected else None
    answered = None if before is None else replanning.answer(before, change, now)
    venues.block(session, venue_id, blocked)
    record.Scribe(session, actor, now).note_venue(
        "venue.blocked",
        venue_id,
        {
            "room_id": blocked.room_id or "",
            "start": blocked.start.isoformat(),
            "end": blocked.end.isoformat(),
            "reason": blocked.reason,
        },
    )
    if before is None or answered is None:
        return Moves()
    reason = f"{blocked.room_id or venue_id} is out of service"
    return replanning.apply(session, office, before, answered, reason=reason, actor=actor, now=now)


def limit(
    session: Session, office: Office, supply: Supply, *, reason: str, seed: int, actor: str, now: datetime
) -> Moves:
    """A region supplies no more than so many experts, and bookings beyond that have guests elsewhere, or wait."""
    affected = _seated_in(session, supply, now)
    before = replanning.in_force(session, office, affected, seed) if affected else None
    answered = None if before is None else replanning.answer(before, SupplyDropped(supply), now)
    limits.add(session, supply, reason, actor, now)
    record.Scribe(session, actor, now).note_region(
        "supply.limited", supply.region, {"seats": supply.experts, "reason": reason}
    )
    if before is None or answered is None:
        return Moves()
    reason = f"{supply.region} supplies {supply.experts} experts"
    return replanning.apply(session, office, before, answered, reason=reason, actor=actor, now=now)


def _seated_in(session: Session, supply: Supply, now: datetime) -> set[str]:
    """Projects without a panel that have a session ahead in the region, on the supply's day if it names one."""
    regions = {venue_id: region for venue_id, (_, region) in venues.places(session).items()}
    rows = [row for row in bookings.held(session) if row.state != BookingState.DONE]
    free = {row.project_id for row in projects.rows_of(session) if row.state in replanning.MAY_MOVE}
    return {
        booking.project_id
        for booking in bookings.values(session, [row for row in rows if row.project_id in free])
        if any(regions[part.venue_id] == supply.region for part in booking.parts)
        and any(s.start > now and supply.day in (None, s.start.date()) for s in booking.sessions)
    }


def _without_place(row: ProjectRow) -> None:
    if row.state not in WITHOUT:
        raise WrongState("project", row.project_id, f"is {row.state}: it has a place")
