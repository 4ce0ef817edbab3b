"""A made-up day that runs by itself: every step is an ordinary service call, due by the simulated clock.

Nothing is remembered here but the clock: what is due follows from the database, so that a restart goes on where
the last one stopped. Who declines and who is late follows from the seed.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from api import record
from api.clocks import SteppedClock
from api.files.openings import made_up
from api.office import Office
from api.services import (
    bids,
    checkins,
    draws,
    evaluations,
    guests,
    invitations,
    plans,
    projects,
    recusals,
    results,
)
from api.store import clocks, engagements, events, venues
from api.store import draws as draw_rows
from api.store import guests as guest_rows
from api.store import invitations as invitation_rows
from api.store import projects as project_rows
from models.checkins import CheckInMethod
from models.engagements import EngagementState
from models.projects import ProjectRow, ProjectState
from scheduler.draw import NoPanel
from scheduler.planning import Budget, Plan, solve
from scheduler.synthetic.organisations import uscc
from scheduler.timeline import ZONE

TICK = 0.25
ACTOR = "demo"
FIRST_HOUR = time(7)
TOLD_EVERY = timedelta(minutes=5)
TIED = 500_000
"""Where the synthetic world's tied organisations begin; some of them bid, so that recusals happen."""

log = logging.getLogger(__name__)


