"""What a draw of a project would start from now: its empty seats, who sits already, and the pool divided."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from api import record
from api.office import Office
from api.refusals import WrongState
from api.slots import slots_for
from api.store import engagements, experts, projects
from models.engagements import EngagementRow, EngagementState
from models.projects import ProjectState
from scheduler.draw import Slot
from scheduler.draw.explain import DrawCase
from scheduler.eligibility import Screened, Sitting
from scheduler.people import Pool
from scheduler.projects import Project
from scheduler.rules import Rules

DRAWABLE = (ProjectState.BOOKED, ProjectState.DRAWING, ProjectState.DRAW_SHORT, ProjectState.PANEL_FILLED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A project whose panel can be drawn: its booking, the rules, its empty seats, and who sits already."""

    case: record.Case
    project: Project
    rules: Rules
    slots: tuple[Slot, ...]
    seated: Sequence[EngagementRow]

    @property
    def sitting(self) -> Sitting:
        """When and for whom the panel sits."""
        assert self.case.booking is not None
        return Sitting(self.case.booking.sessions, self.rules, self.case.centre_id)


def ask(
    session: Session,
    office: Office,
    project_id: str,
    *,
    lock: bool = False,
    states: Sequence[ProjectState] = DRAWABLE,
) -> Asked:
    """The project with its empty seats; raises `WrongState` unless it has a booking and is in one of the states."""
    case = record.case(session, project_id, lock=lock)
    if case.row is None or case.booking is None or case.project.state not in states:
        raise WrongState(
            "project", project_id, f"is {case.project.state}: a panel is drawn for a booking that holds"
        )
    project = projects.load(session, project_id)
    rules = office.book.at(project.opening_at.date(), project.region, project.kind)
    seated = engagements.members(session, project_id)
    held = Counter(member.slot_id for member in seated)
    slots = slots_for(session, case, project, rules)
    empty = tuple(replace(s, seats=s.seats - held[s.slot_id]) for s in slots if s.seats > held[s.slot_id])
    return Asked(case, project, rules, empty, seated)


Pools = dict[frozenset[str], Pool]
"""Pools by the regions they were read for: in one transaction they are read once."""


def divide(
    session: Session, asked: Asked, reserved: frozenset[str] = frozenset(), pools: Pools | None = None
) -> Screened:
    """The pool divided for the empty seats, as of now."""
    return draw_case(session, asked, reserved, pools).screened()


def draw_case(
    session: Session, asked: Asked, reserved: frozenset[str] = frozenset(), pools: Pools | None = None
) -> DrawCase:
    """All that a draw of the empty seats would start from now."""
    assert asked.case.booking is not None
    ids = {member.expert_id for member in asked.seated}
    nearby = frozenset(asked.case.regions[venue_id] for venue_id in asked.case.venue_ids)
    known = {} if pools is None else pools
    if nearby not in known:
        known[nearby] = experts.load_pool(session, nearby)
    pool = known[nearby]
    # Who was released, because the evaluation moved or a seat elsewhere came first, refused nothing.
    former = {
        member.expert_id
        for member in engagements.all_of(session, asked.project.project_id)
        if member.state != EngagementState.RELEASED
    } - ids
    return DrawCase(
        Pool(tuple(expert for expert in pool if any(expert.region == slot.region for slot in asked.slots))),
        asked.project,
        asked.slots,
        asked.case.booking.sessions,
        asked.rules,
        engagements.busy(session),
        centre_id=asked.case.centre_id,
        members=tuple(expert for expert in pool if expert.expert_id in ids),
        refused=frozenset(former),
        reserved=reserved,
    )
