"""Panels are drawn and lost seats drawn again: committed, completed, verified and recorded in one transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from sqlmodel import Session

from api import record
from api.office import Office
from api.refusals import DrawNotVerified, ReasonMissing, WrongState
from api.signing import check_signature
from api.store import draws, engagements, experts, invitations, projects, rulebooks, venues
from models.draws import DrawKind, DrawRow
from models.engagements import EngagementRow, EngagementState
from models.projects import ProjectState
from scheduler.draw import (
    Drawn,
    DrawOrder,
    Member,
    Method,
    Slot,
    caps_of,
    certificate_digest,
    commit,
    complete,
    party_commitment,
    slots_of,
)
from scheduler.eligibility import Screened, screen
from scheduler.people import Pool
from scheduler.projects import Project
from scheduler.rules import Rules
from scheduler.verification.draws import verify_draw

PARTIES = ("operator", "server")
"""Who provides randomness on the embedded default; the certificate says so."""

DRAWABLE = (ProjectState.BOOKED, ProjectState.DRAWING, ProjectState.DRAW_SHORT, ProjectState.PANEL_FILLED)


def draw(
    session: Session, office: Office, project_id: str, *, reason: str, actor: str, now: datetime
) -> DrawRow:
    """The project's empty seats are drawn: all of them the first time, only lost ones later, for a reason.

    Raises `NoPanel` or `PanelsPassedOver` when no panel can be had, `ReasonMissing` for a redraw without a reason,
    `WrongState` when there is nothing to draw. Nothing is recorded then.
    """
    case = record.case(session, project_id, lock=True)
    if case.row is None or case.booking is None or case.project.state not in DRAWABLE:
        raise WrongState(
            "project", project_id, f"is {case.project.state}: a panel is drawn for a booking that holds"
        )
    number = draws.next_number(session, project_id)
    if number > 1 and not reason.strip():
        raise ReasonMissing("draw", project_id, "a draw after the first needs a recorded reason")
    project = projects.load(session, project_id)
    rules = office.book.at(project.opening_at.date(), project.region, project.kind)
    seated = engagements.members(session, project_id)
    empty = _empty_slots(session, project, case, rules, seated)
    if not empty:
        raise WrongState("project", project_id, "has no empty seat")
    screened = _screen(session, project, case, rules, empty, seated)
    order = _order(
        session,
        office,
        case,
        number,
        reason if number > 1 else "",
        empty,
        project,
        rules,
        seated,
    )
    drawn = _perform(office, order, screened, now)
    row = _save(session, office, case, order, drawn, actor, now)
    added = _seat(session, case, row, drawn)
    projects.move(session, case.project, ProjectState.DRAWING, *DRAWABLE)
    drawn_case = record.case(session, project_id)
    _note(session, drawn_case, order, screened, row, actor, now)
    _invite(session, drawn_case, added, rules, record.Scribe(session, actor, now))
    return row


def _invite(
    session: Session,
    case: record.Case,
    added: Sequence[EngagementRow],
    rules: Rules,
    scribe: record.Scribe,
) -> None:
    """Each new member is asked, and learns of it under the invitation's own number."""
    timeout = rules.invite_response_timeout * rules.invite_call_attempts
    for invitation, member in invitations.send(session, added, scribe.now, timeout):
        told = {
            "invitation_id": invitation.invitation_id,
            "draw_id": member.draw_id,
            "answer_by": invitation.expires_at.isoformat(),
        }
        topic, sealed = f"expert/{member.expert_id}", {"expert_id": member.expert_id}
        scribe.note_at("invitation.sent", case, member.venue_id, topic, facts=told, sealed=sealed)


def screened_for(session: Session, office: Office, project_id: str) -> tuple[tuple[Slot, ...], Screened]:
    """The project's empty seats, and the pool divided for them: what a draw now would start from."""
    case = record.case(session, project_id)
    project = projects.load(session, project_id)
    rules = office.book.at(project.opening_at.date(), project.region, project.kind)
    seated = engagements.members(session, project_id)
    empty = _empty_slots(session, project, case, rules, seated)
    return empty, _screen(session, project, case, rules, empty, seated)


def _empty_slots(
    session: Session, project: Project, case: record.Case, rules: Rules, seated: Sequence[EngagementRow]
) -> tuple[Slot, ...]:
    assert case.booking is not None
    known = {venue.venue_id: venue for venue in venues.load_all(session)}
    held = Counter(member.slot_id for member in seated)
    slots = slots_of(project, case.booking, known, rules)
    return tuple(replace(s, seats=s.seats - held[s.slot_id]) for s in slots if s.seats > held[s.slot_id])


