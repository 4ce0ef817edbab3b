"""Folders of tables, CSV or XLSX by name: one bad row refuses the whole, because others may depend on it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from api.files.tables import BadRow, BadRows, Column, Row, read_table
from scheduler.errors import BadInput

T = TypeVar("T")

SUFFIXES = (".csv", ".xlsx")


def rows_of(
    folder: Path, name: str, columns: Sequence[Column], *, needed: bool = True, key: int = 1
) -> list[Row]:
    """The rows of one table, in which the first `key` columns together come once; none when it may be missing.

    Raises `BadRows` when any is bad, or `BadInput` when a table that is needed is missing.
    """
    path = next(
        (folder / f"{name}{suffix}" for suffix in SUFFIXES if (folder / f"{name}{suffix}").is_file()), None
    )
    if path is None:
        if not needed:
            return []
        raise BadInput("world", str(folder), f"a folder with world.json, or with {name}.csv or {name}.xlsx")
    rows = list(read_table(path, columns, {}))
    bad = [row.flaw for row in rows if row.flaw is not None]
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        own = tuple(row.cells.get(column.name, "") for column in columns[:key])
        if key and any(own) and seen.setdefault(own, row.line) != row.line:
            rule = f"comes once; line {seen[own]} has it"
            bad.append(BadRow(row.line, columns[key - 1].name, own[-1], rule))
    if bad:
        raise BadRows(tuple(sorted(bad, key=lambda flaw: flaw.line)), path.name)
    return rows


def build(rows: Sequence[Row], make: Callable[..., T], file: str = "") -> tuple[T, ...]:
    """The value of each row; raises `BadRows` naming every row that the engine refuses."""
    made, bad = [], []
    for row in rows:
        try:
            made.append(make(**row.values))
        except BadInput as refusal:
            bad.append(BadRow(row.line, refusal.field, str(refusal.value), refusal.rule))
    if bad:
        raise BadRows(tuple(bad), file)
    return tuple(made)


def all_known(rows: Iterable[Row], file: str, field: str, known: Collection[str], rule: str) -> None:
    """Raise `BadRows` naming every row whose field is given and is none of those known."""
    bad = tuple(
        unknown(row, field, rule) for row in rows if row.values.get(field, rule) not in {*known, rule}
    )
    if bad:
        raise BadRows(bad, file)


def unknown(row: Row, field: str, rule: str) -> BadRow:
    """The row's flaw that its field is not what the rule asks."""
    return BadRow(row.line, field, row.cells[field], rule)
