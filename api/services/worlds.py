"""The world before a day begins: centres, venues, experts are taken on record."""

from datetime import date, datetime

from sqlmodel import Session

from api.sealing import Sealer
from api.store import centres, experts, limits, organisations, surroundings, venues
from scheduler.planning.surroundings import Surroundings
from scheduler.synthetic import World


def surround(session: Session, around: Surroundings, actor: str, now: datetime, as_of: date) -> None:
    """What plans are made around is on record; its histories were counted up to the day."""
    surroundings.save(session, around, as_of)
    for supply in around.supply:
        limits.add(session, supply, "declared with the world", actor, now)


def load(session: Session, world: World, sealer: Sealer) -> None:
    """Everything of the world is on record; experts' names are encrypted."""
    centres.save_all(session, world.centres)
    venues.save_all(session, world.venues)
    employers = {expert.employer: "" for expert in world.pool}
    tied = {tie.organisation: "" for expert in world.pool for tie in expert.ties}
    named = {organisation.uscc: organisation.name for organisation in world.organisations}
    organisations.know(session, {**employers, **tied, **named})
    experts.save_all(session, world.pool, {person.expert_id: person.name for person in world.people}, sealer)
