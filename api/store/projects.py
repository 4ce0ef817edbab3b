"""Rows and values of projects."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from api.refusals import AlreadyThere, NotFound, VersionStale, WrongState
from models.projects import BidderRow, DemandRow, ProjectRow, ProjectState, SectionRow
from scheduler.projects import Category, Exemption, ProcurementKind, Project, Requirement, Section

LOCAL = ZoneInfo("Asia/Shanghai")
PER_LETTER = 1000


def add_all(session: Session, projects: Sequence[Project], reasons: Sequence[str]) -> list[ProjectRow]:
    """New rows in state submitted, each with the next serial of its opening day; raises `AlreadyThere`."""
    known = session.exec(
        select(ProjectRow.project_id).where(col(ProjectRow.project_id).in_([p.project_id for p in projects]))
    ).first()
    if known is not None:
        raise AlreadyThere("project", known)
    rows = []
    taken: dict[str, int] = {}
    for project, reason in zip(projects, reasons, strict=True):
        day = project.opening_at.astimezone(LOCAL).date().isoformat()
        taken[day] = taken.get(day, _last(session, day)) + 1
        rows.append(_row(project, day, serial(taken[day]), reason))
    session.add_all(rows)
    session.flush()
    for project in projects:
        session.add_all(
            SectionRow(project_id=project.project_id, section_id=s.section_id, bidders=s.bidders)
            for s in project.sections
        )
        session.add_all(
            DemandRow(project_id=project.project_id, nth=nth, codes=sorted(requirement.codes), seats=seats)
            for nth, (requirement, seats) in enumerate(project.specialties)
        )
        set_bidders(session, project.project_id, project.bidders)
    session.flush()
    return rows


def serial(nth: int) -> str:
    """The nth serial of a day: A-001 to A-999, then B-000 and on; it says nothing about the project."""
    return f"{chr(ord('A') + nth // PER_LETTER)}-{nth % PER_LETTER:03d}"


def row(session: Session, project_id: str, lock: bool = False) -> ProjectRow:
    """The project's row, locked against other writers if asked; raises `NotFound`."""
    query = select(ProjectRow).where(ProjectRow.project_id == project_id)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("project", project_id)
    return found


def rows_of(session: Session, day: date | None = None) -> Sequence[ProjectRow]:
    """The rows of the projects that open on the day, or of all, by opening and serial."""
    query = select(ProjectRow).order_by(col(ProjectRow.opening_date), col(ProjectRow.serial))
    if day is not None:
        query = query.where(ProjectRow.opening_date == day.isoformat())
    return session.exec(query).all()


def rows_with(session: Session, project_ids: Iterable[str]) -> Sequence[ProjectRow]:
    """The rows of these projects, by id."""
    query = select(ProjectRow).where(col(ProjectRow.project_id).in_(set(project_ids)))
    return session.exec(query.order_by(col(ProjectRow.project_id))).all()


def serials(session: Session, day: str) -> dict[str, str]:
    """The serials of the projects that open on the day, by project id."""
    query = select(ProjectRow.project_id, ProjectRow.serial).where(ProjectRow.opening_date == day)
    return dict(session.exec(query).all())


def load(session: Session, project_id: str) -> Project:
    """The project as the engine knows it; raises `NotFound`."""
    return values(session, [row(session, project_id)])[0]


def values(session: Session, rows: Iterable[ProjectRow]) -> tuple[Project, ...]:
    """The engine's values of these rows, in their order."""
    listed = list(rows)
    ids = {project.project_id for project in listed}
    sections: dict[str, list[Section]] = defaultdict(list)
    for section in session.exec(
        select(SectionRow)
        .where(col(SectionRow.project_id).in_(ids))
        .order_by(col(SectionRow.project_id), col(SectionRow.section_id))
    ):
        sections[section.project_id].append(Section(section.section_id, section.bidders))
    demands: dict[str, list[tuple[Requirement, int]]] = defaultdict(list)
    for demand in session.exec(
        select(DemandRow)
        .where(col(DemandRow.project_id).in_(ids))
        .order_by(col(DemandRow.project_id), col(DemandRow.nth))
    ):
        demands[demand.project_id].append((Requirement(frozenset(demand.codes)), demand.seats))
    bidders: dict[str, set[str]] = defaultdict(set)
    for bidder in session.exec(select(BidderRow).where(col(BidderRow.project_id).in_(ids))):
        bidders[bidder.project_id].add(bidder.organisation)
    return tuple(
        Project(
            project_id=p.project_id,
            name=p.name,
            kind=ProcurementKind(p.kind),
            category=Category(p.category),
            home=p.home,
            region=p.region,
            opening_at=p.opening_at.astimezone(LOCAL),
            sections=tuple(sections[p.project_id]),
            specialties=tuple(demands[p.project_id]),
            owner_representatives=p.owner_representatives,
            guest_count=p.guest_count,
            exemption=Exemption(p.exemption) if p.exemption else None,
            tenderer=p.tenderer,
            agency=p.agency,
            supervisor=p.supervisor,
            bidders=frozenset(bidders[p.project_id]),
            equipment=frozenset(p.equipment),
        )
        for p in listed
    )


