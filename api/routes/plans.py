"""Plans: order one, watch it, publish it, withdraw it."""

import secrets
from datetime import date as day

from fastapi import APIRouter

from api.routes.dependencies import Call, Change, Key, Look, Version
from api.schemas.board import DraftBoard
from api.schemas.plans import PlanIn, PlanView
from api.services import boards
from api.services import plans as service
from api.store import plans

router = APIRouter(tags=["plans"])


@router.get("/plans")
def get_plans(call: Look, date: day | None = None) -> list[PlanView]:
    """The plans of a day or of all days, newest first."""
    return [PlanView.of(plan) for plan in plans.rows_of(call.session, date)]


@router.get("/plans/{plan_id}")
def get_plan(call: Look, plan_id: str) -> PlanView:
    """One plan and how far its solver is."""
    return _view(call, plan_id)


@router.get("/plans/{plan_id}/board")
def get_draft(call: Look, plan_id: str) -> DraftBoard:
    """What the plan proposes, drawn like the dispatch board; nothing of it holds until it is published."""
    return boards.draft(call.session, plan_id, call.viewer, call.office.book, call.now)


@router.post("/plans", status_code=202)
def post_plan(call: Change, given: PlanIn, key: Key) -> PlanView:
    """The day's plan is ordered; a worker solves it."""

    def act() -> str:
        seed = secrets.randbits(62) if given.seed is None else given.seed
        ordered = service.order(
            call.session,
            call.office,
            given.date,
            seed=seed,
            seconds=given.seconds,
            actor=call.actor,
            now=call.now,
        )
        return ordered.plan_id

    reference = call.once(key, given.model_dump_json(), act)
    call.locate(f"/plans/{reference}")
    return _view(call, reference)


@router.delete("/plans/{plan_id}")
def delete_plan(call: Change, plan_id: str, version: Version) -> PlanView:
    """The order is withdrawn; its solver stops."""
    plans.check_version(plans.row(call.session, plan_id, lock=True), version)
    service.stop(call.session, plan_id, call.actor, call.now)
    return _view(call, plan_id)


@router.post("/plans/{plan_id}/publish")
def post_publish(call: Change, plan_id: str, version: Version) -> PlanView:
    """The plan is in force: rooms are held and guests are asked; 409 when the world has moved on."""
    plans.check_version(plans.row(call.session, plan_id, lock=True), version)
    service.publish(call.session, call.office, plan_id, call.actor, call.now)
    return _view(call, plan_id)


def _view(call: Call, plan_id: str) -> PlanView:
    plan = plans.row(call.session, plan_id)
    call.tag(plan.version)
    return PlanView.of(plan)
