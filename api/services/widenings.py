"""Widenings are asked for by the centre, decided by a supervisor, and used by the slots of every later draw."""

from datetime import datetime

from sqlmodel import Session

from api import record
from api.office import Office
from api.refusals import NotFound, ReasonMissing, WrongState
from api.services.screening import DRAWABLE
from api.slots import asked_slots
from api.store import projects, widenings
from models.widenings import WideningRow, WideningState
from scheduler.errors import require
from scheduler.rules import Rules
from scheduler.slots import Slot
from scheduler.widening import widen


def request(
    session: Session,
    office: Office,
    project_id: str,
    *,
    slot_id: str,
    level: int,
    reason: str,
    actor: str,
    now: datetime,
) -> WideningRow:
    """The next step of a slot is asked for and changes nothing yet (draw.widen_specialty).

    Raises `WrongState` when the project is not to be drawn or the slot's last request is undecided, `NotFound` for
    an unknown slot, `BadInput` for a step that is not the next one, `ReasonMissing`.
    """
    if not reason.strip():
        raise ReasonMissing("widening", project_id, "a widening needs a recorded reason")
    case = record.case(session, project_id, lock=True)
    slots, rules = _slots(session, office, case)
    slot = next((slot for slot in slots if slot.slot_id == slot_id), None)
    if slot is None:
        raise NotFound("slot", slot_id)
    earlier = [row for row in widenings.of_project(session, project_id) if _is_of(row, slot)]
    if any(row.state == WideningState.REQUESTED for row in earlier):
        raise WrongState("slot", slot_id, "has a widening that waits for a decision")
    done = max((row.level for row in earlier if row.state == WideningState.APPROVED), default=0)
    rule = f"draw.widen_specialty: slot {slot_id} has {done} steps approved; they are taken one by one"
    require(level == done + 1, "level", level, rule)
    widening = widen(slot, level, rules.draw_widen_specialty)
    number = len(widenings.of_project(session, project_id)) + 1
    assert case.row is not None
    row = WideningRow(
        widening_id=f"{case.row.booking_id}-W{number}",
        project_id=project_id,
        slot_id=slot_id,
        level=level,
        asked=list(widening.asked),
        allowed=list(widening.allowed),
        reason=reason.strip(),
        state=WideningState.REQUESTED.value,
        requested_by=actor,
        requested_at=now,
    )
    widenings.add(session, row)
    _tell(session, "widening.requested", case, row, row.reason, actor, now)
    return row


def decide(
    session: Session,
    office: Office,
    widening_id: str,
    *,
    approves: bool,
    remark: str,
    actor: str,
    now: datetime,
) -> WideningRow:
    """The widening holds for all later draws of the project, or is refused.

    Raises `WrongState` when it is decided already, by who asked for it, or for a slot that has changed since;
    `ReasonMissing` for a refusal without a word.
    """
    row = widenings.row(session, widening_id)
    case = record.case(session, row.project_id, lock=True)
    row = widenings.row(session, widening_id, lock=True)
    if row.state != WideningState.REQUESTED:
        raise WrongState("widening", widening_id, f"is {row.state}")
    if row.requested_by == actor:
        raise WrongState("widening", widening_id, "is decided by somebody else than who asked for it")
    if not approves and not remark.strip():
        raise ReasonMissing("widening", widening_id, "a refusal needs a recorded reason")
    if approves:
        slots, _ = _slots(session, office, case)
        if not any(_is_of(row, slot) for slot in slots):
            raise WrongState("widening", widening_id, "is for a slot that asks for something else by now")
    row.state = (WideningState.APPROVED if approves else WideningState.REFUSED).value
    row.decided_by, row.decided_at, row.remark = actor, now, remark.strip()
    widenings.add(session, row)
    _tell(session, f"widening.{row.state}", case, row, row.remark or row.reason, actor, now)
    return row


def _slots(session: Session, office: Office, case: record.Case) -> tuple[tuple[Slot, ...], Rules]:
    if case.row is None or case.booking is None or case.project.state not in DRAWABLE:
        rule = f"is {case.project.state}: slots are widened for a booking that holds"
        raise WrongState("project", case.project.project_id, rule)
    project = projects.load(session, case.project.project_id)
    rules = office.book.at(project.opening_at.date(), project.region, project.kind)
    return asked_slots(session, case, project, rules), rules


def _is_of(row: WideningRow, slot: Slot) -> bool:
    return row.slot_id == slot.slot_id and frozenset(row.asked) == slot.requirement.codes


def _tell(
    session: Session,
    kind: str,
    case: record.Case,
    row: WideningRow,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    told = {
        "widening_id": row.widening_id,
        "slot_id": row.slot_id,
        "level": row.level,
        "asked": row.asked,
        "allowed": row.allowed,
        "reason": reason,
    }
    record.Scribe(session, actor, now).note(kind, case, facts=told)
