"""Rows of draws: numbered without gaps, the sealed part encrypted."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from api.refusals import NotFound
from api.sealing import Sealer
from models.draws import DrawBatchRow, DrawRow


def batches(session: Session) -> int:
    """How many batches of draws there have been."""
    return session.exec(select(func.count()).select_from(DrawBatchRow)).one()


def batch(session: Session, batch_id: str) -> DrawBatchRow:
    """A batch of draws; raises `NotFound`."""
    found = session.get(DrawBatchRow, batch_id)
    if found is None:
        raise NotFound("batch", batch_id)
    return found


def add(session: Session, draw: DrawRow, sealed: Mapping[str, Any], sealer: Sealer) -> DrawRow:
    """The completed draw is stored, its sealed part encrypted."""
    draw.sealed = sealer.seal(json.dumps(sealed, sort_keys=True).encode(), _about(draw.draw_id))
    session.add(draw)
    session.flush()
    return draw


def row(session: Session, draw_id: str) -> DrawRow:
    """The draw's row; raises `NotFound`."""
    found = session.get(DrawRow, draw_id)
    if found is None:
        raise NotFound("draw", draw_id)
    return found


def of_project(session: Session, project_id: str) -> Sequence[DrawRow]:
    """The project's draws, by number."""
    query = select(DrawRow).where(DrawRow.project_id == project_id)
    return session.exec(query.order_by(col(DrawRow.number))).all()


def of_projects(session: Session, project_ids: Iterable[str]) -> Sequence[DrawRow]:
    """The draws of these projects, newest first."""
    query = select(DrawRow).where(col(DrawRow.project_id).in_(set(project_ids)))
    return session.exec(query.order_by(col(DrawRow.drawn_at).desc(), col(DrawRow.draw_id).desc())).all()


def sealed_part(draw: DrawRow, sealer: Sealer) -> dict[str, Any]:
    """The sealed part in the clear: for verification, redraws, and after the unlock."""
    opened: dict[str, Any] = json.loads(sealer.open(draw.sealed, _about(draw.draw_id)))
    return opened


def _about(draw_id: str) -> str:
    return f"draw/{draw_id}/sealed"
