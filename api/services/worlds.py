"""The world before a day begins: centres, venues, experts are taken on record."""

from sqlmodel import Session

from api.sealing import Sealer
from api.store import centres, experts, organisations, venues
from scheduler.synthetic import World


def load(session: Session, world: World, sealer: Sealer) -> None:
    """Everything of the world is on record; experts' names are encrypted."""
    centres.save_all(session, world.centres)
    venues.save_all(session, world.venues)
    employers = {expert.employer: "" for expert in world.pool}
    tied = {tie.organisation: "" for expert in world.pool for tie in expert.ties}
    named = {organisation.uscc: organisation.name for organisation in world.organisations}
    organisations.know(session, {**employers, **tied, **named})
    experts.save_all(session, world.pool, {person.expert_id: person.name for person in world.people}, sealer)
