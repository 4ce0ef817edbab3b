"""Why a project is where it is, or nowhere, and what would help."""

from fastapi import APIRouter

from api import reach, record
from api.refusals import NotFound
from api.routes.dependencies import Look
from api.schemas.explanations import ExplanationView
from api.services import explanations

router = APIRouter(tags=["plans"])


@router.get("/projects/{project_id}/explanation")
def get_explanation(call: Look, project_id: str, plan: str = "", clash: bool = False) -> ExplanationView:
    """Facts and helps of the place in force, or of that in the draft `plan`; with `clash` the rules in the way.

    Each sentence is worked out anew from what is booked now; each place was passed by the independent checker.
    """
    case = record.case(call.session, project_id)
    if not (reach.runs(call.viewer, case) or reach.oversees(call.viewer, case)):
        raise NotFound("project", project_id)
    if plan:
        found = explanations.of_draft(call.session, call.office, plan, project_id, clashes=clash)
    else:
        found = explanations.in_force(call.session, call.office, project_id, clashes=clash)
    return ExplanationView.of(found)
