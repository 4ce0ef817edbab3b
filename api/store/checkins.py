"""Rows of check-ins."""

from datetime import datetime

from sqlmodel import Session

from models.checkins import CheckInMethod, CheckInRow


def add(session: Session, engagement_id: str, method: CheckInMethod, by: str, now: datetime) -> None:
    """The expert's arrival is on record."""
    session.add(
        CheckInRow(engagement_id=engagement_id, method=method.value, checked_in_at=now, checked_in_by=by)
    )
    session.flush()
