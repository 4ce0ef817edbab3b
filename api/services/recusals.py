"""The second recusal pass (二次回避): bidders are known after the opening, and their stakeholders must go.

招标投标法 art. 37 and 实施条例 art. 46(3): a stakeholder of a bidder must not be on the panel, or be replaced.
"""

from datetime import datetime

from sqlmodel import Session

from api import record
from api.office import Office
from api.slots import slots_for
from api.store import engagements, experts, invitations, projects
from models.engagements import EngagementState
from models.projects import ProjectState
from scheduler.eligibility import Reason, screen
from scheduler.people import Pool

BY_BIDDERS = (Reason.EMPLOYER_IS_BIDDER, Reason.TIE_TO_BIDDER)


def second_pass(session: Session, office: Office, project_id: str, now: datetime) -> int:
    """Members close to a bidder lose their seats, which are then to be drawn again; returns how many."""
    case = record.case(session, project_id, lock=True)
    seated = engagements.members(session, project_id)
    if case.booking is None or not seated:
        return 0
    project = projects.load(session, project_id)
    rules = office.book.at(project.opening_at.date(), project.region, project.kind)
    ids = {member.expert_id for member in seated}
    panel = [expert for expert in experts.load_pool(session) if expert.expert_id in ids]
    slots = slots_for(session, case, project, rules)
    screened = screen(Pool.of(panel), project, slots, case.booking.sessions, (), rules)
    close = {entry.expert_id for entry in screened.excluded if entry.reason in BY_BIDDERS}
    lost = [member for member in seated if member.expert_id in close]
    for member in lost:
        engagements.set_state(session, member, EngagementState.RECUSED)
    invitations.withdraw(session, [member.engagement_id for member in lost], now)
    if lost and case.project.state == ProjectState.PANEL_FILLED:
        projects.move(session, case.project, ProjectState.DRAWING, ProjectState.PANEL_FILLED)
    return len(lost)
