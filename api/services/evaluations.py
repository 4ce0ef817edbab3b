"""An evaluation (评标) starts, goes on section by section, and is reported; guest support then counts."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from api import record
from api.office import Office
from api.planning import watching
from api.refusals import NotFound, WrongState
from api.store import bookings, engagements, projects, support
from models.engagements import EngagementState
from models.projects import ProjectRow, ProjectState


def start(session: Session, office: Office, project_id: str, actor: str, now: datetime) -> ProjectRow:
    """The evaluation runs, its end forecast; raises `WrongState` unless the whole panel has checked in."""
    case = record.case(session, project_id, lock=True)
    if case.project.names_unlocked_at is None:
        raise WrongState("evaluation", project_id, "starts when the whole panel has checked in")
    case.project.started_at = now
    projects.move(session, case.project, ProjectState.EVALUATING, ProjectState.CHECKING_IN)
    told = watching.tell_end(session, watching.outlook(session, office, case, now), now)
    record.Scribe(session, actor, now).note("evaluation.started", case, facts=told)
    return case.project


def finish_section(
    session: Session, office: Office, project_id: str, section_id: str, actor: str, now: datetime
) -> ProjectRow:
    """The section is evaluated and the end forecast anew; with the last one the evaluation is reported."""
    case = record.case(session, project_id, lock=True)
    if case.project.state != ProjectState.EVALUATING:
        raise WrongState("evaluation", project_id, f"is {case.project.state}, not evaluating")
    sections = [s for s in projects.sections_of(session, project_id) if not s.failed]
    section = next((s for s in sections if s.section_id == section_id), None)
    if section is None:
        raise NotFound("section", section_id)
    if section.finished_at is not None:
        raise WrongState("section", section_id, "is evaluated already")
    projects.finish_section(session, section, now)
    done = sum(s.finished_at is not None for s in sections)
    scribe = record.Scribe(session, actor, now)
    told: dict[str, Any] = {"progress": done / len(sections), "section": done, "sections": len(sections)}
    if done < len(sections):
        told |= watching.tell_end(session, watching.outlook(session, office, case, now), now)
    scribe.note("evaluation.progressed", case, facts=told)
    if done == len(sections):
        _finish(session, case, scribe)
    return case.project


def _finish(session: Session, case: record.Case, scribe: record.Scribe) -> None:
    """The evaluation is reported, rooms are given back, and every guest venue's support is counted."""
    projects.move(session, case.project, ProjectState.REPORTED, ProjectState.EVALUATING)
    panel = engagements.members(session, case.project.project_id)
    for member in panel:
        engagements.set_state(session, member, EngagementState.SERVED)
    scribe.note("evaluation.finished", case, facts={"progress": 1.0})
    if case.row is None or case.booking is None:
        return
    bookings.end_now(session, case.row, scribe.now)
    for guest in case.booking.guests:
        served = sum(member.venue_id == guest.venue_id for member in panel)
        if served:
            _count(session, case, guest.venue_id, served, scribe)


def _count(session: Session, case: record.Case, venue_id: str, served: int, scribe: record.Scribe) -> None:
    """The venue's support of this project is on record once (support.count_when)."""
    total = support.count(
        session,
        case.project.project_id,
        venue_id,
        booking_id=case.row.booking_id if case.row else "",
        day=case.project.opening_date,
        experts=served,
        now=scribe.now,
    )
    told = {
        "venue_id": venue_id,
        "region": case.regions[venue_id],
        "support_count": total,
        "period": scribe.now.astimezone(projects.LOCAL).strftime("%Y"),
    }
    scribe.note_at("support.counted", case, venue_id, "public", facts=told)
