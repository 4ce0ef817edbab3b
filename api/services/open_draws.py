"""Draws of several parties (多方抽取): each promises a secret, the draw is committed and published, each reveals.

Nobody can try several panels: the pool is frozen and public by its digest before any secret is known, and a party
that does not reveal in time is named and left out, never given another try.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlmodel import Session

from api import record
from api.beacon import QUICKNET, beacon_check
from api.office import Office
from api.refusals import ReasonMissing, WrongState
from api.services import shortages
from api.services.draws import keep, order_of, tell_commitment, with_quotas
from api.services.screening import Asked, ask, divide
from api.store import open_draws
from models.draws import OpenDrawRow, OpenDrawState
from scheduler.draw import (
    DrawOrder,
    PanelsPassedOver,
    Prepared,
    RevealRefused,
    commit,
    complete,
    party_commitment,
)
from scheduler.draw.reveals import check_reveals
from scheduler.eligibility import Screened
from scheduler.errors import require
from scheduler.planning.outcome import Session as Sitting

SERVER = "server"
PARTIES = frozenset(("operator", "supervisor", "host"))
"""Who may hold a secret besides the server: the home centre, the supervisor, a guest venue's host."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What an open draw is made from, fixed when it is committed, with the sittings it is for."""

    order: DrawOrder
    screened: Screened
    sessions: tuple[Sitting, ...]
    salt: str
    committed_at: datetime

    def prepared(self, promises: Mapping[str, str]) -> Prepared:
        """The committed draw, the same whenever it is made anew."""
        return commit(self.order, self.screened, promises, bytes.fromhex(self.salt), self.committed_at)


FROZEN = TypeAdapter(Frozen)


def open_draw(
    session: Session,
    office: Office,
    project_id: str,
    *,
    parties: tuple[str, ...],
    minutes: int,
    with_beacon: bool,
    reason: str,
    actor: str,
    now: datetime,
) -> OpenDrawRow:
    """The parties are asked for their promises; the server's is made here.

    Raises `WrongState` when a draw is already open or there is nothing to draw, `ReasonMissing` for a redraw
    without a reason, `BadInput` for an unknown party.
    """
    known = bool(parties) and len(set(parties)) == len(parties) and PARTIES.issuperset(parties)
    require(known, "parties", ", ".join(parties), f"of {', '.join(sorted(PARTIES))}, each once")
    able = not with_beacon or beacon_check() is not None
    require(able, "beacon", True, "what cannot be checked here cannot be drawn with: install the extra drand")
    asked = ask(session, office, project_id, lock=True)
    if open_draws.of_project(session, project_id) is not None:
        raise WrongState("project", project_id, "has an open draw: its parties complete it")
    if open_draws.failed(session, project_id) and not reason.strip():
        raise ReasonMissing("draw", project_id, "after a draw that came to nothing another needs a reason")
    order = order_of(session, office, asked, reason, "parties")
    nonce = office.entropy(order.draw_id, SERVER)
    row = OpenDrawRow(
        draw_id=order.draw_id,
        project_id=project_id,
        number=order.number,
        state=OpenDrawState.PROMISING.value,
        reason=reason,
        parties=sorted({SERVER, *parties}),
        promises={SERVER: party_commitment(order.draw_id, SERVER, nonce)},
        revealed=[],
        minutes=minutes,
        with_beacon=with_beacon,
        secrets=b"",
        opened_by=actor,
        opened_at=now,
    )
    open_draws.keep_secrets(row, {SERVER: nonce}, office.keys.sealer)
    session.add(row)
    session.flush()
    told = {"draw_id": row.draw_id, "parties": row.parties}
    record.Scribe(session, actor, now).note("draw.opened", asked.case, facts=told)
    return row


def promise(
    session: Session, office: Office, draw_id: str, *, party: str, commitment: str, actor: str, now: datetime
) -> OpenDrawRow:
    """The party's commitment is on record; with the last one the pool is frozen and the draw committed, for all to see.

    Raises `WrongState` for a second promise or one too late, and `NoPanel` when no panel can be had: then the
    promise is not recorded either.
    """
    row = open_draws.row(session, draw_id, lock=True)
    _expect(row, OpenDrawState.PROMISING, party)
    if party in row.promises:
        raise WrongState("open draw", draw_id, f"has the promise of {party}, which cannot be changed")
    row.promises = {**row.promises, party: commitment}
    if set(row.promises) == set(row.parties):
        _commit(session, office, row, actor, now)
    session.add(row)
    session.flush()
    return row


def reveal(
    session: Session, office: Office, draw_id: str, *, party: str, nonce: bytes, actor: str, now: datetime
) -> OpenDrawRow:
    """The party's secret is on record, for nobody to read; with the last one a draw without a beacon is completed.

    Raises `RevealRefused` for a secret that was not promised, `WrongState` for one too late.
    """
    row = open_draws.row(session, draw_id, lock=True)
    _expect(row, OpenDrawState.REVEALING, party)
    if row.reveal_by is not None and now > row.reveal_by:
        raise WrongState("open draw", draw_id, f"could be revealed to until {row.reveal_by.isoformat()}")
    if party in row.revealed:
        raise WrongState("open draw", draw_id, f"has the secret of {party}")
    promised = [{"party": party, "commitment": row.promises[party]}]
    check_reveals(draw_id, promised, {party: nonce})
    open_draws.keep_secrets(
        row, {**open_draws.secrets_of(row, office.keys.sealer), party: nonce}, office.keys.sealer
    )
    row.revealed = sorted({*row.revealed, party})
    session.add(row)
    told = {"draw_id": draw_id, "party": party}
    record.Scribe(session, actor, now).note("draw.revealed", record.case(session, row.project_id), facts=told)
    if not row.with_beacon and _everyone_revealed(row):
        _complete(session, office, row, b"", actor, now)
    session.flush()
    return row


