"""Changes to a published plan: late, withdrawn and postponed projects, overruns, outages, fewer experts."""

import secrets
from datetime import timedelta

from fastapi import APIRouter

from api import reach, record
from api.disclosure import Role
from api.planning import watching
from api.refusals import NotFound
from api.routes.dependencies import Call, Change, Key, Look, Version
from api.schemas.changes import (
    MovesView,
    OfferView,
    OutageIn,
    OutlookView,
    OverrunIn,
    PlacementIn,
    PostponementIn,
    ReasonIn,
    SupplyLimitIn,
)
from api.services import changes
from api.store import centres, projects, venues
from scheduler.planning import Supply
from scheduler.venues import Blocked

router = APIRouter(tags=["changes"])


@router.get("/projects/{project_id}/offers")
def get_offers(call: Look, project_id: str) -> list[OfferView]:
    """Up to three places for a project that has none, best first; to take one, post its seed and start."""
    _mine(call, project_id)
    seed = secrets.randbits(53)  # a number that JavaScript can hold
    found = changes.ranked(call.session, call.office, project_id, seed, call.now)
    return [OfferView.of(offer, seed) for offer in found]


@router.post("/projects/{project_id}/placement")
def post_placement(call: Change, project_id: str, given: PlacementIn, version: Version) -> MovesView:
    """A late project has a place: the offer that was taken, or the best there is, for which others may move."""
    _mine(call, project_id, version)
    seed = secrets.randbits(62) if given.seed is None else given.seed
    if given.start is not None:
        moves = changes.take_offer(
            call.session,
            call.office,
            project_id,
            seed=seed,
            start=given.start,
            actor=call.actor,
            now=call.now,
        )
    else:
        moves = changes.place(
            call.session, call.office, project_id, seed=seed, actor=call.actor, now=call.now
        )
    return MovesView.of(moves)


@router.post("/projects/{project_id}/cancellation")
def post_cancellation(call: Change, project_id: str, given: ReasonIn, version: Version) -> MovesView:
    """The project is withdrawn; its rooms, guests and panel are free, and whoever waited may come in."""
    _mine(call, project_id, version)
    return MovesView.of(
        changes.cancel(
            call.session, call.office, project_id,
            reason=given.reason, seed=secrets.randbits(62), actor=call.actor, now=call.now,
        )
    )  # fmt: skip


@router.post("/projects/{project_id}/postponement")
def post_postponement(call: Change, project_id: str, given: PostponementIn, version: Version) -> MovesView:
    """The opening is at a later time; a project that had a place is planned anew."""
    _mine(call, project_id, version)
    return MovesView.of(
        changes.postpone(
            call.session, call.office, project_id, opening_at=given.opening_at,
            reason=given.reason, seed=secrets.randbits(62), actor=call.actor, now=call.now,
        )
    )  # fmt: skip


@router.get("/projects/{project_id}/forecast")
def get_forecast(call: Look, project_id: str) -> OutlookView:
    """How long the evaluation takes as seen now, the probability of passing 22:00, and where a split could go on."""
    case = record.case(call.session, project_id)
    if not reach.knows_project(call.viewer, case):
        raise NotFound("project", project_id)
    seen = watching.outlook(call.session, call.office, case, call.now)
    return OutlookView.of(seen, watching.proposal(call.session, call.office, seen, call.now))


@router.post("/projects/{project_id}/overrun")
def post_overrun(call: Change, project_id: str, given: OverrunIn, version: Version) -> MovesView:
    """The evaluation has the time it needs: longer, or on a further day when 22:00 comes first."""
    _mine(call, project_id, version)
    work = None if given.work_minutes is None else timedelta(minutes=given.work_minutes)
    return MovesView.of(
        changes.prolong(
            call.session, call.office, project_id,
            work=work, seed=secrets.randbits(62), actor=call.actor, now=call.now,
        )
    )  # fmt: skip


@router.post("/venues/{venue_id}/outages", status_code=201)
def post_outage(call: Change, venue_id: str, given: OutageIn, key: Key) -> MovesView:
    """A room, or the whole venue, is out of service for a time; whoever sat there then sits elsewhere."""
    place = venues.places(call.session).get(venue_id)
    runs = place is not None and place[0] == call.viewer.centre_id and call.viewer.role is Role.OPERATOR
    if not runs and venue_id not in call.viewer.venue_ids:
        raise NotFound("venue", venue_id)
    blocked = Blocked(given.start, given.end, given.room_id, given.reason)

    def act() -> str:
        moves = changes.block(
            call.session, call.office, venue_id, blocked,
            seed=secrets.randbits(62), actor=call.actor, now=call.now,
        )  # fmt: skip
        return MovesView.of(moves).model_dump_json()

    return MovesView.model_validate_json(call.once(key, given.model_dump_json(), act))


@router.post("/supply-limits", status_code=201)
def post_supply_limit(call: Change, given: SupplyLimitIn, key: Key) -> MovesView:
    """A region has fewer experts than its pool says; bookings beyond that have guests elsewhere, or wait."""
    if not _oversees(call, given.region):
        raise NotFound("region", given.region, "is not yours to speak for")
    supply = Supply(given.region, given.codes, given.experts, given.day)

    def act() -> str:
        moves = changes.limit(
            call.session, call.office, supply,
            reason=given.reason, seed=secrets.randbits(62), actor=call.actor, now=call.now,
        )  # fmt: skip
        return MovesView.of(moves).model_dump_json()

    return MovesView.model_validate_json(call.once(key, given.model_dump_json(), act))


def _oversees(call: Call, region: str) -> bool:
    """Whether the region is the supervisor's, or that of the operator's own centre."""
    if call.viewer.role is Role.SUPERVISOR:
        return call.viewer.region is not None and region.startswith(call.viewer.region)
    own = call.viewer.centre_id
    return own is not None and centres.region_of(call.session, own) == region


def _mine(call: Call, project_id: str, version: int | None = None) -> None:
    """Raise `NotFound` unless the caller's centre runs the project, `VersionStale` unless it is as read."""
    case = record.case(call.session, project_id, lock=version is not None)
    if not reach.runs(call.viewer, case):
        raise NotFound("project", project_id)
    if version is not None:
        projects.check_version(case.project, version)
