"""From a problem to a plan: a first legal one at once, then better ones, with a bound."""

from collections.abc import Callable

from scheduler.planning.board import compile_board
from scheduler.planning.budget import Budget, Progress
from scheduler.planning.draft import Draft
from scheduler.planning.insertion import best_placement
from scheduler.planning.outcome import Outcome
from scheduler.planning.problem import Problem
from scheduler.planning.publish import publish


def solve(
    problem: Problem,
    budget: Budget = Budget(),  # noqa: B008 - a frozen value
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Outcome:
    """A complete legal plan: every project is booked, or unscheduled with a reason."""
    board = compile_board(problem)
    draft = Draft(board)
    tasks = board.tasks
    order = sorted(range(len(tasks)), key=lambda n: (tasks[n].brief.project.opening_at, tasks[n].project_id))
    for nth in order:
        placement = best_placement(draft, nth)
        if placement is not None:
            draft.add(nth, placement)
    bound = problem.wishes.unscheduled * len(board.hopeless)
    if progress is not None:
        progress(Progress("first plan", 0, draft.cost, bound))
    return publish(draft, bound)
