"""A published plan is answered anew after a change: what has begun or is drawn stays, little moves, all of it is told.

Projects of the affected opening days that no panel is drawn for may move, though seldom do; everything else is held.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from api import record
from api.office import Office
from api.planning import learning
from api.planning.frozen import problem_of
from api.planning.moving import Mover, Moves
from api.refusals import PlanIsUnsound
from api.store import bookings, projects
from models.projects import ProjectRow, ProjectState
from scheduler.planning import Booking, Change, Plan, Problem, problem_after, replan
from scheduler.planning.board.shifts import Shifts
from scheduler.projects import Project
from scheduler.verification.plans import verify_plan

MAY_MOVE = (ProjectState.GUEST_PENDING, ProjectState.BOOKED, ProjectState.UNSCHEDULED)
"""States in which a project of the same day takes part, for nobody has been drawn for it."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A part of what is in force: the problem that it answers, and the plan."""

    problem: Problem
    plan: Plan


def in_force(
    session: Session,
    office: Office,
    affected: Collection[str],
    seed: int,
    *,
    held: Collection[str] = (),
    new: str = "",
    lock: bool = True,
) -> InForce:
    """The plan in force for the affected projects and those of their days that may move.

    Of the `held` projects, evaluations under way, rooms and start stay. `new` is left out: it has yet to come in.
    The affected rows are locked, unless nothing is to be changed.
    """
    rows = _rows(session, affected, lock)
    values = projects.values(session, (row for row in rows if row.project_id != new))
    ids = [value.project_id for value in values]
    booked = bookings.held(session, ids)
    found = bookings.values(session, booked)
    known = {value.project_id: value for value in values}
    kept = {booking.project_id for booking in found if booking.project_id not in affected}
    without = [row.booking_id for row in booked]
    problem = problem_of(session, office, values, seed, without, learning.known(session))
    holds = {
        booking.project_id: work_of(booking, known[booking.project_id], office)
        for booking in found
        if booking.project_id in kept
    }
    problem = problem.with_(
        begun=tuple(booking for booking in found if booking.project_id in held),
        durations=tuple({**dict(problem.durations), **holds}.items()),
    )
    return InForce(problem, Plan(found, (), 0, 0, seed, problem.digest, office.book.digest))


def work_of(booking: Booking, project: Project, office: Office) -> timedelta:
    """The work that the booking's sessions hold, breaks taken out."""
    rules = office.book.at(project.opening_at.date(), project.region, project.kind)
    shifts, minute = Shifts.of(rules), timedelta(minutes=1)
    return sum((shifts.work_in((s.end - s.start) // minute) for s in booking.sessions), 0) * minute


def answer(before: InForce, change: Change, now: datetime) -> tuple[Problem, Plan]:
    """The problem after the change and its plan; raises `PlanIsUnsound` when the independent checker objects."""
    return checked(before, change, replan(before.problem, before.plan, change, now), now)


def checked(before: InForce, change: Change, plan: Plan, now: datetime) -> tuple[Problem, Plan]:
    """The problem after the change and this plan for it; raises `PlanIsUnsound` unless that is sound."""
    problem = problem_after(before.problem, before.plan, change, now)
    if violations := verify_plan(problem, plan):
        raise PlanIsUnsound("plan", type(change).__name__, f"{len(violations)} broken: {violations[0].rule}")
    return problem, plan


def apply(
    session: Session,
    office: Office,
    before: InForce,
    answered: tuple[Problem, Plan],
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> Moves:
    """What the new plan changes is in force: rooms are held, guests asked, panels released, everyone told."""
    problem, plan = answered
    old = {booking.project_id: booking for booking in before.plan.bookings}
    under_way = {booking.project_id for booking in problem.begun}
    changed = [
        booking
        for booking in plan.bookings
        if booking.project_id not in old or not _same(old[booking.project_id], booking)
    ]
    mover = Mover(session, office, record.Scribe(session, actor, now), reason, plan)
    lost = [miss for miss in plan.unscheduled if miss.project_id in old]
    return mover.carry_out(
        stretched=[b for b in changed if b.project_id in under_way],
        placed=[b for b in changed if b.project_id not in under_way],
        lost=[miss for miss in lost if miss.project_id not in under_way],
        stuck=[miss for miss in lost if miss.project_id in under_way],
        still_without=[miss for miss in plan.unscheduled if miss.project_id not in old],
    )


def _rows(session: Session, affected: Collection[str], lock: bool) -> Sequence[ProjectRow]:
    """The affected projects, and those of their opening days that may move, by id."""
    own = {project_id: projects.row(session, project_id, lock) for project_id in sorted(affected)}
    days = sorted({date.fromisoformat(row.opening_date) for row in own.values()})
    beside = {
        row.project_id: row
        for day in days
        for row in projects.rows_of(session, day)
        if row.state in MAY_MOVE and row.opened_at is None
    }
    return [row for _, row in sorted({**beside, **own}.items())]


def _same(before: Booking, after: Booking) -> bool:
    return (before.parts, before.sessions) == (after.parts, after.sessions)
