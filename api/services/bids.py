"""Bids are opened (开标): bidders become known; too few and the tender fails (实施条例 art. 44)."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from api import record
from api.refusals import WrongState
from api.store import bookings, engagements, guests, invitations, organisations, projects
from models.engagements import EngagementState
from models.guests import GuestRequestState
from models.projects import ProjectRow, ProjectState
from scheduler.errors import require
from scheduler.rules import RuleBook

OPENABLE = (
    ProjectState.GUEST_PENDING,
    ProjectState.BOOKED,
    ProjectState.DRAWING,
    ProjectState.DRAW_SHORT,
    ProjectState.PANEL_FILLED,
    ProjectState.UNSCHEDULED,
)


def open_(
    session: Session,
    project_id: str,
    bids: Mapping[str, frozenset[str]],
    *,
    book: RuleBook,
    actor: str,
    now: datetime,
) -> ProjectRow:
    """Bidders by section are on record; sections with too few fail, and with all of them the project."""
    case = record.case(session, project_id, lock=True)
    project = case.project
    if project.opened_at is not None or project.state not in OPENABLE:
        raise WrongState("project", project_id, f"is {project.state}, or opened before")
    sections = projects.sections_of(session, project_id)
    require(
        set(bids) == {section.section_id for section in sections},
        "bids",
        sorted(bids),
        f"bidders for each section of {project_id}",
    )
    bidders = frozenset().union(*bids.values())
    organisations.know(session, dict.fromkeys(bidders, ""))
    projects.set_bidders(session, project_id, bidders)
    least = book.at(project.opening_at.date(), project.region, projects.kind_of(project)).bidders_min
    for section in sections:
        projects.open_section(session, section, len(bids[section.section_id]), least)
    project.opened_at = now
    projects.touch(session, project)
    scribe = record.Scribe(session, actor, now)
    told = {"sections": len(sections), "bids": sum(len(received) for received in bids.values())}
    scribe.note("bids.opened", case, facts=told)
    if all(section.failed for section in sections):
        _fail(session, case, scribe, f"bidders.min: fewer than {least} bids in every section")
    return project


def _fail(session: Session, case: record.Case, scribe: record.Scribe, reason: str) -> None:
    """The tender has failed: rooms and experts are free again, and everyone concerned is told."""
    case.project.reason = reason
    projects.move(session, case.project, ProjectState.FAILED_TENDER, *OPENABLE)
    panel = engagements.members(session, case.project.project_id)
    for member in panel:
        engagements.set_state(session, member, EngagementState.RELEASED)
    invitations.withdraw(session, [member.engagement_id for member in panel], scribe.now)
    if case.row is not None:
        for request in guests.of_booking(session, case.row.booking_id):
            if request.state == GuestRequestState.SENT:
                guests.set_state(session, request, GuestRequestState.CANCELLED, reason, scribe.now)
        bookings.cancel(session, case.row)
    scribe.note("project.failed", case, facts={"code": "bidders.min", "reason": reason})
    scribe.note_parts("booking.cancelled", case, {"code": "bidders.min", "reason": reason})
