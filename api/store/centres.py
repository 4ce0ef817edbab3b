"""Rows and values of centres."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from api.refusals import NotFound
from models.centres import CentreRow
from scheduler.venues import Centre


def save_all(session: Session, centres: Iterable[Centre]) -> None:
    """Every centre is stored, replacing what was known of it."""
    for centre in centres:
        session.merge(
            CentreRow(centre_id=centre.centre_id, name=centre.name, region=centre.region, uscc=centre.uscc)
        )
    session.flush()


def load_all(session: Session) -> tuple[Centre, ...]:
    """Every centre, by id."""
    rows = session.exec(select(CentreRow).order_by(col(CentreRow.centre_id)))
    return tuple(Centre(row.centre_id, row.name, row.region, row.uscc) for row in rows)


def region_of(session: Session, centre_id: str) -> str:
    """The region of the centre; raises `NotFound`."""
    row = session.get(CentreRow, centre_id)
    if row is None:
        raise NotFound("centre", centre_id)
    return row.region
