"""A search on several cores: the same plan as on one, sooner."""

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import Self, TypeVar

from scheduler.planning.budget import Budget, Progress
from scheduler.planning.outcome import Outcome, Plan
from scheduler.planning.possible import outcome_of
from scheduler.planning.problem import Problem
from scheduler.planning.search.pieces import SMALLEST, Found, Job
from scheduler.planning.shards import Sharded, solve_shards
from scheduler.planning.shards.jobs import Job as Work
from scheduler.planning.shards.jobs import Stop
from scheduler.planning.solve import solve

T = TypeVar("T")
LISTEN_SECONDS = 0.1
"""Seconds between two looks at whether to stop."""
GRACE_SECONDS = 0.5
"""Seconds that a job told to stop has for its answer."""


def solve_on(
    cores: int,
    problem: Problem,
    budget: Budget | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Stop | None = None,
) -> Outcome:
    """What `solve` comes to, its pieces searched in so many processes; told to stop, the best plan so far."""
    return outcome_of(problem, lambda: _solve_on(cores, problem, budget, progress, stop))


def _solve_on(
    cores: int,
    problem: Problem,
    budget: Budget | None,
    progress: Callable[[Progress], None] | None,
    stop: Stop | None,
) -> Plan:
    if cores < 2 or len(problem.projects) < 2 * SMALLEST:
        return solve(problem, budget, progress, stop)
    spawn = get_context("spawn")
    told = spawn.Event()
    with ProcessPoolExecutor(cores, mp_context=spawn, initializer=_listen, initargs=(told,)) as pool:
        # They load their libraries while the first plan and the bound are made.
        for _ in range(cores):
            pool.submit(abs, 0)

        def run(work: Callable[[Job], Found], jobs: Iterable[Job]) -> Iterable[Found]:
            searches = [pool.submit(work, replace(job, stop=_is_told)) for job in jobs]
            while stop is not None and wait(searches, LISTEN_SECONDS).not_done:
                if stop():
                    told.set()
            return [search.result() for search in searches]

        return solve(problem, budget, progress, stop, run)


def solve_shards_on(
    cores: int,
    problem: Problem,
    budget: Budget,
    crossing: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Stop | None = None,
) -> Sharded:
    """What `solve_shards` answers, its jobs done in so many processes; told to stop, within a second."""
    if cores < 2:
        return solve_shards(problem, budget, crossing, progress=progress, stop=stop)
    with _Pool(cores, stop) as run:
        return solve_shards(problem, budget, crossing, run=run, progress=progress, stop=stop)


class _Pool:
    """Does jobs in processes, which a flag that all of them see tells to stop."""

    def __init__(self, cores: int, stop: Stop | None) -> None:
        spawn = get_context("spawn")
        self._stop, self._told = stop, spawn.Event()
        self._pool = ProcessPoolExecutor(cores, mp_context=spawn, initializer=_listen, initargs=(self._told,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._told.set()
        self._pool.shutdown(wait=self._stop is None or not self._stop(), cancel_futures=True)

    def __call__(self, jobs: Sequence[Work[T]]) -> Iterator[T]:
        for future in [self._pool.submit(_done, job) for job in jobs]:
            while self._stop is not None and not future.done():
                wait([future], LISTEN_SECONDS)
                if self._stop():
                    self._told.set()
                    if not wait([future], GRACE_SECONDS).done:
                        return
            yield future.result()


_told: Event | None = None
"""In a process of the pool: the flag."""


def _listen(told: Event) -> None:
    global _told  # noqa: PLW0603 - a process has one
    _told = told
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which tells


def _is_told() -> bool:
    return _told is not None and _told.is_set()


def _done(job: Work[T]) -> T:
    return job(_told.is_set if _told is not None else None)
