"""The dated values of parameters, and which of them is in force."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from types import UnionType
from typing import Any, get_args, get_origin

from scheduler.projects import ProcurementKind
from scheduler.rules.parameters import Rules
from scheduler.rules.ranges import ForAllKinds, Range

TYPES: dict[str, Any] = {field.name: field.type for field in fields(Rules)}
NAMES = tuple(TYPES)


def title(name: str) -> str:
    """The name as a rule book writes it: `split.resume_time` for the field `split_resume_time`."""
    return name.replace("_", ".", 1)


def plain(name: str) -> Any:
    """The parameter's type without its range."""
    kind = TYPES[name]
    return kind.__origin__ if hasattr(kind, "__metadata__") else kind


def ranges(name: str) -> tuple[Range, ...]:
    """The ranges that stand beside the parameter's type."""
    return tuple(
        mark for mark in getattr(TYPES[name], "__metadata__", ()) if not isinstance(mark, ForAllKinds)
    )


def is_for_all_kinds(name: str) -> bool:
    """Whether rows for one kind of procurement would never count."""
    return any(isinstance(mark, ForAllKinds) for mark in getattr(TYPES[name], "__metadata__", ()))


MANDATORY = frozenset(
    name
    for name in NAMES
    if not (get_origin(plain(name)) is UnionType and type(None) in get_args(plain(name)))
)
"""The parameters that each rule book gives."""


@dataclass(frozen=True, slots=True)
class Row:
    """One dated value of one parameter, and the line of the rule book that it begins on."""

    value: Any
    strength: str
    source: str
    effective_from: date
    effective_to: date | None
    kind: ProcurementKind | None
    region: str
    line: int = 1

    def holds(self, on: date, region: str, kind: ProcurementKind | None) -> bool:
        """Whether the row is in force there and then."""
        return (
            self.effective_from <= on
            and (self.effective_to is None or on <= self.effective_to)
            and region.startswith(self.region)
            and self.kind in (None, kind)
        )

    @property
    def precedence(self) -> tuple[bool, int, date]:
        """Of several rows in force the kind's own wins, then the narrower region, then the later."""
        return (self.kind is not None, len(self.region), self.effective_from)


def in_force(rows: Iterable[Row], on: date, region: str, kind: ProcurementKind | None) -> Row | None:
    """The row that counts there and then."""
    return max(
        (row for row in rows if row.holds(on, region, kind)), key=lambda row: row.precedence, default=None
    )
