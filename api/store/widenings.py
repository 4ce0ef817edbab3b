"""Rows of widenings, and what was approved of them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from api.refusals import NotFound
from models.widenings import WideningRow, WideningState
from scheduler.widening import Widening


def add(session: Session, widening: WideningRow) -> WideningRow:
    """The widening is on record."""
    session.add(widening)
    session.flush()
    return widening


def row(session: Session, widening_id: str, lock: bool = False) -> WideningRow:
    """The widening's row; raises `NotFound`."""
    query = select(WideningRow).where(WideningRow.widening_id == widening_id)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("widening", widening_id)
    return found


def of_project(session: Session, project_id: str) -> Sequence[WideningRow]:
    """The project's widenings, in the order in which they were asked for."""
    query = select(WideningRow).where(WideningRow.project_id == project_id)
    return session.exec(query.order_by(col(WideningRow.requested_at), col(WideningRow.widening_id))).all()


def approved(session: Session, project_id: str) -> tuple[Widening, ...]:
    """What the project's slots may accept besides what they ask for."""
    return tuple(
        Widening(row.slot_id, tuple(sorted(row.asked)), tuple(sorted(row.allowed)))
        for row in of_project(session, project_id)
        if row.state == WideningState.APPROVED
    )
