"""Panels are drawn and lost seats drawn again: committed, completed, verified and recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from sqlmodel import Session

from api import record
from api.beacon import beacon_check
from api.office import Office
from api.refusals import DrawNotVerified, ReasonMissing, WrongState
from api.services.screening import DRAWABLE, Asked, Pools, ask, divide
from api.signing import check_signature
from api.store import draws, engagements, experts, invitations, open_draws, projects, rulebooks
from models.draws import DrawKind, DrawRow
from models.engagements import EngagementRow, EngagementState
from models.projects import ProjectState
from scheduler.draw import (
    Batch,
    Drawn,
    DrawOrder,
    Joint,
    Member,
    Method,
    Prepared,
    caps_of,
    certificate_digest,
    commit,
    complete,
    party_commitment,
    quotas_of,
)
from scheduler.draw.explain import thin_slots
from scheduler.eligibility import Screened
from scheduler.verification.draws import verify_draw

PARTIES = ("operator", "server")
"""Who provides randomness when one request draws at once; the certificate says so."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A draw's turn among those drawn together: their batch, its digest, and the draw's place from 1."""

    batch: Batch
    digest: str
    place: int
    pools: Pools


def draw(
    session: Session,
    office: Office,
    project_id: str,
    *,
    reason: str,
    actor: str,
    now: datetime,
    turn: Turn | None = None,
) -> DrawRow:
    """The project's empty seats are drawn: all of them the first time, only lost ones later, for a reason.

    Raises `NoPanel` or `PanelsPassedOver` when no panel can be had, `ReasonMissing` for a redraw without a reason,
    `WrongState` when there is nothing to draw. Nothing is recorded then.
    """
    asked = ask(session, office, project_id, lock=True)
    if open_draws.of_project(session, project_id) is not None:
        raise WrongState("project", project_id, "has an open draw: its parties complete it")
    scarcity, reserved = (None, frozenset[str]()) if turn is None else turn.batch.reserved(project_id)
    joint = None if turn is None else Joint(turn.digest, turn.place, len(turn.batch.order), scarcity)
    order = order_of(session, office, asked, reason, at_once(office), joint)
    nonces = {party: office.entropy(order.draw_id, party) for party in PARTIES}
    promised = {party: party_commitment(order.draw_id, party, nonce) for party, nonce in nonces.items()}
    screened = divide(session, asked, reserved, None if turn is None else turn.pools)
    order = with_quotas(session, asked, order, screened)
    prepared = commit(order, screened, promised, office.entropy(order.draw_id, "salt"), now)
    drawn = complete(
        prepared,
        nonces,
        now,
        office.keys.signer.sign,
        office.keys.signer.public,
        strands=lambda panel: None if turn is None else turn.batch.strands(project_id, panel),
    )
    tell_commitment(session, asked, prepared, screened, actor, now)
    return keep(session, office, asked, order, drawn, actor, now)


def with_quotas(session: Session, asked: Asked, order: DrawOrder, screened: Screened) -> DrawOrder:
    """The order with what the rules ask of the panel as a whole."""
    seniors = experts.seniors(session, [member.expert_id for member in asked.seated])
    return replace(order, quotas=quotas_of(screened.eligible, seniors, asked.rules))


def at_once(office: Office) -> str:
    """The assurance of a draw whose parties are both of this house."""
    return "rehearsal" if office.rehearsal else "operator_and_server"


def order_of(
    session: Session,
    office: Office,
    asked: Asked,
    reason: str,
    assurance: str,
    joint: Joint | None = None,
) -> DrawOrder:
    """The order for the project's next draw; raises `ReasonMissing`, or `WrongState` when no seat is empty."""
    project_id = asked.project.project_id
    earlier = draws.of_project(session, project_id)
    if earlier and not reason.strip():
        raise ReasonMissing("draw", project_id, "a draw after the first needs a recorded reason")
    if not asked.slots:
        raise WrongState("project", project_id, "has no empty seat")
    assert asked.case.row is not None
    paths = experts.paths_of(session, [member.expert_id for member in asked.seated])
    return DrawOrder(
        draw_id=open_draws.fresh_id(session, project_id, f"{asked.case.row.booking_id}-{len(earlier) + 1}"),
        project_id=project_id,
        number=len(earlier) + 1,
        slots=asked.slots,
        caps=caps_of(asked.project, asked.rules),
        method=Method(asked.rules.draw_method),
        rules_digest=office.book.digest,
        assurance=assurance,
        previous=earlier[-1].digest if earlier else None,
        reason=reason if earlier else "",
        fixed=tuple(
            (Member(m.expert_id, m.slot_id, Fraction(m.probability)), paths[m.expert_id])
            for m in asked.seated
        ),
        joint=joint,
    )


