"""Reading a day of openings (开标) from CSV or XLSX, keeping the good rows and naming every bad one."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from api.files.columns import COLUMNS, find_columns, is_far, plain
from scheduler.errors import BadInput, SchedulerError
from scheduler.panel import check_panel
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook
from scheduler.synthetic import make_openings
from scheduler.timeline import ZONE
from scheduler.venues import Venue

ASKED = {
    Category.WORKS: ("A08", "A07"),
    Category.WORKS_LOW_PRICE: ("A08", "A07"),
    Category.SERVICES: ("A05", "C01"),
    Category.GOODS: ("B01", "C01"),
}
"""Specialties of a panel whose row names none: most seats for the first, one for the second (assumption)."""


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

    def __init__(self, rows: tuple[BadRow, ...]) -> None:
        super().__init__(rows)
        self.rows = rows

    @property
    def facts(self) -> dict[str, str]:
        return {"rows": str(len(self.rows)), "first": str(self.rows[0])}

    def __str__(self) -> str:
        return f"{len(self.rows)} bad rows; {self.rows[0]}"


@dataclass(frozen=True, slots=True)
class Openings:
    """The projects of one day, and the rows that were left out."""

    projects: tuple[Project, ...]
    bad_rows: tuple[BadRow, ...]


def read_openings(
    path: Path,
    day: date,
    venues: Sequence[Venue],
    book: RuleBook,
    mapping: Mapping[str, str],
    *,
    strict: bool = False,
) -> Openings:
    """The day's projects from a file; with `strict`, `BadRows` is raised instead of leaving bad rows out.

    Rows of other days are passed over. Raises `BadInput` when the file cannot be read or lacks a column.
    """
    rows = iter(_rows(path))
    header = next(rows, None)
    if header is None:
        raise BadInput("openings", path.name, "a file with a header row")
    places = find_columns(header[1], mapping)
    projects: dict[str, Project] = {}
    bad: list[BadRow] = []
    for line, cells in rows:
        read, flaw = _read_row(line, cells, places, day)
        if flaw is None and read is not None and read["notice"] in projects:
            flaw = BadRow(line, "notice", read["notice"], "a notice comes once a day; the first row counts")
        if flaw is None and read is not None:
            try:
                projects[read["notice"]] = project_of(read, venues, book)
            except BadInput as refusal:
                flaw = BadRow(line, refusal.field, str(refusal.value), refusal.rule)
        if flaw is not None:
            bad.append(flaw)
    if bad and strict:
        raise BadRows(tuple(bad))
    return Openings(tuple(projects.values()), tuple(bad))


def made_up(day: date, venues: Sequence[Venue], book: RuleBook) -> Openings:
    """A made-up day, for whoever has no file at hand."""
    rows = (
        {
            "notice": opening.notice,
            "opening_at": opening.opening_at,
            "category": opening.category,
            "org_id": opening.organisation,
            "sections": opening.sections,
            "bidders": opening.bidders,
        }
        for opening in make_openings(day)
    )
    return Openings(tuple(project_of(row, venues, book) for row in rows), ())


def project_of(row: Mapping[str, Any], venues: Sequence[Venue], book: RuleBook) -> Project:
    """The project of one row, with what the row leaves open taken from the rule book.

    The home is the row's `home` venue, or the organisation folded onto the venues: SHA-256 of its id modulo
    their number, in the order of venue ids. Bids are spread evenly over the sections.
    """
    home = _home(row, sorted(venues, key=lambda venue: venue.venue_id))
    kind, category = row.get("kind") or ProcurementKind.CONSTRUCTION, row["category"]
    rules = book.at(row["opening_at"].astimezone(ZONE).date(), home.region, kind)
    owners = row.get("owner_representatives")
    owners = 1 if owners is None else owners
    asked = row.get("specialties") or _default_seats(category, rules.panel_min_size - owners)
    sections, bids = row["sections"], row["bidders"]
    project = Project(
        project_id=row["notice"],
        name=row.get("name") or row["notice"],
        kind=kind,
        category=category,
        home=home.venue_id,
        region=home.region,
        opening_at=row["opening_at"],
        sections=tuple(
            Section(str(n + 1), bids // sections + (n < bids % sections)) for n in range(sections)
        ),
        specialties=tuple((Requirement(frozenset({code})), seats) for code, seats in asked),
        owner_representatives=owners,
        guest_count=row.get("guests") or rules.remote_guest_count,
        exemption=row.get("exemption"),
        tenderer=row.get("tenderer") or "",
        agency=row.get("agency") or "",
    )
    check_panel(project, rules)
    return project


def _default_seats(category: Category, experts: int) -> tuple[tuple[str, int], ...]:
    first, second = ASKED[category]
    return ((first, experts - 1), (second, 1)) if experts > 1 else ((first, 1),)


def _home(row: Mapping[str, Any], venues: Sequence[Venue]) -> Venue:
    wanted = row.get("home")
    if wanted:
        for venue in venues:
            if wanted in (venue.venue_id, venue.centre_id, venue.name, venue.region):
                return venue
        raise BadInput("home", wanted, "a venue's id, name or region, or its centre's id")
    number = int.from_bytes(hashlib.sha256(row["org_id"].encode()).digest(), "big")
    return venues[number % len(venues)]


def _read_row(
    line: int, cells: Sequence[object], places: Mapping[str, int], day: date
) -> tuple[dict[str, Any] | None, BadRow | None]:
    """The row's values if it is of that day, or what is wrong with it; a good row of another day is neither."""
    row: dict[str, Any] = {}
    if not any(plain(cell) for cell in cells):
        return None, None
    for column in COLUMNS:
        place = places.get(column.name)
        cell = plain(cells[place]) if place is not None and place < len(cells) else ""
        if not cell:
            if column.required:
                return None, BadRow(line, column.name, "", "is missing")
            continue
        try:
            row[column.name] = column.read(cell)
        except ValueError as flaw:
            return None, BadRow(line, column.name, cell, str(flaw))
        if column.name == "opening_at":
            if is_far(row["opening_at"], day):
                return None, BadRow(
                    line, column.name, cell, "lies more than three years after the day planned"
                )
            if row["opening_at"].astimezone(ZONE).date() != day:
                return None, None
    return row, None


def _rows(path: Path) -> Iterable[tuple[int, Sequence[object]]]:
    """Rows with their line numbers, the header first; raises `BadInput` when the file is not what it seems."""
    if not path.is_file():
        raise BadInput("openings", str(path), "an existing CSV or XLSX file")
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _sheet(path)
    try:
        text = decode(path.read_bytes())
        return list(_lines(text))
    except csv.Error as flaw:
        raise BadInput("openings", path.name, f"a CSV file: {flaw}") from None


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, with or without a mark, or in GB18030; raises `BadInput` for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("openings", repr(content[:16]), "text in UTF-8 or GB18030")


def _lines(text: str) -> Iterator[tuple[int, Sequence[object]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for cells in reader:
        yield reader.line_num, cells


def _sheet(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as flaw:
        raise BadInput("openings", path.name, f"an XLSX workbook: {flaw}") from None
    try:
        yield from enumerate(book.worksheets[0].iter_rows(values_only=True), start=1)
    finally:
        book.close()
