"""Rows and values of plans: orders, leases, outcomes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, func, or_, select

from api.refusals import NotFound, VersionStale
from api.store import bookings
from models.plans import PlanRow, PlanState, UnscheduledRow
from scheduler.planning.outcome import Plan, Unscheduled


def order(
    session: Session,
    day: date,
    *,
    seed: int,
    seconds: int,
    rules_digest: str,
    durations_digest: str = "",
    by: str,
    now: datetime,
) -> PlanRow:
    """A new order to plan the day."""
    count = select(func.count()).select_from(PlanRow).where(PlanRow.opening_date == day.isoformat())
    plan = PlanRow(
        plan_id=f"P{day:%Y%m%d}-{session.exec(count).one() + 1}",
        opening_date=day.isoformat(),
        state=PlanState.QUEUED.value,
        seed=str(seed),
        seconds=seconds,
        rules_digest=rules_digest,
        durations_digest=durations_digest,
        ordered_by=by,
        ordered_at=now,
    )
    session.add(plan)
    session.flush()
    return plan


def row(session: Session, plan_id: str, lock: bool = False) -> PlanRow:
    """The plan's row, locked against other writers if asked; raises `NotFound`."""
    query = select(PlanRow).where(PlanRow.plan_id == plan_id)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("plan", plan_id)
    return found


def rows_of(session: Session, day: date | None = None) -> Sequence[PlanRow]:
    """The plans of the day, or all, newest first."""
    query = select(PlanRow).order_by(col(PlanRow.ordered_at).desc(), col(PlanRow.plan_id).desc())
    if day is not None:
        query = query.where(PlanRow.opening_date == day.isoformat())
    return session.exec(query).all()


def claim(session: Session, worker: str, lease: timedelta, now: datetime) -> PlanRow | None:
    """The oldest order nobody works on, or whose worker went silent, now leased to this worker."""
    waiting = col(PlanRow.state) == PlanState.QUEUED
    silent = and_(col(PlanRow.state) == PlanState.SOLVING, col(PlanRow.lease_until) < now)
    query = select(PlanRow).where(or_(waiting, silent)).order_by(col(PlanRow.ordered_at))
    plan = session.exec(query.with_for_update(skip_locked=True)).first()
    if plan is None:
        return None
    plan.state, plan.worker, plan.lease_until = PlanState.SOLVING.value, worker, now + lease
    return touch(session, plan)


def touch(session: Session, plan: PlanRow) -> PlanRow:
    """The plan is stored, one version later."""
    plan.version += 1
    session.add(plan)
    session.flush()
    return plan


def note_progress(session: Session, plan: PlanRow, progress: dict[str, Any], lease_until: datetime) -> None:
    """The plan shows how far its solver is, and its worker keeps the lease."""
    plan.progress, plan.lease_until = dict(progress), lease_until
    session.add(plan)
    session.flush()


def check_version(plan: PlanRow, version: int) -> None:
    """Raise `VersionStale` unless the caller has read the newest version."""
    if plan.version != version:
        raise VersionStale("plan", plan.plan_id, f"is at version {plan.version}")


def save(session: Session, row: PlanRow, plan: Plan, serials: dict[str, str]) -> None:
    """The solved plan is stored as drafts and reasons."""
    bookings.add_drafts(session, row.plan_id, plan.bookings, serials)
    session.add_all(
        UnscheduledRow(plan_id=row.plan_id, project_id=u.project_id, code=u.code, reason=u.reason)
        for u in plan.unscheduled
    )
    row.state = PlanState.SOLVED.value
    row.cost, row.bound, row.problem_digest = plan.cost, plan.bound, plan.problem_digest
    touch(session, row)


def close(session: Session, row: PlanRow, state: PlanState, explanation: str) -> None:
    """The order has ended without a plan to publish."""
    row.state, row.explanation = state.value, explanation
    touch(session, row)


def publish(session: Session, row: PlanRow, now: datetime) -> None:
    """The plan is the published one."""
    row.state, row.published_at = PlanState.PUBLISHED.value, now
    touch(session, row)


def load(session: Session, row: PlanRow) -> Plan:
    """The plan as the engine knows it."""
    unscheduled = session.exec(
        select(UnscheduledRow)
        .where(UnscheduledRow.plan_id == row.plan_id)
        .order_by(col(UnscheduledRow.project_id))
    )
    return Plan(
        bookings=bookings.values(session, bookings.of_plan(session, row.plan_id)),
        unscheduled=tuple(Unscheduled(u.project_id, u.code, u.reason) for u in unscheduled),
        cost=row.cost,
        bound=row.bound,
        seed=int(row.seed),
        problem_digest=row.problem_digest,
        rules_digest=row.rules_digest,
    )
