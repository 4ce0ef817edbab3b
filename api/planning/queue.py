"""A plan's jobs (分省作业) in the database: whoever plans puts them there, any worker does them, on any machine.

A job is what its request says and nothing else, so it may be done twice and answers the same. Who plans does jobs
too while it waits: one process alone gets through, and a plan taken up again finds what had been done.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from api.database import transaction
from api.office import Office
from api.planning.job_texts import answer_of, id_of, request_of
from api.planning.solver import DoingJob, Solver, SolverFailed
from api.store import plan_jobs as rows
from models.plans import JobState
from scheduler.planning.budget import Progress
from scheduler.planning.shards.jobs import Job

T = TypeVar("T")
POLL_SECONDS = 0.2
"""Seconds between two looks at a job that another worker does."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is this worker's."""

    plan_id: str
    job_id: str
    request: str


class Hand:
    """Does jobs of plans in a child process, one at a time."""

    def __init__(self, office: Office, worker: str, solver: Solver, lease: timedelta) -> None:
        self._office, self._worker, self._solver, self._lease = office, worker, solver, lease

    def work(self, plan_id: str | None = None, standing: Callable[[], bool] | None = None) -> bool:
        """Do one job, of the plan if it is named, while it and `standing` hold; whether there was one."""
        office = self._office
        with transaction(office.engine) as session:
            row = rows.claim(session, self._worker, self._lease, office.clock.now(), plan_id)
            if row is None:
                return False
            job = Claimed(row.plan_id, row.job_id, row.request)
        try:
            answer = self._solver.do(
                DoingJob(job.request), _Holding(office, self._worker, job, self._lease, standing)
            )
        except SolverFailed as failed:
            with transaction(office.engine) as session:
                rows.fail(session, job.plan_id, job.job_id, self._worker, str(failed)[:500])
            return True
        if answer is not None:
            with transaction(office.engine) as session:
                rows.finish(session, job.plan_id, job.job_id, self._worker, answer)
        return True


class _Holding:
    """Keeps the lease of a job, and says at each beat whether it is still to be done."""

    def __init__(
        self,
        office: Office,
        worker: str,
        job: Claimed,
        lease: timedelta,
        standing: Callable[[], bool] | None,
    ) -> None:
        self._office, self._worker, self._job, self._lease = office, worker, job, lease
        self._standing, self._next = standing, time.monotonic() + lease.total_seconds() / 4

    def __call__(self, progress: Progress | None) -> bool:
        office, job = self._office, self._job
        if self._standing is not None and not self._standing():
            return False
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._lease.total_seconds() / 4
            until = office.clock.now() + self._lease
            with transaction(office.engine) as session:
                rows.keep(session, job.plan_id, job.job_id, self._worker, until)
        with office.reading() as session:
            return rows.is_held(session, job.plan_id, job.job_id, self._worker)


class Queue:
    """Runs jobs of one plan: they are put into the database, and their answers read in the jobs' order."""

    def __init__(self, office: Office, plan_id: str, hand: Hand, standing: Callable[[], bool]) -> None:
        self._office, self._plan_id, self._hand, self._standing = office, plan_id, hand, standing

    def __call__(self, jobs: Sequence[Job[T]]) -> Iterator[T]:
        """The answers; fewer when the plan is no longer to be made. Raises `SolverFailed`."""
        requests = [request_of(job) for job in jobs]
        ids = [id_of(request) for request in requests]
        regions = [region_of(job) for job in jobs]
        with transaction(self._office.engine) as session:
            rows.add(session, self._plan_id, zip(ids, regions, requests, strict=True))
        for job, job_id in zip(jobs, ids, strict=True):
            text = self._answer(job_id)
            if text is None:
                return
            yield answer_of(job, text)

    def _answer(self, job_id: str) -> str | None:
        while self._standing():
            with self._office.reading() as session:
                row = rows.row(session, self._plan_id, job_id)
            if row is None:
                return None
            if row.state == JobState.DONE:
                return row.answer
            if row.state == JobState.FAILED:
                raise SolverFailed(f"job {row.region}: {row.reason}")
            if not self._hand.work(self._plan_id, self._standing):
                time.sleep(POLL_SECONDS)
        return None


def region_of(job: Job[Any]) -> str:
    """The prefixes of the provinces in which the job's projects are, for whoever looks at the queue."""
    homes = {project.home for project in job.problem.projects}
    return " ".join(sorted({v.region[:2] for v in job.problem.venues if v.venue_id in homes}))[:200]
