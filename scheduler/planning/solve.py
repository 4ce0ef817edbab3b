"""From a problem to a plan: a first legal one at once, then better ones, with a bound."""

from collections.abc import Callable, Iterable

from scheduler.planning.board import Board, compile_board
from scheduler.planning.bound import Bound, lower_bound
from scheduler.planning.budget import Budget, Progress
from scheduler.planning.draft import Draft
from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Problem
from scheduler.planning.publish import publish
from scheduler.planning.resume import place_begun
from scheduler.planning.search import Search, insert_all

Told = Callable[[Progress], None]


def solve(
    problem: Problem,
    budget: Budget | None = None,
    progress: Told | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """A complete legal plan, and a bound that no plan undercuts.

    Every project is booked, or unscheduled with a reason. The same problem and budget give the same plan on
    any machine, unless `stop` cuts the search short: then the best plan so far is returned.
    """
    budget = budget or Budget()
    tell = progress or (lambda _: None)
    board = compile_board(problem)
    floor = problem.wishes.unscheduled * len(board.hopeless)
    draft, fixed = _with_begun(board)
    insert_all(draft, (n for n in _by_opening(board) if n not in fixed))
    tell(Progress("first plan", 0, draft.cost, floor))
    if budget.iterations == 0 or (stop is not None and stop()):
        return publish(draft, floor)
    bound = lower_bound(board, stop)
    tell(Progress("bound", 0, draft.cost, bound.total))
    draft = _cheapest_start(draft, bound, fixed)
    tell(Progress("home starts", 0, draft.cost, bound.total))
    draft.wanted = bound.starts
    search = Search(draft, problem.seed, fixed)
    done = search.run(
        budget.iterations, bound.total, lambda n, cost: tell(Progress("search", n, cost, bound.total)), stop
    )
    search.finish()
    _polish(draft, fixed)
    tell(Progress("done", done, draft.cost, bound.total))
    return publish(draft, bound.total)


def _polish(draft: Draft, fixed: frozenset[int]) -> None:
    """Give each task that waits the better place that is still free, so that no reason given is idle."""
    for nth in sorted(draft.late):
        if nth in fixed:
            continue
        before, old = draft.cost, draft.remove(nth) if nth in draft.placed else None
        insert_all(draft, (nth,))
        if old is not None and draft.cost >= before:
            if nth in draft.placed:
                draft.remove(nth)
            draft.add(nth, old)


def _with_begun(board: Board) -> tuple[Draft, frozenset[int]]:
    """A draft with what has begun in its place, and those tasks, which are not to be touched."""
    draft = Draft(board)
    place_begun(draft, 0)
    return draft, frozenset(n for n, task in enumerate(board.tasks) if task.project_id in board.begun)


def _by_opening(board: Board) -> list[int]:
    """Tasks by their first possible start, short ones first among equals."""
    return sorted(range(len(board.tasks)), key=lambda n: (board.first[n], board.tasks[n].length, n))


def _cheapest_start(first: Draft, bound: Bound, fixed: frozenset[int]) -> Draft:
    """The cheapest of a few drafts that insert everything in different orders."""
    board = first.board
    starts = bound.starts
    orders: tuple[Iterable[int], ...] = (
        sorted(range(len(board.tasks)), key=lambda n: (starts.get(n, board.first[n]), n)),
        sorted(
            range(len(board.tasks)),
            key=lambda n: (-board.tasks[n].length // 6, starts.get(n, board.first[n]), n),
        ),
    )
    drafts = [first]
    for order in orders:
        drafts.append(_with_begun(board)[0])
        insert_all(drafts[-1], (n for n in order if n not in fixed))
    return min(drafts, key=lambda draft: draft.cost)
