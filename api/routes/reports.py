"""Reports over time: were past draws as even as their chances promised, and forecasts as good as theirs?"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.disclosure import Role
from api.refusals import NotFound
from api.reports.fairness import narrowed, without_ids
from api.routes.dependencies import Look
from api.schemas.durations import DurationsView
from api.schemas.fairness import FairnessView
from api.services import boards, durations
from api.services import fairness as service
from api.store import venues

router = APIRouter(tags=["reports"])

Text = Annotated[str, Query(max_length=64)]


@router.get("/reports/fairness")
def get_fairness(
    call: Look,
    since: date | None = None,
    until: date | None = None,
    centre: Text = "",
    specialty: Text = "",
    employer: Text = "",
    replays: Annotated[int, Query(ge=99, le=9_999)] = 999,
    top: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> FairnessView:
    """Selections against chances over past draws whose result is public (抽取公平性).

    A supervisor gets the draws of the region with experts by id, and the reading is on record; an operator gets the
    own centre's without ids and without small groups.
    """
    sealer = call.office.keys.sealer
    history = service.history(call.session, sealer, call.viewer, since=since, until=until, centre_id=centre)
    if not history.draws:
        raise NotFound("draws", "fairness", "no draw in this period has a public result")
    view = FairnessView.of(service.look(history, replays), history.unopened)
    if call.viewer.role is not Role.SUPERVISOR:
        known = venues.load_all(call.session)
        view = without_ids(view, boards.smallest_group(call.office.book, known, call.now))
        return narrowed(view, (), specialty, employer, top)
    with call.office.changing() as session:
        service.note_reading(session, call.viewer, call.now)
    return narrowed(view, history.draws, specialty, employer, top)


@router.get("/reports/durations")
def get_durations(call: Look) -> DurationsView:
    """The model of durations in use and how good forecasts have been (预计时长校准), by category, size and centre.

    Of single centres an operator gets the own, a supervisor those of the region.
    """
    return durations.report(call.session, call.viewer)
