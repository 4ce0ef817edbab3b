"""Openings files as centres have them: encodings, headers, dates, bad rows."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from api.files import tables
from api.files.cells import read_time
from api.files.openings import read_openings
from api.files.tables import BadRows
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
        ("N1,2026-03-05,W,7,1,3", "opening_at", "2026-03-05"),
        ("N1,2026-13-05T09:30,W,7,1,3", "opening_at", "2026-13-05T09:30"),
        ("N1,2026年2月30日 9:30,W,7,1,3", "opening_at", "2026年2月30日 9:30"),
        ("N1,2026-03-05T09:30,W,7,1,-3", "bidders", "-3"),
        ("N1,2026-03-05T09:30,W,7,,3", "sections", ""),
        ("N1,2026-03-05T09:30,W,,1,3", "org_id", ""),
        ("N1,2026-03-05T09:30,W", "org_id", ""),
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


def test_a_row_of_another_day_is_none_of_this_days_business_whatever_is_wrong_with_it(tmp_path):
    openings = read(tmp_path, HEADER + "N1,2026-03-06T09:30,X,7,0,-3\n,2026-03-04T09:30,W,7,1,3\n")
    assert openings.projects == openings.bad_rows == ()


def test_how_far_ahead_a_date_may_lie_is_counted_from_the_later_of_the_day_and_today(tmp_path):
    text = HEADER + "N1,2029-03-05T09:30,W,7,1,3\n"
    assert len(read(tmp_path, text).bad_rows) == 1
    assert read(tmp_path, text, today=date(2028, 1, 1)).bad_rows == ()
    assert len(read(tmp_path, text, on=date(2029, 3, 5)).projects) == 1


def test_a_second_notice_is_named_with_the_line_that_counts_but_a_bad_first_one_does_not_count(tmp_path):
    row = "N1,2026-03-05T09:30,{},7,1,3\n"
    openings = read(tmp_path, HEADER + row.format("X") + row.format("W") + row.format("G"))
    assert [(bad.line, bad.field) for bad in openings.bad_rows] == [(2, "category"), (4, "notice")]
    assert "line 3" in openings.bad_rows[1].rule


def test_a_line_break_inside_quotes_does_not_shift_the_line_numbers(tmp_path):
    header = HEADER.replace("\n", ",name\n")
    text = header + 'N1,2026-03-05T09:30,W,7,1,3,"two\nlines"\nN2,,W,7,1,3,x\n'
    assert [(bad.line, bad.field) for bad in read(tmp_path, text).bad_rows] == [
        (2, "name"),
        (4, "opening_at"),
    ]


def test_bids_not_told_are_assumed_and_said_so(tmp_path):
    openings = read(tmp_path, HEADER + "N1,2026-03-05T09:30,W,7,2,\n")
    assert openings.assumed_bids == ("N1",)
    assert [section.bidders for section in openings.projects[0].sections] == [3, 3]
    without = HEADER.replace(",bidders", "") + "N1,2026-03-05T09:30,W,7,2\n"
    assert read(tmp_path, without).assumed_bids == ("N1",)


@pytest.mark.parametrize(
    ("bids", "most", "spread"),
    [(10, 6, [6, 2, 2]), (10, 10, [10, 0, 0]), (9, 3, [3, 3, 3]), (10, "", [4, 3, 3])],
)
def test_bids_are_spread_so_that_one_section_has_the_most(tmp_path, bids, most, spread):
    text = HEADER.replace("\n", ",max_bidders_per_section\n") + f"N1,2026-03-05T09:30,W,7,3,{bids},{most}\n"
    assert [section.bidders for section in read(tmp_path, text).projects[0].sections] == spread


def test_figures_that_cannot_be_together_are_refused(tmp_path):
    header = HEADER.replace("\n", ",max_bidders_per_section\n")
    for most in (2, 11):
        (bad,) = read(tmp_path, header + f"N1,2026-03-05T09:30,W,7,3,10,{most}\n").bad_rows
        assert bad.field == "max_bidders_per_section"


@pytest.mark.parametrize(
    ("column", "cell", "field"),
    [
        ("owner_representatives", "2", "specialties"),
        ("specialties", "A08:4;A07", "specialties"),
        ("specialties", "A08:2;A07:1", "panel_size"),
        ("guests", "5", "guests"),
        ("home", "V99", "home"),
        ("kind", "赠送", "kind"),
    ],
)
def test_a_panel_or_place_that_cannot_be_is_a_bad_row(tmp_path, column, cell, field):
    text = HEADER.replace("\n", f",{column}\n") + f"N1,2026-03-05T09:30,W,7,1,3,{cell}\n"
    (bad,) = read(tmp_path, text).bad_rows
    assert (bad.line, bad.field) == (2, field)


def test_an_organisation_that_is_a_uscc_is_the_tenderer(tmp_path):
    code = WORLD.organisations[0].uscc
    rows = f"N1,2026-03-05T09:30,W,{code},1,3\nN2,2026-03-05T09:30,W,7,1,3\n"
    assert [project.tenderer for project in read(tmp_path, HEADER + rows).projects] == [code, ""]


def test_a_home_named_by_region_is_taken(tmp_path):
    text = HEADER.replace("\n", ",主场\n") + "N1,2026-03-05T09:30,W,7,1,3,532328\n"
    (project,) = read(tmp_path, text).projects
    assert project.region == "532328"


def test_a_title_above_the_header_is_no_hindrance(tmp_path):
    (project,) = read(tmp_path, "某中心开标安排表\n\n" + HEADER + "N1,2026-03-05T09:30,W,7,1,3\n").projects
    assert project.project_id == "N1"


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_BYTES", 1_000)
    book = Workbook()
    book.active.append(["x" * 2_000])
    book.save(tmp_path / "big.xlsx")
    with pytest.raises(BadInput, match="MiB"):
        read_openings(tmp_path / "big.xlsx", ON, WORLD.venues, BOOK, {})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=6))
def test_no_cell_whatever_breaks_the_reader(tmp_path, rows):
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    openings = read(tmp_path, HEADER + file.getvalue().replace("\0", ""))
    assert len(openings.projects) + len(openings.bad_rows) <= len(rows)


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
        ("2026年3月5日 中午12:30", 12, 30),
        ("2026年3月5日 中午1点", 13, 0),
        ("2026年3月5日 下午12:30", 12, 30),
        ("2026年3月5日上午12:30", 0, 30),
        ("2026年3月5日9点整", 9, 0),
        ("2026-03-05T09:30+08:00", 9, 30),
    ],
)
def test_dates_as_people_write_them(text, hour, minute):
    assert (read_time(text).hour, read_time(text).minute) == (hour, minute)


def test_the_real_day_of_most_sections_reads_whole():
    path = Path(__file__).parents[2] / ".." / "shared" / "data" / "odisha_openings.csv"
    if not path.exists():
        pytest.skip(NO_REAL_DATA)
    openings = read_openings(path, date(2024, 2, 13), WORLD.venues, BOOK, {}, today=date(2026, 11, 24))
    assert len(openings.projects) == 82
    assert sum(len(project.sections) for project in openings.projects) == 499
    assert openings.bad_rows == ()
