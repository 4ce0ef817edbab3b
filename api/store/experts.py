"""Rows and values of experts; names leave only through `names_of`, opened with the field key."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy import select as sql_select
from sqlmodel import Session, SQLModel, col, func, or_, select

from api.sealing import Sealer
from models.experts import ExpertConflictRow, ExpertRow, ExpertSpecialtyRow, ExpertTieRow
from scheduler.bodies import Path
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
    near: list[Any] = []
    if regions is not None:
        near = [or_(*(col(ExpertRow.region).startswith(region) for region in sorted(regions)))]
    specialties: dict[str, set[str]] = defaultdict(set)
    ties: dict[str, set[Tie]] = defaultdict(set)
    conflicts: dict[str, set[str]] = defaultdict(set)
    # Columns, not rows: a pool is large, and an object for each row would take most of a draw's time.
    for expert_id, code in _of_near(session, near, ExpertSpecialtyRow.expert_id, ExpertSpecialtyRow.code):
        specialties[expert_id].add(code)
    tied = (ExpertTieRow.expert_id, ExpertTieRow.organisation, ExpertTieRow.kind, ExpertTieRow.until)
    for expert_id, organisation, kind, until in _of_near(session, near, *tied):
        ties[expert_id].add(Tie(organisation, TieKind(kind), until))
    for expert_id, other_id in _of_near(
        session, near, ExpertConflictRow.expert_id, ExpertConflictRow.other_id
    ):
        conflicts[expert_id].add(other_id)
    columns = [getattr(ExpertRow, name) for name in _KNOWN_TO_ENGINE]
    return Pool.of(
        Expert(
            **{**row, "status": ExpertStatus(row["status"])},
            specialties=frozenset(specialties[row["expert_id"]]),
            ties=frozenset(ties[row["expert_id"]]),
            conflicts=frozenset(conflicts[row["expert_id"]]),
        )
        for row in session.execute(sql_select(*columns).where(*near)).mappings()
    )


_KNOWN_TO_ENGINE = (
    "expert_id", "employer", "region", "status", "senior", "birth_year", "department", "employer_group",
    "person",
)  # fmt: skip


def _of_near(session: Session, near: Sequence[Any], expert_id: Any, *more: Any) -> Iterator[Any]:
    """These columns of a table of experts' facts, of the experts who meet the conditions."""
    query = sql_select(expert_id, *more).join(ExpertRow, col(ExpertRow.expert_id) == expert_id)
    yield from session.execute(query.where(*near))


def first(session: Session) -> str | None:
    """The id of some active expert, the first by id, if there is one."""
    query = select(ExpertRow.expert_id).where(ExpertRow.status == ExpertStatus.ACTIVE)
    return session.exec(query.order_by(col(ExpertRow.expert_id))).first()


def seniors(session: Session, expert_ids: Iterable[str]) -> int:
    """How many of these experts hold a senior title."""
    query = select(func.count()).where(col(ExpertRow.expert_id).in_(set(expert_ids)), col(ExpertRow.senior))
    return session.exec(query).one()


def paths_of(session: Session, expert_ids: Iterable[str]) -> dict[str, Path]:
    """The group, employer and department of each of these experts."""
    rows = session.exec(select(ExpertRow).where(col(ExpertRow.expert_id).in_(set(expert_ids))))
    return {row.expert_id: (row.employer_group or "", row.employer, row.department or "") for row in rows}


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
        "person": expert.person,
        "name": sealer.seal(name.encode(), _about(expert.expert_id)),
        "phone": b"",
    }


def _insert(session: Session, table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    listed = list(rows)
    for start in range(0, len(listed), BATCH):
        session.connection().execute(insert(table), listed[start : start + BATCH])
