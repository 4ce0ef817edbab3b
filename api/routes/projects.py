"""Projects: submit, read, open, start, finish, publish."""

from datetime import date as day

from fastapi import APIRouter

from api import reach, record
from api.refusals import NotFound
from api.routes.dependencies import Call, Change, Key, Look, Version
from api.schemas.projects import OpeningIn, ProjectDetail, ProjectIn, ProjectView, SectionView
from api.services import bids, evaluations, results
from api.services import projects as service
from api.store import projects, venues

router = APIRouter(tags=["projects"])


@router.get("/projects")
def get_projects(call: Look, date: day | None = None) -> list[ProjectView]:
    """The projects that the caller may know, of a day or of all days."""
    cases = record.cases(call.session, projects.rows_of(call.session, date))
    return [ProjectView.of(case) for case in cases if reach.knows_project(call.viewer, case)]


@router.get("/projects/{project_id}")
def get_project(call: Look, project_id: str) -> ProjectDetail:
    """One project with its sections."""
    case = record.case(call.session, project_id)
    if not reach.knows_project(call.viewer, case):
        raise NotFound("project", project_id)
    return _detail(call, project_id)


@router.post("/projects", status_code=201)
def post_project(call: Change, given: ProjectIn, key: Key) -> ProjectDetail:
    """A project of the caller's centre is on record."""
    place = venues.places(call.session).get(given.home)
    if place is None or place[0] != call.viewer.centre_id:
        raise NotFound("venue", given.home, "is not one of your centre's")

    def act() -> str:
        value = given.value(region=place[1])
        return service.submit(call.session, [value], call.office.book, call.actor, call.now)[0].project_id

    reference = call.once(key, given.model_dump_json(), act)
    call.locate(f"/projects/{reference}")
    return _detail(call, reference)


@router.post("/projects/{project_id}/opening")
def post_opening(call: Change, project_id: str, given: OpeningIn, version: Version) -> ProjectDetail:
    """The bids are opened: the bidders of each section are on record."""
    _mine(call, project_id, version)
    bids.open_(call.session, project_id, given.bidders, book=call.office.book, actor=call.actor, now=call.now)
    return _detail(call, project_id)


@router.post("/projects/{project_id}/start")
def post_start(call: Change, project_id: str, version: Version) -> ProjectDetail:
    """The evaluation has begun."""
    _mine(call, project_id, version)
    evaluations.start(call.session, call.office, project_id, call.actor, call.now)
    return _detail(call, project_id)


@router.post("/projects/{project_id}/sections/{section_id}/finish")
def post_finish(call: Change, project_id: str, section_id: str, version: Version) -> ProjectDetail:
    """A section is evaluated."""
    _mine(call, project_id, version)
    evaluations.finish_section(call.session, call.office, project_id, section_id, call.actor, call.now)
    return _detail(call, project_id)


@router.post("/projects/{project_id}/result")
def post_result(call: Change, project_id: str, version: Version) -> ProjectDetail:
    """The result is published, and the panel's names with it."""
    _mine(call, project_id, version)
    results.publish(call.session, project_id, call.office.keys.sealer, call.actor, call.now)
    return _detail(call, project_id)


def _mine(call: Call, project_id: str, version: int) -> None:
    """Raise `NotFound` unless the caller's centre runs the project, `VersionStale` unless it is as read."""
    case = record.case(call.session, project_id, lock=True)
    if not reach.runs(call.viewer, case):
        raise NotFound("project", project_id)
    projects.check_version(case.project, version)


def _detail(call: Call, project_id: str) -> ProjectDetail:
    case = record.case(call.session, project_id)
    call.tag(case.project.version)
    opened = case.project.opened_at is not None
    sections = projects.sections_of(call.session, project_id)
    shown = ProjectView.of(case).model_dump()
    return ProjectDetail(**shown, sections=[SectionView.of(section, opened) for section in sections])
