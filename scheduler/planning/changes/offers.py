"""Ranked insertions for one new project into a published plan: nobody else moves."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.planning.board import Board
from scheduler.planning.changes import NewProject
from scheduler.planning.changes.replan import draft_of, problem_after
from scheduler.planning.outcome import Booking, Plan
from scheduler.planning.problem import Problem
from scheduler.planning.publish import booking_of, publish
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.insertion import best_placement, single_session
from scheduler.projects import Project
from scheduler.timeline import run_of


@dataclass(frozen=True, slots=True)
class Offer:
    """A place for the new project, what it adds to the cost, and the whole plan with it."""

    booking: Booking
    added_cost: int
    plan: Plan


def offers(
    problem: Problem, plan: Plan, project: Project, now: datetime, count: int = 3
) -> tuple[Offer, ...]:
    """Up to `count` places, best first, each starting at least an hour from those before it.

    The plans answer `problem_after(problem, plan, NewProject(project), now)`. None means that nothing was found
    without moving others; `replan` may still find a place.
    """
    after = problem_after(problem, plan, NewProject(project), now)
    draft, _, _ = draft_of(after, plan, now)
    board = draft.board
    nth = next((n for n, task in enumerate(board.tasks) if task.project_id == project.project_id), None)
    if nth is None:
        return ()
    found: list[Offer] = []
    for placement in _places(draft, board, nth, count):
        before = draft.cost - after.wishes.unscheduled
        draft.add(nth, placement)
        booking = booking_of(board, board.tasks[nth], placement)
        found.append(Offer(booking, draft.cost - before, publish(draft, 0)))
        draft.remove(nth)
    return tuple(sorted(found, key=lambda offer: (offer.booking.avoidable, offer.added_cost)))


def _places(draft: Draft, board: Board, nth: int, count: int) -> list[Placement]:
    task, hour = board.tasks[nth], max(1, 60 // board.axis.grid)
    within = (1 << board.axis.slots) - 1
    places: list[Placement] = []
    while len(places) < count:
        placement = single_session(draft, task, within)
        if placement is None:
            break
        places.append(placement)
        low = max(0, placement.start - hour + 1)
        within &= ~(run_of(placement.start + hour - low) << low)
    if not places and (several := best_placement(draft, nth)) is not None:
        places.append(several)
    return places
