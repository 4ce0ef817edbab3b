"""Projects are submitted: the panel must be lawful, and exemption is tested at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from api import record
from api.store import organisations, projects
from models.projects import ProjectRow
from scheduler.panel import check_panel, guest_seats, is_remote
from scheduler.projects import Project
from scheduler.rules import RuleBook


def submit(
    session: Session, submitted: Sequence[Project], book: RuleBook, actor: str, now: datetime
) -> list[ProjectRow]:
    """The projects are on record, all or none; raises `PanelNotLawful` or `AlreadyThere`."""
    reasons = [_reason(project, book) for project in submitted]
    involved = {uscc for p in submitted for uscc in (p.tenderer, p.agency, *p.bidders) if uscc}
    organisations.know(session, dict.fromkeys(involved, ""))
    rows = projects.add_all(session, submitted, reasons)
    scribe = record.Scribe(session, actor, now)
    for case in record.cases(session, rows):
        told = {
            "procurement": case.project.kind,
            "category": case.project.category,
            "opening_at": case.project.opening_at.isoformat(),
        }
        scribe.note("project.submitted", case, facts=told)
        if case.project.reason:
            code = case.project.reason.partition(":")[0]
            scribe.note("project.exempted", case, facts={"code": code, "reason": case.project.reason})
    return rows


def _reason(project: Project, book: RuleBook) -> str:
    """Why the project is evaluated on site, or nothing; raises `PanelNotLawful`."""
    rules = book.at(project.opening_at.date(), project.region, project.kind)
    check_panel(project, rules)
    guest_seats(project, rules)
    if is_remote(project, rules):
        return ""
    if project.exemption is None:
        return "remote.enabled: off for this kind of procurement"
    return f"remote.exempt: {project.exemption}"
