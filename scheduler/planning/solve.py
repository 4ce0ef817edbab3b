"""From a problem to a plan: a first legal one at once, then better ones, with a bound."""

from collections.abc import Callable, Iterable, Iterator

from scheduler.planning.board import compile_board
from scheduler.planning.bound import lower_bound
from scheduler.planning.budget import Budget, Progress
from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Problem
from scheduler.planning.publish import publish
from scheduler.planning.search import Search, insert_all
from scheduler.planning.search.draft import Draft
from scheduler.planning.search.exchange import Exchanges
from scheduler.planning.search.packing import pack, packable
from scheduler.planning.search.pieces import Job, Run, done, merge, pieces_of
from scheduler.planning.search.ruin import Scope
from scheduler.planning.search.start import by_home_starts, by_opening, place_missing

Told = Callable[[Progress], None]

PACKED_AFTER = 8
"""Which part of the search comes before packing."""
ROUNDS = 6
"""How often the pieces of a search are put together."""


def solve(
    problem: Problem,
    budget: Budget | None = None,
    progress: Told | None = None,
    stop: Callable[[], bool] | None = None,
    run: Run = map,
) -> Plan:
    """A complete legal plan, and a bound that no plan undercuts.

    Every project is booked, or unscheduled with a reason. The same problem and budget give the same plan on
    any machine, unless `stop` cuts the search short: then the best plan so far is returned. `run` may be the
    `map` of a pool of processes, which then asks `stop` itself.
    """
    budget = budget or Budget.suited_to(len(problem.projects))
    tell = progress or (lambda _: None)
    board = compile_board(problem)
    floor = problem.wishes.unscheduled * len(board.hopeless)
    draft = by_opening(board)
    tell(Progress("first plan", 0, draft.cost, floor))
    if budget.iterations == 0 or (stop is not None and stop()):
        return publish(draft, floor)
    bound = lower_bound(board, stop)
    tell(Progress("bound", 0, draft.cost, bound.total))
    drafts = [draft, *(by_home_starts(board, starts) for starts in bound.starts)]
    draft = min(drafts, key=lambda each: each.standing)
    tell(Progress("home starts", 0, draft.cost, bound.total))
    draft.wanted = bound.starts[-1]
    draft.forced = tuple(n for n, at in bound.starts[0].items() if at >= board.tasks[n].split_from)
    movable = [n for n, task in enumerate(board.tasks) if task.project_id not in board.begun]
    place_missing(draft, movable)
    used = 0
    if packable(draft, movable):
        used = _search(draft, movable, budget.iterations // PACKED_AFTER, bound.total, tell, stop, run)
        if not (stop is not None and stop()) and pack(draft, packable(draft, movable)):
            tell(Progress("packed", used, draft.cost, bound.total))
    used += _search(draft, movable, budget.iterations - used, bound.total, tell, stop, run)
    exchanged = 0
    for exchanged in _exchanges(draft, movable, budget.exchanges, bound.total, stop):
        tell(Progress("exchange", used, draft.cost, bound.total, exchanged))
    draft.look_until(None)
    _polish(draft, movable)
    tell(Progress("done", used, draft.cost, bound.total, exchanged))
    return publish(draft, bound.total)


def _search(
    draft: Draft,
    movable: list[int],
    iterations: int,
    bound: int,
    tell: Told,
    stop: Callable[[], bool] | None,
    run: Run,
) -> int:
    """Improve the draft, in one piece or by days in several rounds; returns the iterations done."""
    seed = draft.board.problem.seed
    pieces = pieces_of(draft, movable)
    if len(pieces) < 2:
        search = Search(draft, seed, Scope(tuple(movable)))
        used = search.run(iterations, bound, lambda n, cost: tell(Progress("search", n, cost, bound)), stop)
        search.finish()
        return used
    left = iterations
    for nth in range(ROUNDS):
        if draft.is_best(bound) or (stop is not None and stop()):
            break
        share = left // (ROUNDS - nth)
        # Neighbouring days share the evaluations that are split from one to the other: they take turns.
        for turn in (0, 1):
            jobs = [
                Job(
                    draft,
                    piece,
                    seed + nth * len(pieces) + at,
                    share * len(piece) // len(movable),
                    bound,
                    stop,
                )
                for at, piece in enumerate(pieces)
                if at % 2 == turn
            ]
            results = list(run(done, jobs))
            for job, found in zip(jobs, results, strict=True):
                merge(draft, job.tasks, found)
                left -= job.iterations
            tell(Progress("search", iterations - left, draft.price, bound))
    return iterations - left


def _exchanges(
    draft: Draft, movable: list[int], count: int, bound: int, stop: Callable[[], bool] | None
) -> Iterator[int]:
    """Improve the draft by exact exchanges, as long as something better may be found; how many, after each."""
    if count and not draft.is_best(bound) and not (stop is not None and stop()):
        exchanges = Exchanges(draft, movable, draft.board.problem.seed)
        for nth in range(1, count + 1):
            if draft.is_best(bound) or not exchanges.is_worth or (stop is not None and stop()):
                return
            exchanges.step(stop)
            yield nth


def _polish(draft: Draft, movable: Iterable[int]) -> None:
    """Give each task that waits the better place that is still free, so that no reason given is idle."""
    draft.watch(movable)
    for nth in sorted(draft.late):
        before, old = draft.standing, draft.remove(nth) if nth in draft.placed else None
        insert_all(draft, (nth,))
        if old is not None and draft.standing >= before:
            if nth in draft.placed:
                draft.remove(nth)
            draft.add(nth, old)