def tell_commitment(
    session: Session,
    asked: Asked,
    prepared: Prepared,
    screened: Screened,
    actor: str,
    now: datetime,
) -> None:
    """Everyone who may learns that the draw is committed, and which slots have too little choice."""
    ratio = asked.rules.draw_min_candidate_ratio
    told = {
        "draw_id": prepared.order.draw_id,
        "seats": seats(prepared.order),
        "pool_size": len(screened.eligible),
        "commitment": prepared.digest,
        "thin_slots": list(thin_slots(prepared.order.slots, screened.eligible, ratio)),
    }
    record.Scribe(session, actor, now).note("draw.committed", asked.case, facts=told)


def keep(
    session: Session,
    office: Office,
    asked: Asked,
    order: DrawOrder,
    drawn: Drawn,
    actor: str,
    now: datetime,
) -> DrawRow:
    """The draw is on record, its members hold their seats and are invited.

    Raises `DrawNotVerified` unless the independent verifier accepts it.
    """
    for step in verify_draw(drawn.public, drawn.sealed, check_signature, beacon_check()):
        if not step.holds:
            raise DrawNotVerified("draw", order.draw_id, f"{step.name}: {step.detail}")
    row = _save(session, office, asked, order, drawn, actor, now)
    added = _seat(session, asked, row, drawn)
    projects.move(session, asked.case.project, ProjectState.DRAWING, *DRAWABLE)
    case = record.case(session, order.project_id)
    _tell_result(session, case, order, row, actor, now)
    _invite(session, case, added, asked, record.Scribe(session, actor, now))
    return row


def seats(order: DrawOrder) -> int:
    """How many members are drawn."""
    return order.seats or sum(slot.seats for slot in order.slots)


def _save(
    session: Session,
    office: Office,
    asked: Asked,
    order: DrawOrder,
    drawn: Drawn,
    actor: str,
    now: datetime,
) -> DrawRow:
    rulebooks.keep(session, office.book, now)
    assert asked.case.row is not None
    earlier = draws.of_project(session, order.project_id)
    row = DrawRow(
        draw_id=order.draw_id,
        project_id=order.project_id,
        number=order.number,
        kind=(DrawKind.REDRAW if earlier else DrawKind.FULL).value,
        previous_id=earlier[-1].draw_id if earlier else None,
        booking_id=asked.case.row.booking_id,
        rules_digest=order.rules_digest,
        public=dict(drawn.public),
        sealed=b"",
        digest=certificate_digest(drawn.public),
        reason=order.reason,
        drawn_by=actor,
        drawn_at=now,
    )
    return draws.add(session, row, drawn.sealed, office.keys.sealer)


def _seat(session: Session, asked: Asked, row: DrawRow, drawn: Drawn) -> list[EngagementRow]:
    """The drawn experts hold their seats, but for those who took one elsewhere since the draw was committed."""
    assert asked.case.booking is not None
    sessions = asked.case.booking.sessions
    gone = {
        other.expert_id
        for other in engagements.busy(session)
        if any(other.start < sitting.end and sitting.start < other.end for sitting in sessions)
    }
    places = {slot["slot_id"]: slot["venue_id"] for slot in drawn.public["commitment"]["slots"]}
    members = [
        EngagementRow(
            engagement_id=f"{row.draw_id}-{nth}",
            draw_id=row.draw_id,
            project_id=row.project_id,
            expert_id=member.expert_id,
            slot_id=member.slot_id,
            venue_id=places[member.slot_id],
            centre_id=asked.case.centre_id,
            probability=str(member.chance),
            state=(EngagementState.RELEASED if member.expert_id in gone else EngagementState.INVITED).value,
        )
        for nth, member in enumerate(drawn.members, start=1)
    ]
    engagements.add_all(session, members, sessions)
    return [member for member in members if member.state == EngagementState.INVITED]


def _tell_result(
    session: Session, case: record.Case, order: DrawOrder, row: DrawRow, actor: str, now: datetime
) -> None:
    scribe = record.Scribe(session, actor, now)
    told = {"draw_id": row.draw_id, "seats": seats(order), "certificate_digest": row.digest}
    if row.previous_id is None:
        scribe.note("draw.completed", case, facts=told)
        return
    more = {"previous_draw_id": row.previous_id, "lost_seats": told["seats"], "round": row.number - 1}
    scribe.note("draw.redrawn", case, facts={**told, **more, "reason": order.reason})


def _invite(
    session: Session,
    case: record.Case,
    added: Sequence[EngagementRow],
    asked: Asked,
    scribe: record.Scribe,
) -> None:
    """Each new member is asked, and learns of it under the invitation's own number."""
    timeout = asked.rules.invite_response_timeout * asked.rules.invite_call_attempts
    for invitation, member in invitations.send(session, added, scribe.now, timeout):
        told = {
            "invitation_id": invitation.invitation_id,
            "draw_id": member.draw_id,
            "answer_by": invitation.expires_at.isoformat(),
        }
        topic, sealed = f"expert/{member.expert_id}", {"expert_id": member.expert_id}
        scribe.note_at("invitation.sent", case, member.venue_id, topic, facts=told, sealed=sealed)
