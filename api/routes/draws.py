"""Draws: asked for, read, and after the result opened."""

from typing import Any

from fastapi import APIRouter

from api import problems, reach, record
from api.refusals import NotFound
from api.routes.dependencies import Call, Change, Key, Look
from api.schemas.draws import DrawIn, DrawView
from api.services import draws as service
from api.services import shortages
from api.store import draws, projects
from scheduler.draw import NOT_DRAWN, NotDrawn

router = APIRouter(tags=["draws"])


@router.get("/draws")
def get_draws(call: Look) -> list[DrawView]:
    """The draws of the projects that the caller may know, newest first."""
    cases = record.cases(call.session, projects.rows_of(call.session))
    known = [case.project.project_id for case in cases if reach.knows_project(call.viewer, case)]
    return [DrawView.of(row) for row in draws.of_projects(call.session, known)]


@router.get("/draws/{draw_id}")
def get_draw(call: Look, draw_id: str) -> DrawView:
    """One draw with its public certificate."""
    row = draws.row(call.session, draw_id)
    if not reach.knows_project(call.viewer, record.case(call.session, row.project_id)):
        raise NotFound("draw", draw_id)
    return DrawView.of(row)


@router.get("/draws/{draw_id}/sealed")
def get_sealed(call: Look, draw_id: str) -> dict[str, Any]:
    """The sealed part: who was drawn, the seed and the pool, once the result is public (招标投标法 art. 37)."""
    row = draws.row(call.session, draw_id)
    if record.case(call.session, row.project_id).project.result_at is None:
        raise NotFound("sealed part", draw_id)
    return draws.sealed_part(row, call.office.keys.sealer)


@router.post("/projects/{project_id}/draws", status_code=201, response_model=DrawView)
def post_draw(call: Change, project_id: str, given: DrawIn, key: Key) -> DrawView | problems.Problem:
    """The project's panel is drawn; at most once per key."""
    return _draw(call, project_id, given, key)


@router.post("/draws/{draw_id}/redraws", status_code=201, response_model=DrawView)
def post_redraw(call: Change, draw_id: str, given: DrawIn, key: Key) -> DrawView | problems.Problem:
    """Seats lost since the draw are drawn again, for the recorded reason."""
    return _draw(call, draws.row(call.session, draw_id).project_id, given, key)


def _draw(call: Call, project_id: str, given: DrawIn, key: str) -> DrawView | problems.Problem:
    """The draw; or the refusal, with the project on record as short of experts and the key free again."""
    if not reach.runs(call.viewer, record.case(call.session, project_id)):
        raise NotFound("project", project_id)

    def act() -> str:
        row = service.draw(
            call.session, call.office, project_id, reason=given.reason, actor=call.actor, now=call.now
        )
        return row.draw_id

    try:
        with call.session.begin_nested():
            reference = call.once(key, given.model_dump_json(), act)
    except NOT_DRAWN as refusal:
        return short_of_experts(call, project_id, refusal)
    call.locate(f"/draws/{reference}")
    return DrawView.of(draws.row(call.session, reference))


def short_of_experts(call: Call, project_id: str, refusal: NotDrawn) -> problems.Problem:
    """The refusal as a problem document; that the project is short of experts is on record."""
    row = shortages.declare(call.session, call.office, project_id, refusal, actor=call.actor, now=call.now)
    return problems.refused(refusal.code, row.reason, shortages.facts(refusal, call.office, row))
