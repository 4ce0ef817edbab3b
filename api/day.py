"""A day headless: the services of the running system on an embedded database that lives as long as the day.

Projects are submitted, planned, published and drawn by the very services behind the API. All panels are drawn
together, in an order that is random from the seed.
"""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.clocks import SteppedClock
from api.database import make_engine, migrate
from api.files.documents import DrawRequest
from api.keys import Keys
from api.office import Entropy, Office, rehearsal_entropy, system_entropy
from api.sealing import Sealer
from api.services import batches, guests, plans, projects, worlds
from api.services.screening import ask, divide
from api.signing import Signer, check_signature
from api.store import bookings
from api.store import draws as draw_rows
from api.store import guests as guest_rows
from scheduler.draw import slots_of
from scheduler.eligibility import Reason, Screened
from scheduler.errors import SchedulerError
from scheduler.people import Pool
from scheduler.planning import Budget, Plan, Problem, solve
from scheduler.planning.surroundings import Surroundings
from scheduler.rules import RuleBook
from scheduler.slots import Slot
from scheduler.synthetic import World
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.verification.draws import verify_batch, verify_draw
from scheduler.verification.plans import Violation, verify_plan

ACTOR = "day"
Tell = Callable[[str, int, int], None]
"""Hears how many steps of a stage are done, of how many."""


@dataclass
class Day:
    """What a day came to; `seconds` tells how long each stage took."""

    problem: Problem
    plan: Plan
    violations: tuple[Violation, ...] = ()
    draws: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)
    batch: Mapping[str, Any] | None = None
    undrawn: dict[str, str] = field(default_factory=dict)
    unverified: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """The time the block takes is noted."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - start, 3)


@contextmanager
def embedded_office(book: RuleBook, calendar: WorkCalendar, on: date, seed: int | None) -> Iterator[Office]:
    """An office on a database of its own; with a seed all randomness and the clock follow from it: a rehearsal."""
    entropy: Entropy = system_entropy if seed is None else rehearsal_entropy(seed)
    midnight = datetime.combine(on - timedelta(days=1), datetime.min.time(), ZONE)
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'day.db'}"
        migrate(url)
        office = Office(
            engine=make_engine(url),
            book=book,
            calendar=calendar,
            keys=Keys(Sealer((("day", secrets.token_bytes(32)),)), Signer(entropy("key", "signing"))),
            clock=SteppedClock(datetime.now(UTC) if seed is None else midnight),
            entropy=entropy,
            rehearsal=seed is not None,
        )
        try:
            yield office
        finally:
            office.engine.dispose()


def first_request(day: Day, world: World) -> DrawRequest:
    """The draw of the first booking as a file would ask for it, nobody being engaged yet."""
    problem, booking = day.problem, day.plan.bookings[0]
    project = next(project for project in problem.projects if project.project_id == booking.project_id)
    venues = {venue.venue_id: venue for venue in problem.venues}
    rules = problem.rule_book.at(project.opening_at.astimezone(ZONE).date(), project.region, project.kind)
    slots = slots_of(project, booking, venues, rules)
    return DrawRequest(
        draw_id=f"{project.project_id}/1",
        project=project,
        slots=slots,
        sessions=booking.sessions,
        experts=_near(world, {slot.region for slot in slots}).experts,
        rules=problem.rule_book.text,
        centre_id=venues[project.home].centre_id,
    )


def run_day(
    office: Office,
    world: World,
    problem: Problem,
    tell: Tell = lambda stage, done, total: None,
    budget: Budget | None = None,
    around: Surroundings | None = None,
) -> Day:
    """Submit, plan, check, draw, verify. Nothing is drawn for a plan that breaks a rule.

    `problem` says what is to be planned; what is solved is frozen from the database, and is the same.
    """
    start = time.perf_counter()
    with office.changing() as session:
        worlds.load(session, world, office.keys.sealer)
        if around is not None:
            on = min((p.opening_at.astimezone(ZONE).date() for p in problem.projects), default=date.max)
            worlds.surround(session, around, ACTOR, office.clock.now(), on)
        projects.submit(session, problem.projects, office.book, ACTOR, office.clock.now())
    loaded = round(time.perf_counter() - start, 3)
    day = _plan(office, problem, tell, budget or Budget())
    day.seconds = {"load": loaded, **day.seconds}
    if day.violations:
        return day
    with day.stage("draw"):
        _draw_all(office, day, tell)
    with day.stage("verify"):
        for nth, (project_id, (public, sealed)) in enumerate(sorted(day.draws.items()), start=1):
            for step in verify_draw(public, sealed, check_signature):
                if not step.holds:
                    day.unverified[project_id] = f"{step.name}: {step.detail}"
            tell("verify", nth, len(day.draws))
        for step in verify_batch(day.batch, day.draws) if day.batch is not None else ():
            if not step.holds:
                day.unverified[step.name] = step.detail
    return day


def _plan(office: Office, wanted: Problem, tell: Tell, budget: Budget) -> Day:
    """The day with its checked plan, published, and every guest's consent."""
    now, total = office.clock.now(), budget.iterations
    days = sorted({project.opening_at.astimezone(ZONE).date() for project in wanted.projects})
    on = days[0] if days else now.date()
    with office.changing() as session:
        order = plans.order(session, office, on, seed=wanted.seed, seconds=1, actor=ACTOR, now=now)
        problem = plans.freeze(session, office, order)
    start = time.perf_counter()
    plan = solve(problem, budget, lambda at: tell("plan", at.iterations, total))
    day = Day(problem, plan, seconds={"plan": round(time.perf_counter() - start, 3)})
    tell("plan", total, total)
    with day.stage("check"):
        day.violations = verify_plan(problem, plan)
    if day.violations:
        return day
    with day.stage("publish"), office.changing() as session:
        plans.save(session, order.plan_id, problem, plan)
        plans.publish(session, office, order.plan_id, ACTOR, now)
        for booking in bookings.of_plan(session, order.plan_id):
            for request in guest_rows.of_booking(session, booking.booking_id):
                guests.answer(session, request.request_id, approves=True, reason="", actor=ACTOR, now=now)
    return day


