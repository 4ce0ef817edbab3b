"""A day of openings (开标) from CSV or XLSX: the good rows become projects, every bad one is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from api.files.cells import (
    read_category,
    read_exemption,
    read_id,
    read_kind,
    read_set,
    read_specialties,
    read_text,
    read_time,
    whole,
)
from api.files.projects import project_of
from api.files.tables import BadRow, BadRows, Column, Row, read_table
from scheduler.errors import BadInput
from scheduler.projects import Project
from scheduler.rules import RuleBook
from scheduler.synthetic import make_openings
from scheduler.timeline import ZONE
from scheduler.venues import Venue

MOST_SECTIONS = 1_000
MOST_BIDS = 100_000
FAR = timedelta(days=2 * 366)
"""No notice fixes an opening longer ahead than this: a later date is taken to be mistyped (assumption)."""

COLUMNS = (
    Column(
        "notice", ("项目编号", "招标编号", "公告编号", "招标项目编号", "notice_id"), read_id, required=True
    ),
    Column(
        "opening_at",
        ("开标时间", "开标日期", "开标日期时间", "opening_time", "opening"),
        read_time,
        required=True,
    ),
    Column("category", ("类别", "项目类别", "项目类型", "类型"), read_category, required=True),
    Column("org_id", ("招标人", "采购人", "招标单位", "单位", "organisation"), read_text, required=True),
    Column("sections", ("标段数", "标段数量", "标段(包)数", "包数"), whole(1, MOST_SECTIONS), required=True),
    Column("bidders", ("投标人数", "投标数", "投标单位数", "投标人数量", "bids"), whole(0, MOST_BIDS)),
    Column("max_bidders_per_section", ("单标段最多投标人数", "最多投标人数"), whole(0, MOST_BIDS)),
    Column("name", ("项目名称", "标段名称", "招标项目名称"), read_text),
    Column("kind", ("采购方式", "招标方式", "交易类型"), read_kind),
    Column("specialties", ("专业", "评标专业", "抽取专业"), read_specialties),
    Column("owner_representatives", ("招标人代表", "业主代表", "招标人代表人数"), whole(0, 9)),
    Column("guests", ("副场数", "客场数"), whole(1, 4)),
    Column("exemption", ("不采用远程原因", "免远程原因"), read_exemption),
    Column("home", ("主场", "主场场所"), read_text),
    Column("tenderer", ("招标人统一社会信用代码", "招标人代码"), read_id),
    Column("agency", ("代理机构统一社会信用代码", "招标代理机构", "代理机构"), read_id),
    Column("supervisor", ("监督部门统一社会信用代码", "监督部门"), read_id),
    Column("equipment", ("设备要求", "评标室设备"), read_set),
)


@dataclass(frozen=True, slots=True)
class Openings:
    """The projects of one day, the rows that were left out, and the projects whose bids had to be assumed."""

    projects: tuple[Project, ...]
    bad_rows: tuple[BadRow, ...] = ()
    assumed_bids: tuple[str, ...] = ()


def read_openings(
    path: Path,
    day: date,
    venues: Sequence[Venue],
    book: RuleBook,
    mapping: Mapping[str, str],
    *,
    strict: bool = False,
    today: date | None = None,
) -> Openings:
    """The day's projects from a file; with `strict`, `BadRows` is raised instead of leaving bad rows out.

    Rows of other days are passed over, whatever else is wrong with them. A date far after both the day and
    `today` is bad. Raises `BadInput` when the file cannot be read or lacks a column.
    """
    latest = max(day, today or day) + FAR
    projects: dict[str, Project] = {}
    lines: dict[str, int] = {}
    assumed: list[str] = []
    bad: list[BadRow] = []
    for row in read_table(path, COLUMNS, mapping):
        if _is_of_another_day(row, day, latest):
            continue
        try:
            flaw = _flaw(row, latest, lines)
            if flaw is None:
                notice = row.values["notice"]
                projects[notice] = project_of(row.values, venues, book)
                lines[notice] = row.line
                assumed += [notice] if "bidders" not in row.values else []
        except BadInput as refusal:
            flaw = BadRow(row.line, refusal.field, str(refusal.value), refusal.rule)
        if flaw is not None:
            bad.append(flaw)
    if bad and strict:
        raise BadRows(tuple(bad), path.name)
    return Openings(tuple(projects.values()), tuple(bad), tuple(assumed))


def made_up(day: date, venues: Sequence[Venue], book: RuleBook, count: int = 18, seed: int = 0) -> Openings:
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
        for opening in make_openings(day, count, seed)
    )
    return Openings(tuple(project_of(row, venues, book) for row in rows))


def _is_of_another_day(row: Row, day: date, latest: date) -> bool:
    """Whether the row's own date says that it is none of this day's business."""
    if "opening_at" not in row.values:
        return False
    on: date = row.values["opening_at"].astimezone(ZONE).date()
    return on != day and on <= latest


def _flaw(row: Row, latest: date, lines: Mapping[str, int]) -> BadRow | None:
    """What is wrong with a row besides what its project would refuse."""
    values = row.values
    if "opening_at" in values and values["opening_at"].astimezone(ZONE).date() > latest:
        rule = f"lies after {latest}: taken to be mistyped"
        return BadRow(row.line, "opening_at", row.cells["opening_at"], rule)
    if row.flaw is not None:
        return row.flaw
    if (notice := values["notice"]) in lines:
        rule = f"a notice comes once a day; line {lines[notice]} counts"
        return BadRow(row.line, "notice", notice, rule)
    return None
