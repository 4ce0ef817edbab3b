"""The working-day calendar: what was published, what a centre overrides, and where knowledge ends."""

import json
from datetime import date

import pytest

from api.calendars import published_calendar, read_calendar
from api.files.tables import BadRows
from scheduler.errors import BadInput


def test_the_published_calendar_knows_holidays_and_makeup_workdays():
    calendar = published_calendar()
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 10, 10)), "a Saturday worked for National Day"
    assert calendar.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)


def test_beyond_what_was_published_only_weekends_are_off_and_the_calendar_says_so():
    calendar = published_calendar()
    day = date(calendar.covered[1].year + 1, 10, 1)
    assert not calendar.is_certain(day)
    assert calendar.is_working_day(day) == (day.weekday() < 5)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("days.json", json.dumps({"2026-11-24": "off", "2026-11-28": "work"})),
        ("days.csv", "date,kind,name\n2026-11-24,holiday,a local day\n2026-11-28,makeup_workday,\n"),
        ("days.csv", "日期,类型\n2026年11月24日,放假\n2026/11/28,上班\n"),
    ],
)
def test_a_centre_overrides_days_in_either_format(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    calendar = read_calendar(str(tmp_path / name))
    assert not calendar.is_working_day(date(2026, 11, 24))
    assert calendar.is_working_day(date(2026, 11, 28))
    assert calendar.is_working_day(date(2026, 11, 25))


@pytest.mark.parametrize("text", ["", "[]", '{"2026-13-01": "off"}', '{"2026-11-24": "maybe"}'])
def test_a_flawed_file_is_refused(tmp_path, text):
    (tmp_path / "days.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="calendar"):
        read_calendar(str(tmp_path / "days.json"))


def test_a_day_said_twice_or_of_no_known_kind_is_named_by_line(tmp_path):
    (tmp_path / "d.csv").write_text(
        "date,kind\n2026-11-24,off\n2026-11-24,work\n2026-11-25,x\n", encoding="utf-8"
    )
    with pytest.raises(BadRows) as refusal:
        read_calendar(str(tmp_path / "d.csv"))
    assert [(bad.line, bad.field) for bad in refusal.value.rows] == [(3, "date"), (4, "kind")]


def test_weekdays_know_no_holiday():
    assert read_calendar("weekdays").is_working_day(date(2026, 10, 1))
