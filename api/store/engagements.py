"""Rows and values of engagements: who sits where, when, and in what state."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, func, select

from api.refusals import NotFound
from api.store.clashes import told
from models.engagements import HOLDS_A_SEAT, EngagementRow, EngagementState, SittingRow
from scheduler.eligibility import Engagement
from scheduler.planning.outcome import Session as Sitting


def add_all(session: Session, members: Sequence[EngagementRow], sittings: Sequence[Sitting]) -> None:
    """Every member who holds a seat sits in every session; raises `ExpertTaken` when one sits elsewhere then."""
    session.add_all(members)
    session.flush()
    with told(session):
        session.add_all(
            SittingRow(
                engagement_id=member.engagement_id,
                nth=nth,
                expert_id=member.expert_id,
                starts_at=sitting.start,
                ends_at=sitting.end,
            )
            for member in members
            if member.state in HOLDS_A_SEAT
            for nth, sitting in enumerate(sittings)
        )


def row(session: Session, engagement_id: str) -> EngagementRow:
    """The engagement's row; raises `NotFound`."""
    found = session.get(EngagementRow, engagement_id)
    if found is None:
        raise NotFound("engagement", engagement_id)
    return found


def members(session: Session, project_id: str) -> Sequence[EngagementRow]:
    """The present members of the project's panel, in the order of their seats."""
    query = select(EngagementRow).where(
        EngagementRow.project_id == project_id, col(EngagementRow.state).in_(HOLDS_A_SEAT)
    )
    return session.exec(query.order_by(col(EngagementRow.slot_id), col(EngagementRow.engagement_id))).all()


def all_of(session: Session, project_id: str) -> Sequence[EngagementRow]:
    """Everyone ever drawn for the project."""
    query = select(EngagementRow).where(EngagementRow.project_id == project_id)
    return session.exec(query.order_by(col(EngagementRow.engagement_id))).all()


def counts(session: Session, project_ids: Iterable[str]) -> dict[str, int]:
    """Members who hold a seat, by project."""
    query = select(EngagementRow.project_id).where(
        col(EngagementRow.project_id).in_(set(project_ids)), col(EngagementRow.state).in_(HOLDS_A_SEAT)
    )
    found: dict[str, int] = {}
    for project_id in session.exec(query):
        found[project_id] = found.get(project_id, 0) + 1
    return found


def busy(session: Session) -> tuple[Engagement, ...]:
    """Every evaluation that an expert is engaged in, once, from its first start to its last end."""
    first, last = func.min(col(SittingRow.starts_at)), func.max(col(SittingRow.ends_at))
    query = (
        select(EngagementRow.expert_id, first, last, EngagementRow.centre_id)
        .join(SittingRow, col(SittingRow.engagement_id) == EngagementRow.engagement_id)
        .where(col(SittingRow.active))
        .group_by(col(EngagementRow.engagement_id))
        .order_by(col(EngagementRow.expert_id), first)
    )
    return tuple(Engagement(*row) for row in session.exec(query))


def resit(session: Session, project_id: str, sittings: Sequence[Sitting]) -> None:
    """The panel sits in these sessions; raises `ExpertTaken` when a member sits elsewhere then."""
    for member in members(session, project_id):
        rows = session.exec(select(SittingRow).where(SittingRow.engagement_id == member.engagement_id)).all()
        known = {row.nth: row for row in rows}
        with told(session):
            for nth, sitting in enumerate(sittings):
                row = known.pop(nth, None)
                if row is None:
                    row = SittingRow(
                        engagement_id=member.engagement_id,
                        nth=nth,
                        expert_id=member.expert_id,
                        starts_at=sitting.start,
                        ends_at=sitting.end,
                    )
                row.starts_at, row.ends_at, row.active = sitting.start, sitting.end, True
                session.add(row)
            for row in known.values():
                row.active = False
                session.add(row)


def set_state(session: Session, member: EngagementRow, state: EngagementState) -> None:
    """The engagement is in the state; with the seat lost, the expert's time is free again."""
    member.state = state.value
    session.add(member)
    if state not in HOLDS_A_SEAT:
        query = select(SittingRow).where(SittingRow.engagement_id == member.engagement_id)
        for sitting in session.exec(query):
            sitting.active = False
            session.add(sitting)
    session.flush()
