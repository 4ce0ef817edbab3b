"""Openings files as centres have them: encodings, headers, dates, bad rows."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from api.files.columns import read_time
from api.files.openings import BadRows, read_openings
from scheduler.errors import BadInput
from scheduler.projects import Category, Exemption
from scheduler.rules import default_rule_book
from scheduler.synthetic import make_world
from tests.conftest import NO_REAL_DATA

WORLD = make_world()
BOOK = default_rule_book()
ON = date(2026, 3, 5)
HEADER = "notice,opening_at,category,org_id,sections,bidders\n"


def read(tmp_path: Path, content: bytes | str, mapping=None, on=ON, **options):
    path = tmp_path / "openings.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_openings(path, on, WORLD.venues, BOOK, mapping or {}, **options)


def test_a_plain_file_becomes_projects(tmp_path):
    (project,) = read(tmp_path, HEADER + "N1,2026-03-05T09:30,W,7,3,10\n").projects
    assert project.opening_at == datetime(2026, 3, 5, 1, 30, tzinfo=UTC)
    assert [section.bidders for section in project.sections] == [4, 3, 3]
    assert project.category is Category.WORKS
    assert project.panel_size == 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headers_and_encodings_need_no_help(tmp_path, encoding):
    header = "项目编号,开标时间,类别,招标人,标段数,投标人数,不采用远程原因\n"
    text = header + "Ｎ１,2026年3月5日 上午9:30,工程,某局䶮,１,８,踏勘\n"
    (project,) = read(tmp_path, text.encode(encoding)).projects
    assert project.project_id == "N1"
    assert project.bids == 8
    assert project.exemption is Exemption.SITE_SURVEY


def test_any_header_can_be_mapped(tmp_path):
    text = HEADER.replace("opening_at", "when") + "N1,2026-03-05T09:30,W,7,1,3\n"
    assert len(read(tmp_path, text, {"opening_at": "when"}).projects) == 1
    with pytest.raises(BadInput) as refusal:
        read(tmp_path, text)
    assert refusal.value.field == "opening_at"


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ("N1,,W,7,1,3", "opening_at", ""),
        ("N1,soon,W,7,1,3", "opening_at", "soon"),
        ("N1,2099-03-05T09:30,W,7,1,3", "opening_at", "2099-03-05T09:30"),
        ("N1,2026-03-05T09:30,X,7,1,3", "category", "X"),
        ("N1,2026-03-05T09:30,W,7,0,3", "sections", "0"),
        ("N1,2026-03-05T09:30,W,7,-2,3", "sections", "-2"),
        ("N1,2026-03-05T09:30,W,7,99999,3", "sections", "99999"),
        ("N1,2026-03-05T09:30,W,7,1,NaN", "bidders", "NaN"),
        ("GOOD,2026-03-05T10:30,W,7,1,3", "notice", "GOOD"),
        (",2026-03-05T10:30,W,7,1,3", "notice", ""),
    ],
)
def test_a_bad_row_is_named_and_the_others_go_through(tmp_path, row, field, value):
    text = HEADER + "GOOD,2026-03-05T09:30,W,7,1,3\n" + row + "\n"
    openings = read(tmp_path, text)
    assert [project.project_id for project in openings.projects] == ["GOOD"]
    (bad,) = openings.bad_rows
    assert (bad.line, bad.field, bad.value) == (3, field, value)
    assert bad.rule
    with pytest.raises(BadRows):
        read(tmp_path, text, strict=True)


def test_rows_of_other_days_and_empty_lines_are_passed_over(tmp_path):
    openings = read(tmp_path, HEADER + "N1,2026-03-06T09:30,W,7,1,3\n\n,,,,,\n")
    assert openings.projects == openings.bad_rows == ()


def test_an_organisation_always_has_the_same_home(tmp_path):
    rows = "".join(f"N{n},2026-03-05T09:30,W,{org},1,3\n" for n, org in enumerate("7897"))
    homes = [project.home for project in read(tmp_path, HEADER + rows).projects]
    assert homes[0] == homes[3]


def test_a_workbook_with_dates_and_numbers_reads_like_the_text(tmp_path):
    book = Workbook()
    book.active.append(["项目编号", "开标时间", "类别", "招标人", "标段数", "投标人数"])
    book.active.append([1001, datetime(2026, 3, 5, 9, 30), "货物", 7.0, 2, 6])  # noqa: DTZ001 - as Excel keeps them
    path = tmp_path / "openings.xlsx"
    book.save(path)
    (project,) = read_openings(path, ON, WORLD.venues, BOOK, {}).projects
    assert (project.project_id, project.category) == ("1001", Category.GOODS)
    assert project.opening_at == datetime(2026, 3, 5, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "content"), [("a.xlsx", b"not a workbook"), ("a.csv", b"\xff\xff\xff"), ("a.csv", b"")]
)
def test_a_file_that_is_no_openings_file_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput):
        read_openings(tmp_path / name, ON, WORLD.venues, BOOK, {})


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2026年3月5日 上午9:30", 9, 30),
        ("2026年3月5日下午3时30分", 15, 30),
        ("2026/3/5 14:05", 14, 5),
        ("2026-03-05 09:30:00", 9, 30),
        ("2026.3.5 9:00", 9, 0),
    ],
)
def test_dates_as_people_write_them(text, hour, minute):
    assert (read_time(text).hour, read_time(text).minute) == (hour, minute)


def test_the_real_day_of_most_sections_reads_whole():
    path = Path(__file__).parents[2] / ".." / "shared" / "data" / "odisha_openings.csv"
    if not path.exists():
        pytest.skip(NO_REAL_DATA)
    openings = read_openings(path, date(2024, 2, 13), WORLD.venues, BOOK, {})
    assert len(openings.projects) == 82
    assert sum(len(project.sections) for project in openings.projects) == 499
    assert openings.bad_rows == ()
