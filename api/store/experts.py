"""Rows and values of experts; names leave only through `names_of`, opened with the field key."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, or_, select

from api.sealing import Sealer
from models.experts import ExpertConflictRow, ExpertRow, ExpertSpecialtyRow, ExpertTieRow
from scheduler.people import Expert, ExpertStatus, Pool, Tie, TieKind

BATCH = 500


def save_all(session: Session, pool: Pool, names: Mapping[str, str], sealer: Sealer) -> None:
    """Every expert not yet known is stored, with the name encrypted."""
    known = set(session.exec(select(ExpertRow.expert_id)))
    fresh = [expert for expert in pool if expert.expert_id not in known]
    _insert(session, ExpertRow, (_row(expert, names, sealer) for expert in fresh))
    _insert(
        session,
        ExpertSpecialtyRow,
        ({"expert_id": e.expert_id, "code": code} for e in fresh for code in sorted(e.specialties)),
    )
    _insert(
        session,
        ExpertTieRow,
        (
            {
                "expert_id": e.expert_id,
                "organisation": tie.organisation,
                "kind": tie.kind.value,
                "until": tie.until,
            }
            for e in fresh
            for tie in e.ties
        ),
    )
    _insert(
        session,
        ExpertConflictRow,
        ({"expert_id": e.expert_id, "other_id": other} for e in fresh for other in sorted(e.conflicts)),
    )


def load_pool(session: Session, regions: Iterable[str] | None = None) -> Pool:
    """The experts who live in one of the regions (prefixes), or everywhere."""
    query = select(ExpertRow)
    if regions is not None:
        query = query.where(or_(*(col(ExpertRow.region).startswith(region) for region in sorted(regions))))
    rows = session.exec(query).all()
    wanted = {row.expert_id for row in rows}
    specialties: dict[str, set[str]] = defaultdict(set)
    ties: dict[str, set[Tie]] = defaultdict(set)
    conflicts: dict[str, set[str]] = defaultdict(set)
    for specialty in session.exec(select(ExpertSpecialtyRow)):
        if specialty.expert_id in wanted:
            specialties[specialty.expert_id].add(specialty.code)
    for tie in session.exec(select(ExpertTieRow)):
        ties[tie.expert_id].add(Tie(tie.organisation, TieKind(tie.kind), tie.until))
    for conflict in session.exec(select(ExpertConflictRow)):
        conflicts[conflict.expert_id].add(conflict.other_id)
    return Pool.of(
        Expert(
            expert_id=row.expert_id,
            employer=row.employer,
            region=row.region,
            specialties=frozenset(specialties[row.expert_id]),
            status=ExpertStatus(row.status),
            senior=row.senior,
            birth_year=row.birth_year,
            department=row.department,
            employer_group=row.employer_group,
            ties=frozenset(ties[row.expert_id]),
            conflicts=frozenset(conflicts[row.expert_id]),
        )
        for row in rows
    )


def first(session: Session) -> str | None:
    """The id of some active expert, the first by id, if there is one."""
    query = select(ExpertRow.expert_id).where(ExpertRow.status == ExpertStatus.ACTIVE)
    return session.exec(query.order_by(col(ExpertRow.expert_id))).first()


def names_of(session: Session, expert_ids: Iterable[str], sealer: Sealer) -> dict[str, str]:
    """The names of these experts, by id: for the moment of unlock only."""
    rows = session.exec(select(ExpertRow).where(col(ExpertRow.expert_id).in_(set(expert_ids))))
    return {row.expert_id: sealer.open(row.name, _about(row.expert_id)).decode() for row in rows}


def _about(expert_id: str) -> str:
    return f"expert/{expert_id}/name"


def _row(expert: Expert, names: Mapping[str, str], sealer: Sealer) -> dict[str, Any]:
    name = names.get(expert.expert_id, "")
    return {
        "expert_id": expert.expert_id,
        "employer": expert.employer,
        "region": expert.region,
        "status": expert.status.value,
        "senior": expert.senior,
        "birth_year": expert.birth_year,
        "department": expert.department,
        "employer_group": expert.employer_group,
        "name": sealer.seal(name.encode(), _about(expert.expert_id)),
        "phone": b"",
    }


def _insert(session: Session, table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    listed = list(rows)
    for start in range(0, len(listed), BATCH):
        session.connection().execute(insert(table), listed[start : start + BATCH])
