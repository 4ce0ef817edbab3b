"""A guest has refused or not answered: the project goes to the next feasible guest, with nothing else moved.

domain: GUEST_PENDING → reject or timeout → next guest (remote.guest_choice). Only rooms that are free are used.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from api import record
from api.office import Office
from api.refusals import PlanIsUnsound, WrongState
from api.store import bookings, guests, plans, projects
from models.bookings import BookingRow, BookingState
from models.guests import GuestRequestState
from models.projects import ProjectState
from scheduler.planning import GuestRefused, Plan, problem_after, replan
from scheduler.planning.problem import Problem, Refusal
from scheduler.verification.plans import verify_plan


def refused(session: Session, day: date | None = None) -> list[str]:
    """The projects, of a day or of all days, that have lost a guest and wait for another."""
    waiting = [p for p in projects.rows_of(session, day) if p.state == ProjectState.GUEST_PENDING]
    held = bookings.held(session, [project.project_id for project in waiting])
    return [booking.project_id for booking in held if _refusals(session, booking)]


def reallocate(
    session: Session, office: Office, project_id: str, problem: Problem, *, actor: str, now: datetime
) -> bool:
    """The project has another guest, who is asked; or no place, with the reason. Returns whether it has one.

    `problem` is the project alone among everything that is booked, its own rooms apart.
    """
    case = record.case(session, project_id, lock=True)
    if case.row is None or case.booking is None or not _refusals(session, case.row):
        raise WrongState("project", project_id, "has lost no guest")
    lost = _refusals(session, case.row)
    before = sorted(guests.refusers(session, project_id).difference(lost))
    problem = replace(problem, refusals=tuple(Refusal(project_id, venue_id) for venue_id in before))
    plan = Plan((case.booking,), (), 0, 0, problem.seed, problem.digest, office.book.digest)
    for venue_id in lost:
        change = GuestRefused(project_id, venue_id)
        outcome = replan(problem, plan, change, now)
        problem = problem_after(problem, plan, change, now)
        if not isinstance(outcome, Plan):
            raise PlanIsUnsound("project", project_id, "re-planning gave no plan")
        plan = outcome
    if violations := verify_plan(problem, plan):
        raise PlanIsUnsound("project", project_id, f"{len(violations)} violations: {violations[0].rule}")
    scribe = record.Scribe(session, actor, now)
    scribe.note_parts("booking.cancelled", case, {"code": "guest_refused", "reason": "a guest has refused"})
    for request in guests.of_booking(session, case.row.booking_id):
        if request.state == GuestRequestState.SENT:
            guests.set_state(session, request, GuestRequestState.CANCELLED, "another guest refused", now)
    bookings.cancel(session, case.row)
    if not plan.bookings:
        case.project.reason = plan.unscheduled[0].reason
        projects.move(session, case.project, ProjectState.UNSCHEDULED, ProjectState.GUEST_PENDING)
        return False
    _replace(session, office, plan, case, scribe)
    return True


def _replace(session: Session, office: Office, plan: Plan, case: record.Case, scribe: record.Scribe) -> None:
    """The new place is released, and its guests are asked."""
    day = date.fromisoformat(case.project.opening_date)
    row = plans.order(
        session,
        day,
        seed=plan.seed,
        seconds=0,
        rules_digest=office.book.digest,
        by=scribe.actor,
        now=scribe.now,
    )
    plans.save(session, row, plan, {case.project.project_id: case.project.serial})
    bookings.release(session, bookings.of_plan(session, row.plan_id), BookingState.PENDING)
    plans.publish(session, row, scribe.now)
    projects.touch(session, case.project)
    placed = record.case(session, case.project.project_id)
    scribe.note_parts("booking.made", placed, {"reason": "a guest had refused"})
    rules = office.book.at(
        case.project.opening_at.date(), case.project.region, projects.kind_of(case.project)
    )
    if placed.row is not None and placed.booking is not None:
        asked = [part.venue_id for part in placed.booking.guests]
        guests.ask(session, placed.row.booking_id, asked, scribe.now, rules.remote_guest_reply_timeout)
        for request in guests.of_booking(session, placed.row.booking_id):
            told = {"request_id": request.request_id, "answer_by": request.expires_at.isoformat()}
            scribe.note_at("guest.requested", placed, request.venue_id, facts=told)


def _refusals(session: Session, booking: BookingRow) -> list[str]:
    asked = guests.of_booking(session, booking.booking_id)
    return [request.venue_id for request in asked if request.state in guests.REFUSED]
