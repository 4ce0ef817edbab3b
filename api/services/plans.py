"""A day is planned: ordered, frozen, solved, checked, saved as drafts, and published."""

from datetime import date, datetime

from sqlmodel import Session

from api import record
from api.office import Office
from api.refusals import PlanIsStale, PlanIsUnsound, WrongState
from api.store import bookings, experts, guests, plans, projects, rulebooks, venues
from models.bookings import BookingState
from models.plans import PlanRow, PlanState
from models.projects import ProjectRow, ProjectState
from scheduler.planning.outcome import Impossible, Outcome, OutOfTime, Plan
from scheduler.planning.problem import Problem
from scheduler.projects import Project
from scheduler.supply import supply_of
from scheduler.verification.plans import verify_plan

PLANNABLE = (ProjectState.SUBMITTED, ProjectState.UNSCHEDULED)


def order(
    session: Session, office: Office, day: date, *, seed: int, seconds: int, actor: str, now: datetime
) -> PlanRow:
    """The day's plan is ordered; a worker takes it from there."""
    rulebooks.keep(session, office.book, now)
    return plans.order(
        session, day, seed=seed, seconds=seconds, rules_digest=office.book.digest, by=actor, now=now
    )


def freeze(session: Session, office: Office, plan: PlanRow) -> Problem:
    """What there is to plan, as the world is now: the day's projects without a place, and rooms taken."""
    day = date.fromisoformat(plan.opening_date)
    waiting = [row for row in projects.rows_of(session, day) if row.state in PLANNABLE]
    return problem_of(session, office, projects.values(session, waiting), int(plan.seed))


def alone(session: Session, office: Office, project_id: str, seed: int) -> Problem:
    """The problem of placing one project anew: around everything that is booked, its own rooms apart."""
    held = bookings.holding(session, project_id)
    wanted = (projects.load(session, project_id),)
    return problem_of(session, office, wanted, seed, held.booking_id if held else "")


def problem_of(
    session: Session, office: Office, wanted: tuple[Project, ...], seed: int, without: str = ""
) -> Problem:
    """The problem of placing these projects around everything that is booked, but for one booking."""
    known = venues.load_all(session)
    return Problem(
        projects=wanted,
        venues=known,
        supply=supply_of(experts.load_pool(session), (venue.region for venue in known), wanted),
        calendar=office.calendar,
        rule_book=office.book,
        commitments=bookings.commitments(session, without),
        seed=seed,
    )


def save(session: Session, plan_id: str, problem: Problem, outcome: Outcome) -> PlanRow:
    """What the solver found is on record; raises `PlanIsUnsound` when the independent checker objects.

    An order that was withdrawn, or solved by another worker, meanwhile stays as it is.
    """
    row = plans.row(session, plan_id, lock=True)
    if row.state not in (PlanState.QUEUED, PlanState.SOLVING):
        return row
    match outcome:
        case Plan() as plan:
            if violations := verify_plan(problem, plan):
                raise PlanIsUnsound("plan", plan_id, f"{len(violations)} violations: {violations[0].rule}")
            plans.save(session, row, plan, projects.serials(session, row.opening_date))
        case Impossible(rules):
            plans.close(session, row, PlanState.IMPOSSIBLE, ", ".join(rules))
        case OutOfTime():
            plans.close(session, row, PlanState.STOPPED, "nothing found in the time allowed")
    return row


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


def stop(session: Session, plan_id: str) -> PlanRow:
    """The order is withdrawn, or its solver told to stop; a published plan stays."""
    row = plans.row(session, plan_id, lock=True)
    if row.state not in (PlanState.QUEUED, PlanState.SOLVING, PlanState.SOLVED):
        raise WrongState("plan", plan_id, f"is {row.state}")
    plans.close(session, row, PlanState.STOPPED, "withdrawn")
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
