"""A day headless: projects are planned, the plan is checked, every panel drawn and verified.

The order in which overlapping projects draw is random from the seed; each draw excludes who sits elsewhere then.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.files.documents import DrawRequest
from api.signing import Signer, check_signature
from scheduler.draw import DrawOrder, NoPanel, commit, complete, employer_cap, party_commitment, slots_of
from scheduler.eligibility import Engagement, Reason, Screened, screen
from scheduler.people import Pool
from scheduler.planning import Booking, Budget, Plan, Problem, solve
from scheduler.slots import Slot
from scheduler.synthetic import World
from scheduler.verification.draws import verify_draw
from scheduler.verification.plans import Violation, verify_plan

PARTIES = ("operator", "server")
"""Who provides randomness on the embedded default."""

Entropy = Callable[[str, str], bytes]
"""The 32-byte secret of a draw and a party (or "salt")."""


@dataclass
class Day:
    """What a day came to; `seconds` tells how long each stage took."""

    problem: Problem
    plan: Plan
    violations: tuple[Violation, ...] = ()
    draws: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)
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


def rehearsal_entropy(seed: int) -> Entropy:
    """Secrets that follow from a number, for rehearsals that can be repeated; certificates say so."""

    def secret(draw_id: str, party: str) -> bytes:
        return hashlib.sha256(f"yidi/rehearsal/1\0{seed}\0{draw_id}\0{party}".encode()).digest()

    return secret


def first_request(day: Day, world: World) -> DrawRequest:
    """The draw of the first booking as a file would ask for it, nobody being engaged yet."""
    problem, booking = day.problem, day.plan.bookings[0]
    project = next(project for project in problem.projects if project.project_id == booking.project_id)
    venues = {venue.venue_id: venue for venue in problem.venues}
    rules = problem.rule_book.at(project.opening_at.date(), project.region, project.kind)
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
    problem: Problem,
    world: World,
    entropy: Entropy,
    assurance: str,
    signer: Signer,
    now: datetime,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
    budget: Budget | None = None,
) -> Day:
    """Plan, check, draw, verify. Nothing is drawn for a plan that breaks a rule."""
    budget = budget or Budget()
    total = budget.iterations
    start = time.perf_counter()
    outcome = solve(problem, budget, lambda at: progress("plan", at.iterations, total))
    if not isinstance(outcome, Plan):
        raise TypeError(f"a day always has a plan, not {outcome}")
    day = Day(problem, outcome, seconds={"plan": round(time.perf_counter() - start, 3)})
    progress("plan", total, total)
    with day.stage("check"):
        day.violations = verify_plan(problem, outcome)
    if day.violations:
        return day
    with day.stage("draw"):
        _draw_all(day, world, entropy, assurance, signer, now, progress)
    with day.stage("verify"):
        for nth, (project_id, (public, sealed)) in enumerate(sorted(day.draws.items()), start=1):
            for step in verify_draw(public, sealed, check_signature):
                if not step.holds:
                    day.unverified[project_id] = f"{step.name}: {step.detail}"
            progress("verify", nth, len(day.draws))
    return day


def _draw_all(
    day: Day,
    world: World,
    entropy: Entropy,
    assurance: str,
    signer: Signer,
    now: datetime,
    progress: Callable[[str, int, int], None],
) -> None:
    problem = day.problem
    projects = {project.project_id: project for project in problem.projects}
    venues = {venue.venue_id: venue for venue in problem.venues}
    engaged: list[Engagement] = []
    order = sorted(day.plan.bookings, key=lambda booking: entropy(booking.project_id, "order"))
    for nth, booking in enumerate(order, start=1):
        project = projects[booking.project_id]
        centre_id = venues[project.home].centre_id
        rules = problem.rule_book.at(project.opening_at.date(), project.region, project.kind)
        slots, cap = slots_of(project, booking, venues, rules), employer_cap(project, rules)
        screened = screen(
            _near(world, {slot.region for slot in slots}), project, slots, booking.sessions, engaged, rules,
            centre_id=centre_id, cap=cap,
        )  # fmt: skip
        draw_id = f"{project.project_id}/1"
        draw = DrawOrder(draw_id, project.project_id, 1, slots, cap, problem.rule_book.digest, assurance)
        secrets = {party: entropy(draw_id, party) for party in PARTIES}
        committed = {party: party_commitment(draw_id, party, secret) for party, secret in secrets.items()}
        try:
            prepared = commit(draw, screened, committed, entropy(draw_id, "salt"), now)
        except NoPanel as refusal:
            day.undrawn[project.project_id] = f"{refusal}; {_who_else(screened, slots)}"
            continue
        drawn = complete(prepared, secrets, now, signer.sign, signer.public)
        day.draws[project.project_id] = (drawn.public, drawn.sealed)
        engaged += [_engagement(member.expert_id, booking, centre_id) for member in drawn.members]
        progress("draw", nth, len(order))


def _who_else(screened: Screened, slots: tuple[Slot, ...]) -> str:
    """Why those who live there and might know the subject were not to be had, as counts by reason."""
    unfit = (Reason.OTHER_REGION, Reason.OTHER_SPECIALTY)
    reasons = Counter(entry.reason for entry in screened.excluded if entry.reason not in unfit)
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return f"{len(screened.eligible)} eligible over {len(slots)} slots, excluded: {listed or 'nobody'}"


def _near(world: World, regions: set[str]) -> Pool:
    """The pool of those regions: whoever lives elsewhere can fill no slot."""
    return Pool(tuple(expert for expert in world.pool if expert.region in regions))


def _engagement(expert_id: str, booking: Booking, centre_id: str) -> Engagement:
    return Engagement(expert_id, booking.start, booking.end, centre_id)
