"""A day is planned: ordered, frozen, solved, checked, saved as drafts, and published."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from api import record
from api.office import Office
from api.planning import learning
from api.planning.frozen import PLANNABLE, day_of, problem_of
from api.refusals import PlanIsStale, PlanIsUnsound, WrongState
from api.store import bookings, guests, plan_jobs, plans, projects, rulebooks
from models.bookings import BookingState
from models.plans import PlanRow, PlanState
from models.projects import ProjectRow, ProjectState
from scheduler.planning.budget import Progress
from scheduler.planning.outcome import Impossible, Outcome, OutOfTime, Plan
from scheduler.planning.problem import Problem
from scheduler.verification.plans import Violation, verify_plan


def order(
    session: Session, office: Office, day: date, *, seed: int, seconds: int, actor: str, now: datetime
) -> PlanRow:
    """The day's plan is ordered, with what is known of durations now; a worker takes it from there."""
    rulebooks.keep(session, office.book, now)
    return plans.order(
        session,
        day,
        seed=seed,
        seconds=seconds,
        rules_digest=office.book.digest,
        durations_digest=learning.known(session).digest,
        by=actor,
        now=now,
    )


def freeze(session: Session, office: Office, plan: PlanRow) -> Problem:
    """What there is to plan, as the world is now: the day's projects without a place, and rooms taken."""
    return day_of(session, office, plan)


def alone(session: Session, office: Office, project_id: str, seed: int) -> Problem:
    """The problem of placing one project anew: around everything that is booked, its own rooms apart."""
    held = bookings.holding(session, project_id)
    wanted = (projects.load(session, project_id),)
    without = (held.booking_id,) if held else ()
    return problem_of(session, office, wanted, seed, without, learning.known(session))


def claim(session: Session, worker: str, lease: timedelta, now: datetime) -> PlanRow | None:
    """The oldest order that nobody works on is this worker's, and whoever watches it knows."""
    row = plans.claim(session, worker, lease, now)
    if row is not None:
        record.Scribe(session, worker, now).note_order(row)
    return row


def progress(
    session: Session, plan_id: str, worker: str, at: Progress, lease: timedelta, now: datetime
) -> bool:
    """Whoever watches the plan knows how far it is; False when it is no longer this worker's to solve."""
    row = plans.row(session, plan_id, lock=True)
    if row.state != PlanState.SOLVING or row.worker != worker:
        return False
    told = {
        "phase": at.phase,
        "iterations": at.iterations,
        "cost": at.cost,
        "bound": at.bound,
        "gap": round(at.gap, 6),
    }
    plans.note_progress(session, row, told, now + lease)
    record.Scribe(session, worker, now).note_order(row, told)
    return True


def fail(session: Session, plan_id: str, worker: str, reason: str, now: datetime) -> None:
    """The order ends without a plan, and says that solving it failed."""
    row = plans.row(session, plan_id, lock=True)
    if row.state == PlanState.SOLVING and row.worker == worker:
        plan_jobs.remove(session, plan_id)
        plans.close(session, row, PlanState.STOPPED, reason)
        record.Scribe(session, worker, now).note_order(row)


def save(
    session: Session,
    plan_id: str,
    problem: Problem,
    outcome: Outcome,
    objections: tuple[Violation, ...] | None = None,
) -> PlanRow:
    """What the solver found is on record; raises `PlanIsUnsound` when the independent checker objects.

    It is asked here, unless its `objections` were heard before: with a large plan that takes long. An order that
    was withdrawn, or solved by another worker, meanwhile stays as it is.
    """
    row = plans.row(session, plan_id, lock=True)
    if row.state not in (PlanState.QUEUED, PlanState.SOLVING):
        return row
    match outcome:
        case Plan() as plan:
            if violations := verify_plan(problem, plan) if objections is None else objections:
                raise PlanIsUnsound("plan", plan_id, f"{len(violations)} violations: {violations[0].rule}")
            plan_jobs.remove(session, plan_id)
            plans.save(session, row, plan, projects.serials(session, row.opening_date))
        case Impossible(rules):
            plans.close(session, row, PlanState.IMPOSSIBLE, ", ".join(rules))
        case OutOfTime():
            plans.close(session, row, PlanState.STOPPED, "nothing found in the time allowed")
    return row


