"""Rows of draws of several parties on their way; secrets and frozen pools are encrypted."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from api.refusals import NotFound
from api.sealing import Sealer
from models.draws import OpenDrawRow, OpenDrawState

OPEN = (OpenDrawState.PROMISING, OpenDrawState.REVEALING)


def row(session: Session, draw_id: str, *, lock: bool = False) -> OpenDrawRow:
    """The open draw; raises `NotFound`."""
    query = select(OpenDrawRow).where(OpenDrawRow.draw_id == draw_id)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("open draw", draw_id)
    return found


def of_project(session: Session, project_id: str) -> OpenDrawRow | None:
    """The project's draw on its way, if there is one."""
    query = select(OpenDrawRow).where(
        OpenDrawRow.project_id == project_id, col(OpenDrawRow.state).in_([state.value for state in OPEN])
    )
    return session.exec(query).first()


def overdue(session: Session, now: datetime) -> Sequence[OpenDrawRow]:
    """Draws whose parties can reveal no more, and that wait for nothing else."""
    query = select(OpenDrawRow).where(
        OpenDrawRow.state == OpenDrawState.REVEALING,
        col(OpenDrawRow.reveal_by) < now,
        col(OpenDrawRow.with_beacon).is_(False),
    )
    return session.exec(query.order_by(OpenDrawRow.draw_id)).all()


def failed(session: Session, project_id: str) -> int:
    """How many draws of the project came to nothing."""
    query = select(OpenDrawRow).where(
        OpenDrawRow.project_id == project_id, OpenDrawRow.state == OpenDrawState.FAILED
    )
    return len(session.exec(query).all())


def fresh_id(session: Session, project_id: str, wanted: str) -> str:
    """The id of the project's next draw; after draws that came to nothing it says so."""
    times = failed(session, project_id)
    return f"{wanted}.{times}" if times else wanted


def secrets_of(row: OpenDrawRow, sealer: Sealer) -> dict[str, bytes]:
    """The nonces known so far, by party: the server's, and those revealed."""
    opened: Mapping[str, str] = json.loads(sealer.open(row.secrets, _about(row, "secrets")))
    return {party: bytes.fromhex(nonce) for party, nonce in opened.items()}


def keep_secrets(row: OpenDrawRow, secrets: Mapping[str, bytes], sealer: Sealer) -> None:
    """The nonces are stored, encrypted."""
    plain = json.dumps({party: nonce.hex() for party, nonce in secrets.items()}).encode()
    row.secrets = sealer.seal(plain, _about(row, "secrets"))


def freeze(row: OpenDrawRow, plain: bytes, sealer: Sealer) -> None:
    """What the draw will be completed from is stored, encrypted."""
    row.frozen = sealer.seal(plain, _about(row, "frozen"))


def frozen(row: OpenDrawRow, sealer: Sealer) -> bytes:
    """What the draw is completed from."""
    return sealer.open(row.frozen or b"", _about(row, "frozen"))


def _about(row: OpenDrawRow, what: str) -> str:
    return f"open-draw/{row.draw_id}/{what}"
