"""Rows of guest support and their counts."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from api.store.projects import LOCAL
from models.support import SupportRow


def count(
    session: Session,
    project_id: str,
    venue_id: str,
    *,
    booking_id: str,
    day: str,
    experts: int,
    now: datetime,
) -> int:
    """The venue's support of the project is on record, once; returns all that it has supported this year."""
    month = now.astimezone(LOCAL).strftime("%Y-%m")
    if session.get(SupportRow, (project_id, venue_id)) is None:
        session.add(
            SupportRow(
                project_id=project_id,
                venue_id=venue_id,
                booking_id=booking_id,
                month=month,
                opening_date=day,
                experts=experts,
                counted_at=now,
            )
        )
        session.flush()
    return counts(session, month[:4]).get(venue_id, 0)


def counts(session: Session, period: str = "") -> dict[str, int]:
    """Supported projects (客场支持项目数) by guest venue, in the months that start with the period."""
    query = (
        select(SupportRow.venue_id, func.count())
        .where(col(SupportRow.month).startswith(period))
        .group_by(col(SupportRow.venue_id))
    )
    return dict(session.exec(query).all())
