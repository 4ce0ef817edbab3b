"""Tables as people keep them, CSV or XLSX, read row by row: every bad row by its line, field, value and rule."""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from scheduler.errors import BadInput, SchedulerError

MOST_BYTES = 256 * 2**20
"""The largest file read, and the largest that a workbook may unpack to."""

HEADER_WITHIN = 10
"""A header may stand below a title: it is looked for in this many rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, other headers it is known by, how a cell is read, and whether each row needs it."""

    name: str
    aliases: tuple[str, ...]
    read: Callable[[str], Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its line, the field, the value and the rule it breaks."""

    line: int
    field: str
    value: str
    rule: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field} = {self.value!r}: {self.rule}"


class BadRows(SchedulerError):
    """Rows are bad and the caller wants all or nothing."""

    code = "bad_rows"

    def __init__(self, rows: tuple[BadRow, ...], file: str = "") -> None:
        super().__init__(rows, file)
        self.rows, self.file = rows, file

    @property
    def facts(self) -> dict[str, str]:
        return {"rows": str(len(self.rows)), "first": str(self.rows[0]), "file": self.file}

    def __str__(self) -> str:
        more = f"; and {len(self.rows) - 20} more" if len(self.rows) > 20 else ""
        listed = "; ".join(str(row) for row in self.rows[:20])
        return f"{self.file}: {len(self.rows)} bad rows: {listed}{more}".lstrip(": ")


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells as text, what could be read of them, and the first thing that could not."""

    line: int
    cells: Mapping[str, str]
    values: Mapping[str, Any]
    flaw: BadRow | None


def read_table(path: Path, columns: Sequence[Column], mapping: Mapping[str, str]) -> Iterator[Row]:
    """The rows below the header; raises `BadInput` when the file cannot be read or lacks a column."""
    rows = iter(_rows(path))
    places = _header(path, rows, columns, mapping)
    own = [(column, places[column.name]) for column in columns if column.name in places]
    for line, cells in rows:
        if any(map(plain, cells)):
            yield _row(line, cells, own)


def plain(cell: object) -> str:
    """The cell as text: full-width characters made narrow, no space around; a date without time stays one."""
    if isinstance(cell, str):
        # What is ASCII is narrow already.
        return (cell if cell.isascii() else unicodedata.normalize("NFKC", cell)).strip()
    if isinstance(cell, datetime):
        return cell.isoformat() if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, with or without a mark, or in GB18030; raises `BadInput` for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("file", repr(content[:16]), "text in UTF-8 or GB18030")


def _header(
    path: Path,
    rows: Iterator[tuple[int, Sequence[object]]],
    columns: Sequence[Column],
    mapping: Mapping[str, str],
) -> dict[str, int]:
    """Where each column stands, by the first row that has all that are required."""
    refusal: BadInput | None = None
    for _, (_, cells) in zip(range(HEADER_WITHIN), rows, strict=False):
        try:
            return find_columns([plain(cell) for cell in cells], columns, mapping)
        except BadInput as missing:
            refusal = refusal or missing
    raise refusal or BadInput("file", path.name, "a file with a header row")


def find_columns(
    titles: Sequence[str], columns: Sequence[Column], mapping: Mapping[str, str]
) -> dict[str, int]:
    """Where each known column stands; `mapping` (column name → header) comes before names and aliases.

    Raises `BadInput` when a required column is missing or a mapping names what is not there.
    """
    known = {column.name for column in columns}
    folded = [title.casefold() for title in titles]
    places = {}
    for name, title in mapping.items():
        if name not in known or plain(title).casefold() not in folded:
            rule = f"a column of {', '.join(sorted(known))} and a header of the file"
            raise BadInput("map", f"{name}={title}", rule)
        places[name] = folded.index(plain(title).casefold())
    for column in columns:
        for title in (column.name, *column.aliases):
            if column.name not in places and title.casefold() in folded:
                places[column.name] = folded.index(title.casefold())
        if column.required and column.name not in places:
            rule = f"a column {column.name} ({', '.join(column.aliases)})"
            raise BadInput(column.name, ", ".join(titles)[:200], rule)
    return places


def _row(line: int, cells: Sequence[object], own: Sequence[tuple[Column, int]]) -> Row:
    texts: dict[str, str] = {}
    values: dict[str, Any] = {}
    flaw = None
    for column, place in own:
        cell = ""
        if place < len(cells):
            cell = texts[column.name] = plain(cells[place])
        if not cell:
            if column.required:
                flaw = flaw or BadRow(line, column.name, "", "is missing")
            continue
        try:
            values[column.name] = column.read(cell)
        except ValueError as wrong:
            flaw = flaw or BadRow(line, column.name, cell[:60], str(wrong))
    return Row(line, texts, values, flaw)


def _rows(path: Path) -> Iterable[tuple[int, Sequence[object]]]:
    """Rows with their line numbers, the header first; raises `BadInput` when the file is not what it seems."""
    if not path.is_file():
        raise BadInput("file", str(path), "an existing CSV or XLSX file")
    if path.stat().st_size > MOST_BYTES:
        raise BadInput("file", path.name, f"at most {MOST_BYTES // 2**20} MiB")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _sheet(path)
    try:
        return list(_lines(decode(path.read_bytes())))
    except csv.Error as flaw:
        raise BadInput("file", path.name, f"a CSV file: {flaw}") from None


def _lines(text: str) -> Iterator[tuple[int, Sequence[object]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _sheet(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        with ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise BadInput("file", path.name, f"a workbook of at most {MOST_BYTES // 2**20} MiB unpacked")
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            yield from enumerate(book.worksheets[0].iter_rows(values_only=True), start=1)
        finally:
            book.close()
    except (BadZipFile, InvalidFileException, KeyError, IndexError, OSError, ParseError, ValueError) as flaw:
        raise BadInput("file", path.name, f"an XLSX workbook: {flaw}") from None