def tell(session: Session, row: PlanRow, actor: str, now: datetime) -> None:
    """Whoever watches the order knows what became of it."""
    told = {"cost": row.cost, "bound": row.bound} if row.state == PlanState.SOLVED else {}
    record.Scribe(session, actor, now).note_order(row, told)


def publish(session: Session, office: Office, plan_id: str, actor: str, now: datetime) -> PlanRow:
    """The drafts hold their rooms and the guests are asked; raises `PlanIsStale` if the world has moved."""
    row = plans.row(session, plan_id, lock=True)
    if row.state != PlanState.SOLVED:
        raise WrongState("plan", plan_id, f"is {row.state}, not solved")
    problem, plan = freeze(session, office, row), plans.load(session, row)
    if problem.digest != row.problem_digest or verify_plan(problem, plan):
        raise PlanIsStale("plan", plan_id, "projects, venues or bookings have changed since it was made")
    drafts = bookings.of_plan(session, plan_id)
    bookings.release(session, drafts, BookingState.PENDING)
    plans.publish(session, row, now)
    scribe = record.Scribe(session, actor, now)
    told = {
        "scheduled": len(drafts),
        "unscheduled": len(plan.unscheduled),
        "split_count": sum(draft.split for draft in drafts),
    }
    scribe.note_plan(row, told)
    for unscheduled in plan.unscheduled:
        _has_no_place(session, unscheduled.project_id, unscheduled.reason)
    for draft in drafts:
        _is_placed(session, office, draft.project_id, scribe)
    return row


def stop(session: Session, plan_id: str, actor: str, now: datetime) -> PlanRow:
    """The order is withdrawn; the worker that solves it notices and ends its solver. A published plan stays."""
    row = plans.row(session, plan_id, lock=True)
    if row.state not in (PlanState.QUEUED, PlanState.SOLVING, PlanState.SOLVED):
        raise WrongState("plan", plan_id, f"is {row.state}")
    plan_jobs.remove(session, plan_id)
    plans.close(session, row, PlanState.STOPPED, "withdrawn")
    record.Scribe(session, actor, now).note_order(row)
    return row


def _has_no_place(session: Session, project_id: str, reason: str) -> ProjectRow:
    project = projects.row(session, project_id, lock=True)
    project.reason = reason
    projects.move(session, project, ProjectState.UNSCHEDULED, *PLANNABLE)
    return project


def _is_placed(session: Session, office: Office, project_id: str, scribe: record.Scribe) -> None:
    """The project's guests are asked; with no guest the booking holds at once."""
    case = record.case(session, project_id, lock=True)
    if case.row is None or case.booking is None:
        raise WrongState("project", project_id, "has no booking")
    project = case.project
    rules = office.book.at(project.opening_at.date(), project.region, projects.kind_of(project))
    asked = [part.venue_id for part in case.booking.guests]
    projects.move(session, project, ProjectState.GUEST_PENDING if asked else ProjectState.BOOKED, *PLANNABLE)
    scribe.note_parts("booking.made", case, {"reason": case.row.reason})
    if case.row.split:
        scribe.note("split.scheduled", case, facts={"reason": case.row.reason})
    if not asked:
        bookings.set_state(session, case.row, BookingState.CONFIRMED)
        return
    guests.ask(session, case.row.booking_id, asked, scribe.now, rules.remote_guest_reply_timeout)
    for request in guests.of_booking(session, case.row.booking_id):
        told = {"request_id": request.request_id, "answer_by": request.expires_at.isoformat()}
        scribe.note_at("guest.requested", case, request.venue_id, facts=told)
