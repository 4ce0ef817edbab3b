"""The working-day calendar (工作日历): published holidays and make-up workdays, and local overrides."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import chinese_calendar

from api.files.cells import read_day
from api.files.tables import BadRow, BadRows, Column, read_table
from scheduler.errors import BadInput
from scheduler.timeline import WorkCalendar


def published_calendar(overrides: Mapping[date, bool] | None = None) -> WorkCalendar:
    """China's published calendar with local overrides (True: worked, False: off).

    Outside the published years the calendar knows weekends only; `WorkCalendar.covered` says where it ends, and
    plans that reach beyond carry a warning.
    """
    holidays = set(chinese_calendar.constants.holidays)
    makeup = set(chinese_calendar.constants.workdays)
    years = [day.year for day in holidays]
    for day, worked in (overrides or {}).items():
        holidays.discard(day)
        makeup.discard(day)
        (makeup if worked else holidays).add(day)
    covered = (date(min(years), 1, 1), date(max(years), 12, 31))
    return WorkCalendar(frozenset(holidays), frozenset(makeup), covered)


def weekday_calendar() -> WorkCalendar:
    """A calendar that knows weekends only, for data of places with other holidays."""
    return WorkCalendar(frozenset(), frozenset(), (date.min, date.max))


def read_calendar(name: str) -> WorkCalendar:
    """`china`, `weekdays`, or China's calendar with the overrides of a file.

    The file is JSON, {"2026-05-04": "work" or "off"}, or a table with columns `date` and `kind`.
    """
    if name == "china":
        return published_calendar()
    if name == "weekdays":
        return weekday_calendar()
    path = Path(name)
    if path.suffix.lower() in (".csv", ".xlsx"):
        return published_calendar(_table(path))
    try:
        days = json.loads(path.read_text(encoding="utf-8"))
        overrides = {date.fromisoformat(day): KINDS[kind] for day, kind in days.items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as flaw:
        rule = 'china, weekdays, a table, or a JSON file of days, each "work" or "off"'
        raise BadInput("calendar", f"{name} ({flaw})", rule) from None
    return published_calendar(overrides)


KINDS = {
    "work": True,
    "makeup_workday": True,
    "上班": True,
    "调休上班": True,
    "off": False,
    "holiday": False,
    "放假": False,
}
"""How a day is said to be worked or off."""


def _kind(cell: str) -> bool:
    if cell.lower() not in KINDS:
        raise ValueError("one of " + ", ".join(KINDS))
    return KINDS[cell.lower()]


_COLUMNS = (
    Column("date", ("日期",), read_day, required=True),
    Column("kind", ("类型",), _kind, required=True),
)


def _table(path: Path) -> dict[date, bool]:
    """The overrides in a table; raises `BadRows` when a row is bad or a day comes twice."""
    days: dict[date, bool] = {}
    bad = []
    for row in read_table(path, _COLUMNS, {}):
        if row.flaw is None and row.values["date"] in days:
            bad.append(BadRow(row.line, "date", row.cells["date"], "a day comes once"))
        elif row.flaw is not None:
            bad.append(row.flaw)
        else:
            days[row.values["date"]] = row.values["kind"]
    if bad:
        raise BadRows(tuple(bad), path.name)
    return days
