"""The slots of a booked project: as it asked for them, and as widened by what was approved."""

from sqlmodel import Session

from api.record import Case
from api.store import venues, widenings
from scheduler.projects import Project
from scheduler.rules import Rules
from scheduler.slots import Slot, slots_of
from scheduler.widening import with_widenings


def asked_slots(session: Session, case: Case, project: Project, rules: Rules) -> tuple[Slot, ...]:
    """The slots as the project and its booking ask for them."""
    assert case.booking is not None
    known = {venue.venue_id: venue for venue in venues.load_all(session)}
    return slots_of(project, case.booking, known, rules)


def slots_for(session: Session, case: Case, project: Project, rules: Rules) -> tuple[Slot, ...]:
    """The slots that a draw fills now, with every approved widening."""
    approved = widenings.approved(session, project.project_id)
    return with_widenings(asked_slots(session, case, project, rules), approved)
