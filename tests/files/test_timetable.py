"""The timetable opens safely in any spreadsheet: text stays text, headers stay in sight."""

from dataclasses import replace
from datetime import date

from openpyxl import load_workbook

from api.calendars import published_calendar
from api.files.openings import made_up
from api.reports.timetable import write_timetable
from scheduler.planning import Budget, Problem, Unscheduled, solve
from scheduler.rules import default_rule_book
from scheduler.synthetic import make_world

WORLD, BOOK = make_world(), default_rule_book()
PROJECT = made_up(date(2026, 11, 24), WORLD.venues, BOOK, count=1).projects[0]


def workbook(path, project):
    problem = Problem((project,), WORLD.venues, published_calendar(), BOOK)
    plan = replace(solve(problem, Budget(0)), unscheduled=(Unscheduled("-1+1", "no_room", "@reason"),))
    venues = {venue.venue_id: venue for venue in WORLD.venues}
    write_timetable(path, plan, {project.project_id: project}, venues)
    return plan, load_workbook(path)


def test_no_cell_is_a_formula_whatever_a_project_is_called(tmp_path):
    evil = replace(PROJECT, project_id="=1+1", name='=HYPERLINK("http://x","y")')
    _, book = workbook(tmp_path / "t.xlsx", evil)
    cells = [
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if str(cell.value)[0] in "=+-@"]


def test_ids_are_text_and_every_part_of_every_session_has_its_row(tmp_path):
    plan, book = workbook(tmp_path / "t.xlsx", replace(PROJECT, project_id="00123"))
    sheet = book.worksheets[0]
    assert sheet["A2"].value == "00123"
    assert sheet["A2"].data_type == "s"
    expected = sum(len(booking.parts) * len(booking.sessions) for booking in plan.bookings)
    assert sheet.max_row == expected + 1
    assert sheet.freeze_panes == "A2"
    assert [each.title for each in book.worksheets][-1].startswith("填写说明")
