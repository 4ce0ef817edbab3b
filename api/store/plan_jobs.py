"""Rows of plans' jobs: who may take which, and what came of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, and_, col, delete, or_, select

from models.plans import JobState, PlanJobRow, PlanRow, PlanState

ATTEMPTS = 3
"""How often a job is begun, its worker having died or failed, before it is given up."""


def add(session: Session, plan_id: str, jobs: Iterable[tuple[str, str, str]]) -> None:
    """The plan has these jobs, by id, region and request; those that it has already stay as they are."""
    query = select(PlanJobRow.job_id).where(PlanJobRow.plan_id == plan_id)
    known = set(session.exec(query).all())
    nth = len(known)
    for job_id, region, request in jobs:
        if job_id not in known:
            known.add(job_id)
            state = JobState.QUEUED.value
            job = PlanJobRow(
                plan_id=plan_id, job_id=job_id, nth=nth, region=region, request=request, state=state
            )
            session.add(job)
            nth += 1
    session.flush()


def row(session: Session, plan_id: str, job_id: str) -> PlanJobRow | None:
    """The job; none when its plan has ended."""
    query = select(PlanJobRow).where(PlanJobRow.plan_id == plan_id, PlanJobRow.job_id == job_id)
    return session.exec(query).first()


def claim(
    session: Session, worker: str, lease: timedelta, now: datetime, plan_id: str | None = None
) -> PlanJobRow | None:
    """The first job of a plan under way that nobody works on, or whose worker went silent, leased to this worker.

    A job that was begun too often has failed.
    """
    silent = and_(col(PlanJobRow.state) == JobState.RUNNING, col(PlanJobRow.lease_until) < now)
    query = (
        select(PlanJobRow)
        .join(PlanRow, col(PlanRow.plan_id) == PlanJobRow.plan_id)
        .where(PlanRow.state == PlanState.SOLVING)
        .where(or_(col(PlanJobRow.state) == JobState.QUEUED, silent))
        .order_by(col(PlanRow.ordered_at), col(PlanJobRow.nth))
    )
    if plan_id is not None:
        query = query.where(PlanJobRow.plan_id == plan_id)
    job = session.exec(query.with_for_update(skip_locked=True, of=PlanJobRow)).first()
    if job is None:
        return None
    if job.attempts >= ATTEMPTS:
        _put(session, job, JobState.FAILED, job.reason or "its workers went silent")
        return None
    job.attempts += 1
    job.state, job.worker, job.lease_until = JobState.RUNNING.value, worker, now + lease
    session.add(job)
    session.flush()
    return job


def is_held(session: Session, plan_id: str, job_id: str, worker: str) -> bool:
    """Whether the job, of a plan still under way, is this worker's."""
    query = (
        select(PlanJobRow.worker)
        .join(PlanRow, col(PlanRow.plan_id) == PlanJobRow.plan_id)
        .where(PlanJobRow.plan_id == plan_id, PlanJobRow.job_id == job_id)
        .where(PlanJobRow.state == JobState.RUNNING, PlanRow.state == PlanState.SOLVING)
    )
    return session.exec(query).first() == worker


def keep(session: Session, plan_id: str, job_id: str, worker: str, until: datetime) -> bool:
    """The worker keeps the lease, if it is its own."""
    job = _held(session, plan_id, job_id, worker)
    if job is not None:
        job.lease_until = until
        session.add(job)
        session.flush()
    return job is not None


def finish(session: Session, plan_id: str, job_id: str, worker: str, answer: str) -> None:
    """The answer is there; that of a worker whose lease was given to another is left out."""
    job = _held(session, plan_id, job_id, worker)
    if job is not None:
        job.answer = answer
        _put(session, job, JobState.DONE)


def fail(session: Session, plan_id: str, job_id: str, worker: str, reason: str) -> None:
    """The job is to be tried again, or has failed for good."""
    job = _held(session, plan_id, job_id, worker)
    if job is not None:
        _put(session, job, JobState.QUEUED if job.attempts < ATTEMPTS else JobState.FAILED, reason)


def remove(session: Session, plan_id: str) -> None:
    """Nothing is left of the plan's jobs."""
    session.exec(delete(PlanJobRow).where(col(PlanJobRow.plan_id) == plan_id))


def _held(session: Session, plan_id: str, job_id: str, worker: str) -> PlanJobRow | None:
    query = select(PlanJobRow).where(
        PlanJobRow.plan_id == plan_id,
        PlanJobRow.job_id == job_id,
        PlanJobRow.state == JobState.RUNNING,
        PlanJobRow.worker == worker,
    )
    return session.exec(query.with_for_update()).first()


def _put(session: Session, job: PlanJobRow, state: JobState, reason: str = "") -> None:
    job.state, job.reason, job.lease_until = state.value, reason, None
    session.add(job)
    session.flush()
