"""Draws made together (联合抽取): none takes experts whom another of them cannot do without."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.office import Office
from api.services import shortages
from api.services.draws import PARTIES, Turn, draw
from api.services.screening import Asked, Pools, ask, divide
from api.store import draws
from models.draws import DrawBatchRow, DrawRow
from scheduler.draw import (
    NOT_DRAWN,
    Batch,
    NotDrawn,
    Request,
    caps_of,
    commit_batch,
    complete_batch,
    party_commitment,
)
from scheduler.errors import require


@dataclass(frozen=True, slots=True)
class Together:
    """What came of draws made together: their record, the draws made, and for whom no panel could be had and why."""

    row: DrawBatchRow
    drawn: tuple[DrawRow, ...]
    short: dict[str, NotDrawn]


def draw_together(
    session: Session,
    office: Office,
    project_ids: Sequence[str],
    *,
    reason: str,
    actor: str,
    now: datetime,
    tell: Callable[[int], None] = lambda done: None,
) -> Together:
    """The empty seats of all these projects are drawn, in an order that the parties' secrets decide.

    A project for which no panel can be had is left out, named and on record as short; the others are drawn.
    Raises `BadInput` for no project or one named twice, and whatever `draw` refuses besides.
    """
    once = len(set(project_ids)) == len(project_ids) > 0
    require(once, "project_ids", ", ".join(project_ids), "one or more projects, each named once")
    asked = {project_id: ask(session, office, project_id) for project_id in project_ids}
    batch_id = f"T{draws.batches(session) + 1}"
    nonces = {party: office.entropy(batch_id, party) for party in PARTIES}
    promised = {party: party_commitment(batch_id, party, nonce) for party, nonce in nonces.items()}
    record, seed = complete_batch(commit_batch(batch_id, project_ids, promised, now), nonces)
    pools: Pools = {}
    batch = Batch([_request(session, asked, project_id, pools) for project_id in project_ids], seed)
    row = DrawBatchRow(
        batch_id=batch_id, digest=record["commitment_digest"], record=record, drawn_by=actor, drawn_at=now
    )
    session.add(row)
    session.flush()
    drawn: list[DrawRow] = []
    short: dict[str, NotDrawn] = {}
    for place, project_id in enumerate(batch.order, start=1):
        turn = Turn(batch, row.digest, place, pools)
        try:
            with session.begin_nested():
                made = draw(session, office, project_id, reason=reason, actor=actor, now=now, turn=turn)
        except NOT_DRAWN as refusal:
            short[project_id] = refusal
            shortages.declare(session, office, project_id, refusal, actor=actor, now=now)
        else:
            drawn.append(made)
        tell(place)
    return Together(row, tuple(drawn), short)


def _request(session: Session, asked: dict[str, Asked], project_id: str, pools: Pools) -> Request:
    own = asked[project_id]
    clashes = (o for o, other in asked.items() if o != project_id and own.sitting.clashes(other.sitting))
    eligible = divide(session, own, pools=pools).eligible
    caps = caps_of(own.project, own.rules)
    return Request(project_id, own.slots, caps, eligible, frozenset(clashes))