def _draw_all(office: Office, day: Day, tell: Tell) -> None:
    """All panels are drawn together, so that none takes experts whom another cannot do without."""
    wanted = [booking.project_id for booking in day.plan.bookings]
    if not wanted:
        return
    with office.changing() as session:
        made = batches.draw_together(
            session, office, wanted, reason="", actor=ACTOR, now=office.clock.now(),
            tell=lambda done: tell("draw", done, len(wanted)),
        )  # fmt: skip
        day.batch = made.row.record
        for row in made.drawn:
            day.draws[row.project_id] = (row.public, draw_rows.sealed_part(row, office.keys.sealer))
    for project_id, refusal in made.short.items():
        day.undrawn[project_id] = _why_short(office, project_id, refusal)


def _why_short(office: Office, project_id: str, refusal: SchedulerError) -> str:
    """The cut, and why those who live there and might know the subject were not to be had, as counts by reason."""
    with office.reading() as session:
        asked = ask(session, office, project_id)
        screened = divide(session, asked)
    return f"{refusal}; {_who_else(screened, asked.slots)}"


def _who_else(screened: Screened, slots: tuple[Slot, ...]) -> str:
    """Why those who live there and might know the subject were not to be had, as counts by reason."""
    unfit = (Reason.OTHER_REGION, Reason.OTHER_SPECIALTY)
    reasons = Counter(entry.reason for entry in screened.excluded if entry.reason not in unfit)
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return f"{len(screened.eligible)} eligible over {len(slots)} slots, excluded: {listed or 'nobody'}"


def _near(world: World, regions: set[str]) -> Pool:
    """The pool of those regions: whoever lives elsewhere can fill no slot."""
    return Pool(tuple(expert for expert in world.pool if expert.region in regions))
