"""Before a draw: what it would start from, and the widenings that let more experts in."""

from fastapi import APIRouter

from api import reach, record
from api.refusals import NotFound
from api.routes.dependencies import Call, Change, Key, Look
from api.schemas.forecasts import ForecastView
from api.schemas.widenings import DecisionIn, WideningIn, WideningView
from api.services import forecasts
from api.services import widenings as service
from api.store import widenings

router = APIRouter(tags=["draws"])


@router.get("/projects/{project_id}/draws/forecast")
def get_forecast(call: Look, project_id: str) -> ForecastView:
    """The funnel of each slot, warnings about thin pools, and for an impossible draw what would help."""
    case = _known(call, project_id)
    found = forecasts.forecast(call.session, call.office, project_id)
    least = 0 if reach.oversees(call.viewer, case) else found.draw.rules.disclose_min_group
    return ForecastView.of(project_id, found, least)


@router.get("/projects/{project_id}/widenings")
def get_widenings(call: Look, project_id: str) -> list[WideningView]:
    """The project's widenings, in the order in which they were asked for."""
    _known(call, project_id)
    return [WideningView.of(row) for row in widenings.of_project(call.session, project_id)]


@router.post("/projects/{project_id}/widenings", status_code=201)
def post_widening(call: Change, project_id: str, given: WideningIn, key: Key) -> WideningView:
    """The centre asks that a slot accept less of a specialty code; nothing changes until it is approved."""
    if not reach.runs(call.viewer, record.case(call.session, project_id)):
        raise NotFound("project", project_id)

    def act() -> str:
        return service.request(
            call.session,
            call.office,
            project_id,
            slot_id=given.slot_id,
            level=given.level,
            reason=given.reason,
            actor=call.actor,
            now=call.now,
        ).widening_id

    reference = call.once(key, given.model_dump_json(), act)
    return WideningView.of(widenings.row(call.session, reference))


@router.post("/widenings/{widening_id}/decision")
def post_decision(call: Change, widening_id: str, given: DecisionIn) -> WideningView:
    """The supervisor approves or refuses; an approved widening holds for every later draw of the project."""
    asked = widenings.row(call.session, widening_id)
    if not reach.oversees(call.viewer, record.case(call.session, asked.project_id)):
        raise NotFound("widening", widening_id)
    row = service.decide(
        call.session,
        call.office,
        widening_id,
        approves=given.approves,
        remark=given.remark,
        actor=call.actor,
        now=call.now,
    )
    return WideningView.of(row)


def _known(call: Call, project_id: str) -> record.Case:
    case = record.case(call.session, project_id)
    if not (reach.runs(call.viewer, case) or reach.oversees(call.viewer, case)):
        raise NotFound("project", project_id)
    return case