def _screen(
    session: Session,
    project: Project,
    case: record.Case,
    rules: Rules,
    empty: Sequence[Slot],
    seated: Sequence[EngagementRow],
) -> Screened:
    assert case.booking is not None
    ids = {member.expert_id for member in seated}
    nearby = {case.regions[venue_id] for venue_id in case.venue_ids}
    pool = experts.load_pool(session, nearby)
    former = {member.expert_id for member in engagements.all_of(session, project.project_id)} - ids
    return screen(
        Pool(tuple(expert for expert in pool if any(expert.region == slot.region for slot in empty))),
        project,
        empty,
        case.booking.sessions,
        engagements.busy(session),
        rules,
        centre_id=case.centre_id,
        members=[expert for expert in pool if expert.expert_id in ids],
        refused=frozenset(former),
    )


def _order(
    session: Session,
    office: Office,
    case: record.Case,
    number: int,
    reason: str,
    empty: tuple[Slot, ...],
    project: Project,
    rules: Rules,
    seated: Sequence[EngagementRow],
) -> DrawOrder:
    assert case.row is not None
    paths = experts.paths_of(session, [member.expert_id for member in seated])
    earlier = draws.of_project(session, case.project.project_id)
    return DrawOrder(
        draw_id=f"{case.row.booking_id}-{number}",
        project_id=case.project.project_id,
        number=number,
        slots=empty,
        caps=caps_of(project, rules),
        method=Method(rules.draw_method),
        rules_digest=office.book.digest,
        assurance="rehearsal" if office.rehearsal else "operator_and_server",
        previous=earlier[-1].digest if earlier else None,
        reason=reason,
        fixed=tuple(
            (Member(m.expert_id, m.slot_id, Fraction(m.probability)), paths[m.expert_id]) for m in seated
        ),
    )


def _perform(office: Office, order: DrawOrder, screened: Screened, now: datetime) -> Drawn:
    """The draw with its certificate; raises `DrawNotVerified` unless the independent verifier accepts it."""
    nonces = {party: office.entropy(order.draw_id, party) for party in PARTIES}
    promised = {party: party_commitment(order.draw_id, party, nonce) for party, nonce in nonces.items()}
    prepared = commit(order, screened, promised, office.entropy(order.draw_id, "salt"), now)
    drawn = complete(prepared, nonces, now, office.keys.signer.sign, office.keys.signer.public)
    for step in verify_draw(drawn.public, drawn.sealed, check_signature):
        if not step.holds:
            raise DrawNotVerified("draw", order.draw_id, f"{step.name}: {step.detail}")
    return drawn


def _save(
    session: Session,
    office: Office,
    case: record.Case,
    order: DrawOrder,
    drawn: Drawn,
    actor: str,
    now: datetime,
) -> DrawRow:
    rulebooks.keep(session, office.book, now)
    assert case.row is not None
    earlier = draws.of_project(session, order.project_id)
    row = DrawRow(
        draw_id=order.draw_id,
        project_id=order.project_id,
        number=order.number,
        kind=(DrawKind.REDRAW if earlier else DrawKind.FULL).value,
        previous_id=earlier[-1].draw_id if earlier else None,
        booking_id=case.row.booking_id,
        rules_digest=order.rules_digest,
        public=dict(drawn.public),
        sealed=b"",
        digest=certificate_digest(drawn.public),
        reason=order.reason,
        drawn_by=actor,
        drawn_at=now,
    )
    return draws.add(session, row, drawn.sealed, office.keys.sealer)


def _seat(session: Session, case: record.Case, row: DrawRow, drawn: Drawn) -> list[EngagementRow]:
    """The drawn experts hold their seats; raises `ExpertTaken` when one sits elsewhere then."""
    assert case.booking is not None
    places = {slot["slot_id"]: slot["venue_id"] for slot in drawn.public["commitment"]["slots"]}
    members = [
        EngagementRow(
            engagement_id=f"{row.draw_id}-{nth}",
            draw_id=row.draw_id,
            project_id=row.project_id,
            expert_id=member.expert_id,
            slot_id=member.slot_id,
            venue_id=places[member.slot_id],
            centre_id=case.centre_id,
            probability=str(member.chance),
            state=EngagementState.INVITED.value,
        )
        for nth, member in enumerate(drawn.members, start=1)
    ]
    engagements.add_all(session, members, case.booking.sessions)
    return members


def _note(
    session: Session,
    case: record.Case,
    order: DrawOrder,
    screened: Screened,
    row: DrawRow,
    actor: str,
    now: datetime,
) -> None:
    scribe = record.Scribe(session, actor, now)
    told = {"draw_id": row.draw_id, "seats": sum(slot.seats for slot in order.slots)}
    promised = {"pool_size": len(screened.eligible), "commitment": row.public["commitment_digest"]}
    scribe.note("draw.committed", case, facts={**told, **promised})
    if row.previous_id is None:
        scribe.note("draw.completed", case, facts={**told, "certificate_digest": row.digest})
        return
    more = {"previous_draw_id": row.previous_id, "lost_seats": told["seats"], "round": row.number - 1}
    scribe.note(
        "draw.redrawn", case, facts={**told, **more, "certificate_digest": row.digest, "reason": order.reason}
    )
