"""Rows and values of what plans are made around."""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, select

from models.surroundings import CommitmentRow, DistanceRow, PriorPairRow, PriorSupportRow, QuotaRow
from scheduler.planning import Commitment, Distance, PairCount, Quota, SupportCount
from scheduler.planning.surroundings import Surroundings


def save(session: Session, around: Surroundings, as_of: date) -> None:
    """All but the supply is on record, the histories as counted up to the day; what was known is replaced."""
    for taken in sorted(around.commitments):
        session.merge(
            CommitmentRow(
                room_id=taken.room_id, starts_at=taken.start, ends_at=taken.end, venue_id=taken.venue_id
            )
        )
    day = as_of.isoformat()
    for pair in around.pair_history:
        session.merge(PriorPairRow(home=pair.home, guest=pair.guest, projects=pair.projects, as_of=day))
    for past in around.support_history:
        session.merge(PriorSupportRow(venue_id=past.venue_id, projects=past.projects, as_of=day))
    for way in around.distances:
        session.merge(DistanceRow(home=way.home, guest=way.guest, kilometres=way.kilometres))
    for quota in around.quotas:
        session.merge(
            QuotaRow(home_region=quota.home_region, guest_region=quota.guest_region, projects=quota.projects)
        )
    session.flush()


def commitments(session: Session) -> Iterator[Commitment]:
    """Rooms taken by what the service does not plan."""
    for row in session.exec(select(CommitmentRow)):
        yield Commitment(row.venue_id, row.room_id, row.starts_at, row.ends_at)


def pairs(session: Session, home: str, after: date) -> Iterator[PairCount]:
    """The home's pairs from before the service, as long as their count is of a later day than that."""
    for row in session.exec(select(PriorPairRow).where(PriorPairRow.home == home)):
        if date.fromisoformat(row.as_of) > after:
            yield PairCount(row.home, row.guest, row.projects)


def supports(session: Session, period: str) -> Iterator[SupportCount]:
    """The supports from before the service that were counted in the period: the beginning of an ISO day."""
    for row in session.exec(select(PriorSupportRow)):
        if row.as_of.startswith(period):
            yield SupportCount(row.venue_id, row.projects)


def distances(session: Session) -> tuple[Distance, ...]:
    """Every distance known."""
    return tuple(Distance(row.home, row.guest, row.kilometres) for row in session.exec(select(DistanceRow)))


def quotas(session: Session) -> tuple[Quota, ...]:
    """Every quota between two regions."""
    return tuple(
        Quota(row.home_region, row.guest_region, row.projects) for row in session.exec(select(QuotaRow))
    )
