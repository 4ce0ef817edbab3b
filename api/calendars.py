"""The working-day calendar (工作日历): published holidays and make-up workdays, and local overrides."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import chinese_calendar

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
    """`china`, `weekdays`, or China's calendar with the overrides of a JSON file {"2026-05-04": "work" or "off"}."""
    if name == "china":
        return published_calendar()
    if name == "weekdays":
        return weekday_calendar()
    try:
        days = json.loads(Path(name).read_text(encoding="utf-8"))
        overrides = {
            date.fromisoformat(day): {"work": True, "off": False}[kind] for day, kind in days.items()
        }
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as flaw:
        rule = 'china, weekdays, or a JSON file of days, each "work" or "off"'
        raise BadInput("calendar", f"{name} ({flaw})", rule) from None
    return published_calendar(overrides)
