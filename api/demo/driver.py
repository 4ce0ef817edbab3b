"""The hand that moves a simulated day: it advances the clock and lets the made-up people act."""

import logging
import threading
import time as wall
from datetime import date, datetime, time, timedelta

from api.clocks import SteppedClock
from api.demo import before, evaluating
from api.demo.people import ACTOR, People
from api.office import Office
from api.record import PREFECTURE
from api.store import bookings, clocks, events, projects, venues
from api.watch import watch_evaluations
from models.projects import ProjectState
from scheduler.timeline import ZONE

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
LONGEST_STEP = timedelta(minutes=10)
"""However slow the machine or fast the clock, no step skips more than this."""

TOLD_EVERY = timedelta(minutes=5)
MORNING, NIGHT = time(7), time(22, 30)
OVER = frozenset(
    (
        ProjectState.RESULT_FINAL,
        ProjectState.FAILED_TENDER,
        ProjectState.UNSCHEDULED,
        ProjectState.DRAW_SHORT,
        ProjectState.CANCELLED,
    )
)


class Demo(threading.Thread):
    """Advances the clock `speed` times as fast as the wall's and does whatever has become due."""

    def __init__(self, office: Office, clock: SteppedClock, speed: float, seed: int = 0) -> None:
        super().__init__(name="demo", daemon=True)
        self._office, self._clock, self._speed, self._people = office, clock, speed, People(seed)
        self._stopping = threading.Event()
        self._told = self._watched = clock.now() - TOLD_EVERY

    def stop(self) -> None:
        """End after the step at hand."""
        self._stopping.set()

    def run(self) -> None:
        """Run until stopped; a step that fails is logged and tried again."""
        last = wall.monotonic()
        while not self._stopping.wait(TICK_SECONDS):
            passed = timedelta(seconds=(wall.monotonic() - last) * self._speed)
            last = wall.monotonic()
            try:
                self.step(self._clock.advance(min(passed, LONGEST_STEP)))
            except Exception:
                log.exception("demo step failed")

    def step(self, now: datetime) -> None:
        """All that is due at `now` has happened; each act is one transaction of the service."""
        office, people = self._office, self._people
        day = self._keep_time(now)
        before.plan_day(office, day, people, now)
        before.guests_answer(office, day, people, now)
        before.bids_are_opened(office, day, people, now)
        before.experts_answer(office, day, people, now)
        before.panels_are_drawn(office, day, now)
        evaluating.experts_arrive(office, day, people, now)
        evaluating.evaluations_begin(office, day, now)
        evaluating.sections_are_done(office, day, people, now)
        if now - self._watched >= TOLD_EVERY:
            self._watched = now
            watch_evaluations(office, ACTOR)
        evaluating.results_are_published(office, day, now)
        self._skip_the_night(day, now)

    def _keep_time(self, now: datetime) -> date:
        """The clock's time is in the database, and followers are told of it; returns the day it is about."""
        with self._office.changing() as session:
            kept = clocks.load(session)
            if kept is None:
                day = now.astimezone(ZONE).date()
                clocks.start(session, now, day.isoformat(), self._people.seed)
                return day
            clocks.set_now(session, now)
            if now - self._told >= TOLD_EVERY:
                self._told = now
                regions = {region[:PREFECTURE] for _, region in venues.places(session).values()}
                topics = {"public", *(f"region/{region}" for region in regions)}
                told = {"now": now.isoformat(), "speed": self._speed}
                events.append(session, "clock.ticked", topics, told, now, ACTOR)
            return date.fromisoformat(kept.opening_date)

    def _skip_the_night(self, day: date, now: datetime) -> None:
        """At night the clock goes on to the next session, or to the next working day's openings."""
        local = now.astimezone(ZONE)
        if MORNING <= local.time() < NIGHT:
            return
        with self._office.changing() as session:
            rows = projects.rows_of(session, day)
            waiting = [row.project_id for row in rows if row.state not in OVER]
            held = bookings.values(session, bookings.held(session, waiting))
            later = [s.start for booking in held for s in booking.sessions if s.end > now]
            if later:
                self._clock.reach(min(later) - timedelta(hours=1))
                return
            following = self._office.calendar.next_working_day(local.date() if local.time() >= NIGHT else day)
            self._clock.reach(datetime.combine(following, MORNING, ZONE))
            clocks.turn_to(session, following.isoformat())


def first_moment(office: Office, today: date) -> datetime:
    """Where the demo's clock begins: where the last run stopped, or in the morning of the next working day."""
    with office.reading() as session:
        kept = clocks.load(session)
    if kept is not None:
        return kept.now
    return datetime.combine(office.calendar.next_working_day(today), MORNING, ZONE)