def move(session: Session, project: ProjectRow, to: ProjectState, *allowed: ProjectState) -> None:
    """The project is in state `to`, one version later; raises `WrongState` unless it was in an allowed one."""
    if project.state not in allowed:
        rule = f"is {project.state}; {to} follows {' or '.join(sorted(allowed))}"
        raise WrongState("project", project.project_id, rule)
    project.state = to.value
    touch(session, project)


def touch(session: Session, project: ProjectRow) -> None:
    """The project is one version later."""
    project.version += 1
    session.add(project)
    session.flush()


def check_version(project: ProjectRow, version: int) -> None:
    """Raise `VersionStale` unless the caller has read the newest version."""
    if project.version != version:
        raise VersionStale("project", project.project_id, f"is at version {project.version}")


def postpone(session: Session, project: ProjectRow, opening_at: datetime) -> None:
    """The project opens then; on another day it has the next serial of that day."""
    day = opening_at.astimezone(LOCAL).date().isoformat()
    if day != project.opening_date:
        project.serial = serial(_last(session, day) + 1)
    project.opening_at, project.opening_date = opening_at, day
    touch(session, project)


def set_bidders(session: Session, project_id: str, bidders: Iterable[str]) -> None:
    """The project has these bidders, besides those known before."""
    for organisation in sorted(bidders):
        session.merge(BidderRow(project_id=project_id, organisation=organisation))
    session.flush()


def sections_of(session: Session, project_id: str) -> Sequence[SectionRow]:
    """The project's sections, by id."""
    query = select(SectionRow).where(SectionRow.project_id == project_id)
    return session.exec(query.order_by(col(SectionRow.section_id))).all()


def progress(session: Session, project_ids: Iterable[str]) -> dict[str, float]:
    """The share of sections whose evaluation is done, by project."""
    done = func.count(col(SectionRow.finished_at))
    query = (
        select(SectionRow.project_id, done, func.count())
        .where(col(SectionRow.project_id).in_(set(project_ids)), col(SectionRow.failed).is_(False))
        .group_by(col(SectionRow.project_id))
    )
    return {project_id: finished / sections for project_id, finished, sections in session.exec(query)}


def kind_of(project: ProjectRow) -> ProcurementKind:
    """The project's kind of procurement, which picks its rules."""
    return ProcurementKind(project.kind)


def open_section(session: Session, section: SectionRow, bids: int, least: int) -> None:
    """The section has the bids it received; with fewer than the least it has failed."""
    section.bidders, section.failed = bids, bids < least
    session.add(section)
    session.flush()


def finish_section(session: Session, section: SectionRow, now: datetime) -> None:
    """The section's evaluation is done."""
    section.finished_at = now
    session.add(section)
    session.flush()


def last_finished(session: Session, project_id: str) -> datetime:
    """When the last section was evaluated."""
    done = [s.finished_at for s in sections_of(session, project_id) if s.finished_at is not None]
    return max(done)


def _last(session: Session, day: str) -> int:
    """The number of the day's last serial; zero before the first."""
    query = select(func.max(ProjectRow.serial)).where(ProjectRow.opening_date == day)
    last = session.exec(query).one()
    return 0 if last is None else (ord(last[0]) - ord("A")) * PER_LETTER + int(last[2:])


def _row(project: Project, day: str, number: str, reason: str) -> ProjectRow:
    return ProjectRow(
        project_id=project.project_id,
        serial=number,
        name=project.name,
        kind=project.kind.value,
        category=project.category.value,
        home=project.home,
        region=project.region,
        opening_at=project.opening_at,
        opening_date=day,
        owner_representatives=project.owner_representatives,
        guest_count=project.guest_count,
        exemption=project.exemption.value if project.exemption else None,
        tenderer=project.tenderer,
        agency=project.agency,
        supervisor=project.supervisor,
        equipment=sorted(project.equipment),
        state=ProjectState.SUBMITTED.value,
        reason=reason,
    )
