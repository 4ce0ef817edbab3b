"""The part of a simulated day before evaluations: planning, guests, draws, invitations, openings."""

from datetime import date, datetime

from api.demo.people import ACTOR, People
from api.files.openings import made_up
from api.office import Office
from api.planning import learning
from api.services import bids, draws, guests, invitations, plans, reallocations, recusals, shortages
from api.services import projects as submissions
from api.store import bookings, engagements, organisations, projects, venues
from api.store import guests as guest_store
from api.store import invitations as invitation_store
from api.store import plans as plan_store
from models.guests import GuestRequestState
from models.plans import PlanState
from models.projects import ProjectState
from scheduler.draw import NOT_DRAWN
from scheduler.planning import Budget, solve
from scheduler.planning.possible import outcome_of

ITERATIONS = 300
PLAN_SECONDS = 1


def plan_day(office: Office, day: date, people: People, now: datetime) -> None:
    """The day's openings are on record, and there is a published plan; what a crash left half-done is finished."""
    with office.changing() as session:
        if not projects.rows_of(session, day):
            if (lesson := learning.study(session, office, now)) is not None:
                learning.adopt(session, lesson, now)
            opened = made_up(day, venues.load_all(session), office.book)
            submissions.submit(session, opened.projects, office.book, ACTOR, now)
        known = [row for row in plan_store.rows_of(session, day) if row.ordered_by == ACTOR]
        order = (
            known[-1]
            if known
            else plans.order(
                session, office, day, seed=people.seed, seconds=PLAN_SECONDS, actor=ACTOR, now=now
            )
        )
        plan_id, state = order.plan_id, order.state
        if state == PlanState.QUEUED:  # solved at once: no worker sees the order
            problem = plans.freeze(session, office, order)
            outcome = outcome_of(problem, lambda: solve(problem, Budget(ITERATIONS)))
            state = plans.save(session, plan_id, problem, outcome).state
    if state == PlanState.SOLVED:
        with office.changing() as session:
            plans.publish(session, office, plan_id, ACTOR, now)


def guests_answer(office: Office, day: date, people: People, now: datetime) -> None:
    """Hosts answer when their time has come; a project that lost a guest gets the next one."""
    with office.reading() as session:
        held = bookings.held(session, [row.project_id for row in projects.rows_of(session, day)])
        asked = [request for row in held for request in guest_store.of_booking(session, row.booking_id)]
    for request in asked:
        due = people.answers_at(request.request_id, request.sent_at)
        if request.state == GuestRequestState.SENT and due <= now and due < request.expires_at:
            approves = people.approves(request.request_id)
            with office.changing() as session:
                guests.answer(
                    session,
                    request.request_id,
                    approves=approves,
                    reason="" if approves else "当日评标室检修",
                    actor=f"host-{request.venue_id}",
                    now=due,
                )
    with office.changing() as session:
        guests.expire(session, now)
        lost = reallocations.refused(session, day)
    for project_id in lost:
        with office.changing() as session:
            problem = plans.alone(session, office, project_id, people.seed)
            reallocations.reallocate(session, office, project_id, problem, actor=ACTOR, now=now)


def panels_are_drawn(office: Office, day: date, now: datetime) -> None:
    """Booked projects get their panels, split ones after the opening; lost seats are drawn again."""
    with office.reading() as session:
        rows = projects.rows_of(session, day)
        splits = {row.project_id for row in bookings.held(session) if row.split}
        held = engagements.counts(session, [row.project_id for row in rows])
        asked = bookings.experts(session, [row.project_id for row in rows])
    for row in rows:
        project_id = row.project_id
        known = row.opened_at is not None or project_id not in splits
        first = row.state == ProjectState.BOOKED and known
        lost = row.state == ProjectState.DRAWING and held.get(project_id, 0) < asked.get(project_id, 0)
        if first or lost:
            _draw(office, project_id, "" if first else "补抽：成员婉拒、未应答或回避", now)


def experts_answer(office: Office, day: date, people: People, now: datetime) -> None:
    """Experts reply when their time has come; whoever does not counts as not answered."""
    with office.reading() as session:
        rows = projects.rows_of(session, day)
        waiting = [pair for row in rows for pair in invitation_store.pending(session, row.project_id)]
    for invitation, member in waiting:
        accepts = people.accepts(member.engagement_id)
        due = people.replies_at(member.engagement_id, invitation.sent_at, invitation.expires_at)
        if accepts is not None and due <= now:
            with office.changing() as session:
                invitations.answer(
                    session,
                    invitation.invitation_id,
                    expert_id=member.expert_id,
                    accepts=accepts,
                    reason="" if accepts else "时间冲突",
                    now=due,
                )
    with office.changing() as session:
        invitations.expire(session, now)


def bids_are_opened(office: Office, day: date, people: People, now: datetime) -> None:
    """At its opening a project's bidders become known, and who is close to one of them loses the seat."""
    with office.reading() as session:
        due = [
            row
            for row in projects.rows_of(session, day)
            if row.opened_at is None and row.opening_at <= now and row.state in bids.OPENABLE
        ]
        sections = {row.project_id: projects.sections_of(session, row.project_id) for row in due}
        market = organisations.all_of(session)
    for row in due:
        received = {
            section.section_id: people.bids(row.project_id, section.section_id, section.bidders, market)
            for section in sections[row.project_id]
        }
        with office.changing() as session:
            opened = bids.open_(session, row.project_id, received, book=office.book, actor=ACTOR, now=now)
            if opened.state != ProjectState.FAILED_TENDER:
                recusals.second_pass(session, office, row.project_id, now)


def _draw(office: Office, project_id: str, reason: str, now: datetime) -> None:
    try:
        with office.changing() as session:
            draws.draw(session, office, project_id, reason=reason, actor=ACTOR, now=now)
    except NOT_DRAWN as refusal:
        with office.changing() as session:
            shortages.declare(session, office, project_id, refusal, actor=ACTOR, now=now)
