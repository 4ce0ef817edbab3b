"""What a draw now would start from: the funnels, the chances, and for an impossible draw what would help."""

from collections import Counter
from dataclasses import dataclass, replace

from sqlmodel import Session

from api import record
from api.office import Office
from api.refusals import WrongState
from api.slots import slots_for
from api.store import engagements, experts, guests, projects, venues
from models.projects import ProjectState
from scheduler.draw import Census, solve_lottery
from scheduler.draw.explain import Chances, DrawCase, Explanation, chances_of, explain
from scheduler.people import Pool

AHEAD = (
    ProjectState.PLANNED,
    ProjectState.GUEST_PENDING,
    ProjectState.BOOKED,
    ProjectState.DRAWING,
    ProjectState.DRAW_SHORT,
    ProjectState.PANEL_FILLED,
)
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
    case = record.case(session, project_id)
    draw = _draw(session, office, case)
    found = explain(draw)
    if found.shortage is not None:
        found = _with_guests(session, case, draw, found)
        return Forecast(draw, found, None)
    census = Census.of(draw.screened().eligible, draw.slots)
    return Forecast(draw, found, chances_of(solve_lottery(draw.slots, census, draw.caps)))


def _draw(session: Session, office: Office, case: record.Case) -> DrawCase:
    project_id = case.project.project_id
    if case.booking is None or case.project.state not in AHEAD:
        raise WrongState("project", project_id, f"is {case.project.state}: no draw of it is ahead")
    project = projects.load(session, project_id)
    rules = office.book.at(project.opening_at.date(), project.region, project.kind)
    seated = {member.expert_id: member.slot_id for member in engagements.members(session, project_id)}
    held = Counter(seated.values())
    slots = slots_for(session, case, project, rules)
    empty = tuple(replace(s, seats=s.seats - held[s.slot_id]) for s in slots if s.seats > held[s.slot_id])
    if not empty:
        raise WrongState("project", project_id, "has no empty seat")
    pool = experts.load_pool(session, {case.regions[venue_id] for venue_id in case.venue_ids})
    near = {slot.region for slot in empty}
    former = {member.expert_id for member in engagements.all_of(session, project_id)}
    return DrawCase(
        pool=Pool(tuple(expert for expert in pool if expert.region in near)),
        project=project,
        slots=empty,
        sessions=case.booking.sessions,
        rules=rules,
        engagements=engagements.busy(session),
        centre_id=case.centre_id,
        members=tuple(expert for expert in pool if expert.expert_id in seated),
        refused=frozenset(former - seated.keys()),
    )


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