def finish(
    session: Session, office: Office, draw_id: str, *, beacon_signature: bytes, actor: str, now: datetime
) -> OpenDrawRow:
    """The draw is completed from the secrets revealed, and the beacon's round if it was committed to one.

    If only the server has revealed the draw has failed: one house alone is no draw of several parties. Raises
    `WrongState` while someone may still reveal, `RevealRefused` for a false beacon.
    """
    row = open_draws.row(session, draw_id, lock=True)
    if row.state != OpenDrawState.REVEALING:
        raise WrongState("open draw", draw_id, f"is {row.state}")
    if not _everyone_revealed(row) and row.reveal_by is not None and now <= row.reveal_by:
        raise WrongState("open draw", draw_id, f"waits for secrets until {row.reveal_by.isoformat()}")
    if not row.revealed:
        return _fail(session, row, actor, now)
    _complete(session, office, row, beacon_signature, actor, now)
    session.flush()
    return row


def withdraw(session: Session, draw_id: str, *, actor: str, now: datetime) -> OpenDrawRow:
    """The draw is called off before anything is committed; raises `WrongState` once it is."""
    row = open_draws.row(session, draw_id, lock=True)
    if row.state != OpenDrawState.PROMISING:
        raise WrongState("open draw", draw_id, f"is {row.state}: what is committed is drawn")
    return _fail(session, row, actor, now)


def _fail(session: Session, row: OpenDrawRow, actor: str, now: datetime) -> OpenDrawRow:
    """The draw came to nothing, which stays on record; another one needs a reason."""
    row.state = OpenDrawState.FAILED.value
    session.add(row)
    session.flush()
    told = {"draw_id": row.draw_id}
    record.Scribe(session, actor, now).note("draw.failed", record.case(session, row.project_id), facts=told)
    return row


def finish_overdue(session: Session, office: Office, now: datetime) -> int:
    """Draws whose time to reveal is over are completed from the secrets there are; returns how many."""
    late = open_draws.overdue(session, now)
    for row in late:
        finish(session, office, row.draw_id, beacon_signature=b"", actor="worker", now=now)
    return len(late)


def _everyone_revealed(row: OpenDrawRow) -> bool:
    return {SERVER, *row.revealed} == set(row.parties)


def _expect(row: OpenDrawRow, state: OpenDrawState, party: str) -> None:
    if row.state != state:
        raise WrongState("open draw", row.draw_id, f"is {row.state}, not {state}")
    if party not in row.parties:
        raise RevealRefused(party, "is not one of the parties")


def _commit(session: Session, office: Office, row: OpenDrawRow, actor: str, now: datetime) -> None:
    asked = ask(session, office, row.project_id, lock=True)
    screened = divide(session, asked)
    assurance = "rehearsal" if office.rehearsal else "parties"
    order = order_of(session, office, asked, row.reason, assurance)
    row.reveal_by = now + timedelta(minutes=row.minutes)
    frozen = Frozen(
        order=replace(
            with_quotas(session, asked, order, screened),
            reveal_by=row.reveal_by,
            beacon=QUICKNET.first_after(row.reveal_by) if row.with_beacon else None,
        ),
        screened=screened,
        sessions=asked.sitting.sessions,
        salt=office.entropy(row.draw_id, "salt").hex(),
        committed_at=now,
    )
    prepared = frozen.prepared(row.promises)
    open_draws.freeze(row, FROZEN.dump_json(frozen), office.keys.sealer)
    row.commitment, row.state = dict(prepared.commitment), OpenDrawState.REVEALING.value
    tell_commitment(session, asked, prepared, screened, actor, now)


def _still_asked(session: Session, office: Office, row: OpenDrawRow, frozen: Frozen) -> Asked | None:
    """What the draw was committed for; None once the evaluation has moved, or other seats are empty."""
    try:
        asked = ask(session, office, row.project_id, lock=True)
    except WrongState:
        return None
    same = (asked.slots, asked.sitting.sessions) == (frozen.order.slots, frozen.sessions)
    return asked if same else None


def _complete(
    session: Session, office: Office, row: OpenDrawRow, beacon_signature: bytes, actor: str, now: datetime
) -> None:
    frozen = FROZEN.validate_json(open_draws.frozen(row, office.keys.sealer))
    prepared, beacon, check = frozen.prepared(row.promises), frozen.order.beacon, beacon_check()
    if row.commitment != prepared.commitment:
        raise WrongState("open draw", row.draw_id, "cannot be made anew as it was committed")
    if beacon is not None:
        key = bytes.fromhex(beacon.public_key)
        if check is None or not check(beacon.scheme, key, beacon.round, beacon_signature):
            raise RevealRefused("beacon", f"the signature is not known to be that of round {beacon.round}")
    asked = _still_asked(session, office, row, frozen)
    if asked is None:
        _fail(session, row, actor, now)
        return
    secrets = open_draws.secrets_of(row, office.keys.sealer)
    try:
        drawn = complete(
            prepared, secrets, now, office.keys.signer.sign, office.keys.signer.public,
            beacon_signature=beacon_signature,
        )  # fmt: skip
    except PanelsPassedOver as refusal:
        shortages.declare(session, office, row.project_id, refusal, actor=actor, now=now)
        _fail(session, row, actor, now)
        return
    keep(session, office, asked, prepared.order, drawn, actor, now)
    row.state = OpenDrawState.COMPLETED.value
    session.add(row)
