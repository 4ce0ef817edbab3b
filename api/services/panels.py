"""A panel as it stands: who is present, and, once the rules allow, by name."""

from sqlmodel import Session

from api import record
from api.sealing import Sealer
from api.store import engagements, experts, venues
from models.engagements import EngagementState

PRESENT = (EngagementState.CHECKED_IN, EngagementState.SERVED)


def present(session: Session, project_id: str) -> tuple[int, int]:
    """How many members have checked in, of how many."""
    panel = engagements.members(session, project_id)
    return sum(member.state in PRESENT for member in panel), record.case(session, project_id).experts


def by_name(session: Session, case: record.Case, sealer: Sealer) -> list[tuple[str, str, str]]:
    """Name, venue and state of each member; the caller has asked `api.reach` whether it may be known."""
    panel = engagements.members(session, case.project.project_id)
    names = experts.names_of(session, [member.expert_id for member in panel], sealer)
    return [(names[member.expert_id], member.venue_id, member.state) for member in panel]


def doors(session: Session, centre_id: str | None, venue_ids: frozenset[str]) -> frozenset[str]:
    """The venues of a centre, and these."""
    own = {venue for venue, (centre, _) in venues.places(session).items() if centre == centre_id}
    return venue_ids | own
