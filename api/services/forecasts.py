"""What a draw now would start from: the funnels, the chances, and for an impossible draw what would help."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from api import record
from api.office import Office
from api.refusals import WrongState
from api.services.screening import DRAWABLE, ask, draw_case
from api.store import experts, guests, venues
from models.projects import ProjectState
from scheduler.draw import Census, solve_lottery
from scheduler.draw.explain import Chances, DrawCase, Explanation, chances_of, explain
from scheduler.people import Pool

AHEAD = (ProjectState.PLANNED, ProjectState.GUEST_PENDING, *DRAWABLE)
"""States with rooms, of which a draw is still ahead."""

NEAREST = 20
"""Regions looked at for another guest venue: those that share most digits with the home's."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The draw as it would be now; chances only where a panel exists."""

    draw: DrawCase
    explanation: Explanation
    chances: Chances | None


def forecast(session: Session, office: Office, project_id: str) -> Forecast:
    """The forecast of the project's next draw; raises `WrongState` when none is ahead.

    Nothing is reserved or recorded: it tells what is so now.
    """
    asked = ask(session, office, project_id, states=AHEAD)
    if not asked.slots:
        raise WrongState("project", project_id, "has no empty seat")
    draw = draw_case(session, asked)
    found = explain(draw)
    if found.shortage is not None:
        return Forecast(draw, _with_guests(session, asked.case, draw, found), None)
    census = Census.of(draw.screened().eligible, draw.slots)
    return Forecast(draw, found, chances_of(solve_lottery(draw.slots, census, draw.caps)))


def _with_guests(session: Session, case: record.Case, draw: DrawCase, found: Explanation) -> Explanation:
    """The explanation with other guest venues among its relaxations, those that refused apart."""
    refused, own = guests.refusers(session, case.project.project_id), case.region
    taken = {case.regions[venue_id] for venue_id in case.venue_ids}
    places = [
        (venue_id, region)
        for venue_id, (_, region) in sorted(venues.places(session).items())
        if venue_id not in refused and region not in taken
    ]
    regions = sorted({region for _, region in places}, key=lambda region: (-_shared(own, region), region))
    nearest = set(regions[:NEAREST])
    elsewhere = [place for place in places if place[1] in nearest]
    if not elsewhere:
        return found
    wider = replace(draw, pool=Pool.of((*draw.pool, *experts.load_pool(session, nearest))))
    again = explain(wider, elsewhere)
    return replace(found, relaxations=again.relaxations, searched=again.searched)


def _shared(one: str, other: str) -> int:
    """How many leading digits two regions share."""
    return next((nth for nth, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
