"""Rows and values of limits on the supply of experts."""

from datetime import date, datetime

from sqlmodel import Session, col, func, select

from models.limits import SupplyLimitRow
from scheduler.planning.problem import Supply


def add(session: Session, supply: Supply, reason: str, by: str, now: datetime) -> SupplyLimitRow:
    """The limit holds from now on."""
    count = session.exec(select(func.count()).select_from(SupplyLimitRow)).one()
    row = SupplyLimitRow(
        limit_id=f"L{count + 1:06d}",
        region=supply.region,
        codes=sorted(supply.codes),
        experts=supply.experts,
        day=None if supply.day is None else supply.day.isoformat(),
        reason=reason,
        declared_by=by,
        declared_at=now,
    )
    session.add(row)
    session.flush()
    return row


def load_all(session: Session) -> tuple[Supply, ...]:
    """Every limit, as the planner knows it."""
    rows = session.exec(select(SupplyLimitRow).order_by(col(SupplyLimitRow.limit_id)))
    return tuple(
        Supply(
            row.region, frozenset(row.codes), row.experts, date.fromisoformat(row.day) if row.day else None
        )
        for row in rows
    )