class Demo(threading.Thread):
    """Advances the clock `speed` times as fast as the wall's and does whatever has become due."""

    def __init__(self, office: Office, clock: SteppedClock, speed: float, seed: int = 0) -> None:
        super().__init__(name="demo", daemon=True)
        self._office, self._clock, self._speed, self._seed = office, clock, speed, seed
        self._stopping = threading.Event()
        self._told = clock.now() - TOLD_EVERY

    def stop(self) -> None:
        """End after the step at hand."""
        self._stopping.set()

    def run(self) -> None:
        """Run until stopped; a step that fails is logged and tried again."""
        while not self._stopping.wait(TICK):
            try:
                self.step(self._clock.advance(timedelta(seconds=TICK * self._speed)))
            except Exception:
                log.exception("demo step failed")

    def step(self, now: datetime) -> None:
        """Do all that is due at `now`, each in a transaction of its own."""
        with self._office.changing() as session:
            day = self._keep_time(session, now)
        self._begin_day(day)
        for project_id in self._projects(day):
            for act in (
                self._answer_guests,
                self._draw,
                self._answer_experts,
                self._open,
                self._check_in,
                self._evaluate,
            ):
                act(project_id, now)
        self._skip_the_night(day, now)

    def _chance(self, *about: object) -> int:
        """A number from 0 to 99 that is the same whenever the same thing is asked."""
        text = "/".join(str(part) for part in (self._seed, *about))
        return hashlib.sha256(text.encode()).digest()[0] * 100 // 256

    def _keep_time(self, session: Session, now: datetime) -> date:
        clock = clocks.load(session)
        if clock is None:
            clocks.start(session, now, now.astimezone(ZONE).date().isoformat(), self._seed)
            return now.astimezone(ZONE).date()
        clocks.set_now(session, now)
        if now - self._told >= TOLD_EVERY:
            self._told = now
            topics = {
                f"region/{region[: record.PREFECTURE]}" for _, region in venues.places(session).values()
            }
            told = {"now": now.isoformat(), "speed": self._speed}
            events.append(session, "clock.ticked", topics, told, now, ACTOR)
        return date.fromisoformat(clock.opening_date)

    def _begin_day(self, day: date) -> None:
        """The day's projects are submitted and planned, if they are not."""
        office, now = self._office, self._clock.now()
        with office.changing() as session:
            if not project_rows.rows_of(session, day):
                made = made_up(day, venues.load_all(session), office.book)
                projects.submit(session, made.projects, office.book, ACTOR, now)
        with office.changing() as session:
            if not any(
                row.state in plans.PLANNABLE and not row.reason for row in project_rows.rows_of(session, day)
            ):
                return
            order = plans.order(session, office, day, seed=self._seed, seconds=1, actor=ACTOR, now=now)
            problem = plans.freeze(session, office, order)
            outcome = solve(problem, Budget(300))
            plans.save(session, order.plan_id, problem, outcome)
            if isinstance(outcome, Plan):
                plans.publish(session, office, order.plan_id, ACTOR, now)

    def _projects(self, day: date) -> list[str]:
        with self._office.reading() as session:
            return [row.project_id for row in project_rows.rows_of(session, day)]

    def _answer_guests(self, project_id: str, now: datetime) -> None:
        with self._office.changing() as session:
            case = record.case(session, project_id)
            if case.project.state != ProjectState.GUEST_PENDING or case.row is None:
                return
            for request in guest_rows.of_booking(session, case.row.booking_id):
                wait = timedelta(minutes=2 + self._chance(request.request_id) // 5)
                if request.state == "sent" and request.sent_at + wait <= now:
                    guests.answer(
                        session,
                        request.request_id,
                        approves=True,
                        reason="",
                        actor=ACTOR,
                        now=request.sent_at + wait,
                    )

    def _draw(self, project_id: str, now: datetime) -> None:
        """Panels are drawn when all guests have agreed; a split one after its opening, when bidders are known."""
        office = self._office
        try:
            with office.changing() as session:
                case = record.case(session, project_id)
                if case.row is None or case.project.state not in (ProjectState.BOOKED, ProjectState.DRAWING):
                    return
                if case.row.split and case.project.opened_at is None:
                    return
                if len(engagements.members(session, project_id)) == case.experts:
                    return
                rounds = draw_rows.next_number(session, project_id) - 1
                reason = "seats lost to declined or unanswered invitations, or to recusal" if rounds else ""
                draws.draw(session, office, project_id, reason=reason, actor=ACTOR, now=now)
        except NoPanel as refusal:
            with office.changing() as session:
                row = project_rows.row(session, project_id, lock=True)
                row.reason = str(refusal)
                project_rows.move(
                    session, row, ProjectState.DRAW_SHORT, ProjectState.BOOKED, ProjectState.DRAWING
                )

    def _answer_experts(self, project_id: str, now: datetime) -> None:
        with self._office.changing() as session:
            for invitation, member in invitation_rows.pending(session, project_id):
                luck = self._chance(member.engagement_id)
                answered = invitation.sent_at + timedelta(seconds=30 + 3 * luck)
                if answered <= now and invitation.expires_at > answered:
                    invitations.answer(
                        session,
                        invitation.invitation_id,
                        expert_id=member.expert_id,
                        accepts=luck < 88,
                        reason="" if luck < 88 else "occupied",
                        now=answered,
                    )

    def _open(self, project_id: str, now: datetime) -> None:
        """Bids are opened at the time of the notice; members close to a bidder then lose their seats."""
        with self._office.changing() as session:
            project = project_rows.row(session, project_id)
            if (
                project.opened_at is not None
                or project.opening_at > now
                or project.state not in bids.OPENABLE
            ):
                return
            received = {
                section.section_id: frozenset(self._bidders(project, section.section_id, section.bidders))
                for section in project_rows.sections_of(session, project_id)
            }
            bids.open_(session, project_id, received, book=self._office.book, actor=ACTOR, now=now)
            if project_rows.row(session, project_id).state != ProjectState.FAILED_TENDER:
                recusals.second_pass(session, self._office, project_id, now)

    def _bidders(self, project: ProjectRow, section_id: str, count: int) -> Iterator[str]:
        offset = self._chance(project.project_id, section_id, "first") * 7
        for nth in range(count):
            yield uscc(project.region, TIED + (offset + nth * 3) % 900)

    def _check_in(self, project_id: str, now: datetime) -> None:
        with self._office.changing() as session:
            case = record.case(session, project_id)
            ready = case.project.state in checkins.BEFORE_START and case.project.opened_at is not None
            if not ready or case.booking is None:
                return
            everywhere = frozenset(case.venue_ids)
            for member in engagements.members(session, project_id):
                early = timedelta(minutes=3 + self._chance(member.engagement_id, "arrives") // 6)
                if member.state != EngagementState.ACCEPTED or case.booking.start - early > now:
                    continue
                for invitation, own in invitation_rows.of_expert(session, member.expert_id):
                    if own.engagement_id == member.engagement_id:
                        checkins.check_in(
                            session,
                            invitation.invitation_id,
                            venue_ids=everywhere,
                            method=CheckInMethod.IDENTITY_CARD,
                            actor=ACTOR,
                            now=now,
                        )
            if (
                checkins.unlock(session, project_id, self._office.keys.sealer, ACTOR, now)
                and case.booking.start <= now
            ):
                evaluations.start(session, project_id, ACTOR, now)

    def _evaluate(self, project_id: str, now: datetime) -> None:
        with self._office.changing() as session:
            case = record.case(session, project_id)
            if case.project.state == ProjectState.REPORTED and case.booking is not None:
                if (
                    max(case.booking.end, now) - case.booking.end >= timedelta(minutes=20)
                    or now > case.booking.end
                ):
                    results.publish(session, project_id, self._office.keys.sealer, ACTOR, now)
                return
            if case.project.state != ProjectState.EVALUATING or case.booking is None:
                return
            whole = sum((sitting.end - sitting.start for sitting in case.booking.sessions), timedelta())
            spent = sum(
                (
                    max(timedelta(), min(now, sitting.end) - sitting.start)
                    for sitting in case.booking.sessions
                ),
                timedelta(),
            )
            sections = [
                section for section in project_rows.sections_of(session, project_id) if not section.failed
            ]
            due = int(len(sections) * (spent / (whole * 0.95)))
            for section in sections[:due]:
                if section.finished_at is None:
                    evaluations.finish_section(session, project_id, section.section_id, ACTOR, now)

    def _skip_the_night(self, day: date, now: datetime) -> None:
        """After the last session of the day go on with the next that has any, or begin the next working day."""
        local = now.astimezone(ZONE)
        if local.time() < time(22, 30) and local.time() >= FIRST_HOUR:
            return
        with self._office.changing() as session:
            cases = record.cases(session, project_rows.rows_of(session, day))
            open_cases = [case for case in cases if case.booking and case.project.state not in _OVER]
            starts = [
                s.start
                for case in open_cases
                for s in (case.booking.sessions if case.booking else ())
                if s.end > now
            ]
            if starts:
                self._clock.reach(min(starts) - timedelta(hours=1))
            else:
                following = self._office.calendar.next_working_day(local.date())
                self._clock.reach(datetime.combine(following, FIRST_HOUR, ZONE))
                clock = clocks.load(session)
                if clock is not None:
                    clock.opening_date = following.isoformat()
                    session.add(clock)


_OVER = (
    ProjectState.REPORTED,
    ProjectState.RESULT_FINAL,
    ProjectState.FAILED_TENDER,
    ProjectState.CANCELLED,
    ProjectState.DRAW_SHORT,
    ProjectState.UNSCHEDULED,
)


def first_moment(office: Office, today: date) -> datetime:
    """Where the demo's clock begins: where the last run stopped, or in the morning of the next working day."""
    with office.reading() as session:
        clock = clocks.load(session)
    if clock is not None:
        return clock.now
    return datetime.combine(office.calendar.next_working_day(today), FIRST_HOUR, ZONE)
