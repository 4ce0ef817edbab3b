"""A search on several cores: the same plan as on one, sooner."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from scheduler.planning.budget import Budget, Progress
from scheduler.planning.outcome import Plan
from scheduler.planning.pieces import SMALLEST, Found, Job
from scheduler.planning.problem import Problem
from scheduler.planning.solve import solve


def solve_on(
    cores: int,
    problem: Problem,
    budget: Budget | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """What `solve` answers, its pieces searched in so many processes where there are pieces to share."""
    if cores < 2 or len(problem.projects) < 2 * SMALLEST:
        return solve(problem, budget, progress)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        # They load their libraries while the first plan and the bound are made.
        for _ in range(cores):
            pool.submit(abs, 0)

        def run(work: Callable[[Job], Found], jobs: Iterable[Job]) -> Iterable[Found]:
            return pool.map(work, jobs)

        return solve(problem, budget, progress, run=run)
