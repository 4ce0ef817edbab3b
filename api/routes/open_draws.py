"""Draws made together, and draws of several parties: promise, see what is committed, reveal."""

from fastapi import APIRouter

from api import reach, record
from api.disclosure import Role
from api.problems import Problem
from api.refusals import NotForRole, NotFound
from api.routes.dependencies import Call, Change, Key, Look
from api.routes.draws import short_of_experts
from api.schemas.draws import (
    BatchIn,
    BatchView,
    FinishIn,
    OpenDrawIn,
    OpenDrawView,
    PromiseIn,
    RevealIn,
    ShortView,
)
from api.services import batches, shortages
from api.services import open_draws as service
from api.store import draws, open_draws, projects
from models.draws import OpenDrawRow
from scheduler.draw import NoPanel

router = APIRouter(tags=["draws"])


@router.post("/draw-batches", status_code=201)
def post_batch(call: Change, given: BatchIn, key: Key) -> BatchView:
    """Panels are drawn for all these projects, in an order decided by chance; at most once per key."""
    for project_id in given.project_ids:
        if not reach.runs(call.viewer, record.case(call.session, project_id)):
            raise NotFound("project", project_id)
    short: list[ShortView] = []

    def act() -> str:
        made = batches.draw_together(
            call.session, call.office, given.project_ids, reason=given.reason, actor=call.actor, now=call.now
        )
        short.extend(
            ShortView(
                project_id=project_id,
                code=refusal.code,
                facts=dict(shortages.facts(refusal, call.office, projects.row(call.session, project_id))),
            )
            for project_id, refusal in made.short.items()
        )
        return made.row.batch_id

    batch_id = call.once(key, given.model_dump_json(), act)
    call.locate(f"/draw-batches/{batch_id}")
    return _batch(call, batch_id).model_copy(update={"short": short})


@router.get("/draw-batches/{batch_id}")
def get_batch(call: Look, batch_id: str) -> BatchView:
    """Draws made together, for whoever may know all their projects."""
    for project_id in draws.batch(call.session, batch_id).record["order"]:
        if not reach.knows_project(call.viewer, record.case(call.session, project_id)):
            raise NotFound("batch", batch_id)
    return _batch(call, batch_id)


@router.post("/projects/{project_id}/open-draws", status_code=201)
def post_open_draw(call: Change, project_id: str, given: OpenDrawIn, key: Key) -> OpenDrawView:
    """A draw of several parties is opened; at most once per key."""
    if not reach.runs(call.viewer, record.case(call.session, project_id)):
        raise NotFound("project", project_id)

    def act() -> str:
        row = service.open_draw(
            call.session, call.office, project_id, parties=tuple(given.parties), minutes=given.minutes,
            with_beacon=given.beacon, reason=given.reason, actor=call.actor, now=call.now,
        )  # fmt: skip
        return row.draw_id

    draw_id = call.once(key, given.model_dump_json(), act)
    call.locate(f"/open-draws/{draw_id}")
    return _view(call, open_draws.row(call.session, draw_id))


@router.get("/open-draws/{draw_id}")
def get_open_draw(call: Look, draw_id: str) -> OpenDrawView:
    """A draw on its way, for its parties and those who may know the project."""
    row = open_draws.row(call.session, draw_id)
    case = record.case(call.session, row.project_id)
    if not (reach.knows_project(call.viewer, case) or reach.hosts(call.viewer, case)):
        raise NotFound("open draw", draw_id)
    return _view(call, row)


@router.post("/open-draws/{draw_id}/promises", response_model=OpenDrawView)
def post_promise(call: Change, draw_id: str, given: PromiseIn) -> OpenDrawView | Problem:
    """The caller's commitment; the last one freezes the pool and publishes the draw's commitment."""
    party = _party(call, draw_id)
    try:
        with call.session.begin_nested():
            row = service.promise(
                call.session, call.office, draw_id, party=party, commitment=given.commitment,
                actor=call.actor, now=call.now,
            )  # fmt: skip
    except NoPanel as refusal:
        return short_of_experts(call, open_draws.row(call.session, draw_id).project_id, refusal)
    return _view(call, row)


@router.post("/open-draws/{draw_id}/reveals")
def post_reveal(call: Change, draw_id: str, given: RevealIn) -> OpenDrawView:
    """The caller's secret; the last one completes a draw without a beacon."""
    row = service.reveal(
        call.session, call.office, draw_id, party=_party(call, draw_id), nonce=bytes.fromhex(given.nonce),
        actor=call.actor, now=call.now,
    )  # fmt: skip
    return _view(call, row)


@router.post("/open-draws/{draw_id}/finish")
def post_finish(call: Change, draw_id: str, given: FinishIn) -> OpenDrawView:
    """The draw is completed with whoever has revealed, and with the beacon if it was committed to one."""
    row = open_draws.row(call.session, draw_id)
    if not reach.runs(call.viewer, record.case(call.session, row.project_id)):
        raise NotFound("open draw", draw_id)
    signature = bytes.fromhex(given.beacon_signature)
    done = service.finish(
        call.session, call.office, draw_id, beacon_signature=signature, actor=call.actor, now=call.now
    )
    return _view(call, done)


@router.delete("/open-draws/{draw_id}")
def delete_open_draw(call: Change, draw_id: str) -> OpenDrawView:
    """The draw is called off, which stays on record; not once it is committed."""
    row = open_draws.row(call.session, draw_id)
    if not reach.runs(call.viewer, record.case(call.session, row.project_id)):
        raise NotFound("open draw", draw_id)
    return _view(call, service.withdraw(call.session, draw_id, actor=call.actor, now=call.now))


def _party(call: Call, draw_id: str) -> str:
    """As which party the caller acts: the home centre, the supervisor of a venue's region, a guest venue's host."""
    row = open_draws.row(call.session, draw_id)
    case = record.case(call.session, row.project_id)
    acts = {Role.OPERATOR: reach.runs, Role.SUPERVISOR: reach.oversees, Role.HOST: reach.hosts_guest}
    if not acts[call.viewer.role](call.viewer, case):
        raise NotFound("open draw", draw_id)
    if call.viewer.role.value not in row.parties:
        raise NotForRole("open draw", draw_id, f"{call.viewer.role} is not one of its parties")
    return call.viewer.role.value


def _view(call: Call, row: OpenDrawRow) -> OpenDrawView:
    case = record.case(call.session, row.project_id)
    return OpenDrawView.of(row, whole=reach.knows_project(call.viewer, case))


def _batch(call: Call, batch_id: str) -> BatchView:
    row = draws.batch(call.session, batch_id)
    made = draws.of_projects(call.session, row.record["order"])
    own = [
        one.draw_id for one in made if (one.public["commitment"]["joint"] or {}).get("batch") == row.digest
    ]
    return BatchView(batch_id=batch_id, record=row.record, draw_ids=sorted(own))
