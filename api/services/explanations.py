"""Why a project is where it is, or nowhere, and what would help: in a draft, or in what is in force."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from api.office import Office
from api.planning import replanning
from api.planning.frozen import day_of
from api.refusals import NotFound, PlanIsStale, WrongState
from api.store import bookings, plans, projects
from models.plans import PlanState
from models.projects import ProjectState
from scheduler.planning import Plan, Problem, Unscheduled
from scheduler.planning.explain import Clash, Explanation, clash, explain

WITH_A_PLACE = (
    ProjectState.GUEST_PENDING,
    ProjectState.BOOKED,
    ProjectState.DRAWING,
    ProjectState.DRAW_SHORT,
    ProjectState.PANEL_FILLED,
    ProjectState.CHECKING_IN,
    ProjectState.EVALUATING,
)
"""States in which a project's booking is still ahead, or under way."""


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanation, the clashing rules if they were asked for and there are any, and what to call whom.

    Projects go by their serials, venues by their names.
    """

    explanation: Explanation
    clash: Clash | None
    serials: dict[str, str]
    venues: dict[str, str]


def of_draft(session: Session, office: Office, plan_id: str, project_id: str, *, clashes: bool) -> Explained:
    """The explanation of what a plan that is not in force proposes; raises `PlanIsStale` if the world has moved."""
    row = plans.row(session, plan_id)
    if row.state != PlanState.SOLVED:
        raise WrongState("plan", plan_id, f"is {row.state}, not a draft")
    problem, plan = day_of(session, office, row), plans.load(session, row)
    if problem.digest != row.problem_digest:
        raise PlanIsStale("plan", plan_id, "projects, venues or bookings have changed since it was made")
    if project_id not in {project.project_id for project in problem.projects}:
        raise NotFound("project", project_id)
    return _explained(session, problem, plan, project_id, clashes)


def in_force(session: Session, office: Office, project_id: str, *, clashes: bool) -> Explained:
    """The explanation of the place that the project holds, or why it has none, as everything is booked now.

    Raises `WrongState` while no plan has looked for its place, and once its evaluation is over.
    """
    row = projects.row(session, project_id)
    held = bookings.holding(session, project_id)
    if not (row.state in WITH_A_PLACE and held) and row.state != ProjectState.UNSCHEDULED:
        raise WrongState("project", project_id, f"is {row.state}")
    seed = int(plans.row(session, held.plan_id).seed) if held else 0
    begun = {project_id} if row.state == ProjectState.EVALUATING else set[str]()
    now = replanning.in_force(session, office, {project_id}, seed, held=begun, lock=False)
    problem, plan = now.problem, now.plan
    for booking in plan.bookings:
        if booking.project_id == project_id:
            # The work is what its sessions hold: so it was forecast when it got its place.
            work = replanning.work_of(booking, projects.load(session, project_id), office)
            others = tuple(entry for entry in problem.durations if entry[0] != project_id)
            problem = problem.with_(durations=(*others, (project_id, work)))
    placed = {booking.project_id for booking in plan.bookings}
    missing = [project for project in problem.projects if project.project_id not in placed]
    misses = tuple(Unscheduled(p.project_id, "unscheduled", row.reason or "has no place") for p in missing)
    answer = Plan(plan.bookings, misses, 0, 0, seed, problem.digest, office.book.digest)
    return _explained(session, problem, answer, project_id, clashes)


def _explained(session: Session, problem: Problem, plan: Plan, project_id: str, clashes: bool) -> Explained:
    explanation = explain(problem, plan, project_id)
    found = clash(problem, plan, project_id) if clashes else None
    serials = _serials(session, [project.project_id for project in problem.projects])
    names = {venue.venue_id: venue.name or venue.venue_id for venue in problem.venues}
    return Explained(explanation, found, serials, names)


def _serials(session: Session, project_ids: Iterable[str]) -> dict[str, str]:
    return {row.project_id: row.serial for row in projects.rows_with(session, project_ids)}
