"""How one cell is read: times, numbers, codes; each reader raises `ValueError` with the rule it keeps."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar

from scheduler.projects import Category, Exemption, ProcurementKind
from scheduler.timeline import ZONE

Choice = TypeVar("Choice", bound=StrEnum)

_WRITTEN_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]*(凌晨|早上|上午|中午|下午|晚上)?\s*"
    r"(\d{1,2})[:时点](?:(\d{1,2})分?|整)?(?::\d{2}(?:\.\d+)?)?"
)
_BETWEEN = re.compile(r"[;,、\s]+").split
_WEEKDAYS = tuple(
    (str(number), english, f"周{chinese}", f"星期{chinese}")
    for number, (english, chinese) in enumerate(
        zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "一二三四五六日", strict=True), start=1
    )
)
_TIME_RULE = "a local date and time, such as 2026-03-05 09:30 or 2026年3月5日 上午9:30"

_CATEGORIES = {
    Category.WORKS: ("w", "works", "工程", "施工", "工程施工", "工程建设", "建设工程"),
    Category.WORKS_LOW_PRICE: ("works_low_price", "工程最低价", "最低价"),
    Category.GOODS: ("g", "goods", "货物", "设备", "材料", "货物采购"),
    Category.SERVICES: ("s", "services", "服务", "勘察", "设计", "勘察设计", "监理"),
}
_KINDS = {
    ProcurementKind.CONSTRUCTION: ("工程建设", "工程招标", "建设工程"),
    ProcurementKind.WATER: ("水利", "水利工程"),
    ProcurementKind.GP_OPEN: ("政府采购公开招标", "政采公开招标"),
    ProcurementKind.GP_LARGE: ("政府采购公开招标(1000万元以上)", "政采大额"),
    ProcurementKind.GP_NEGOTIATION: ("竞争性谈判", "询价"),
    ProcurementKind.GP_CONSULTATION: ("竞争性磋商",),
    ProcurementKind.MECHANICAL: ("机电产品国际招标", "机电国际招标"),
}
_EXEMPTIONS = {
    Exemption.SAMPLES_SCORED: ("样品",),
    Exemption.SOFTWARE_DEMO: ("演示", "现场演示"),
    Exemption.SITE_SURVEY: ("踏勘", "实地踏勘"),
    Exemption.SECRET: ("涉密",),
    Exemption.PAPER: ("纸质",),
    Exemption.EMERGENCY: ("应急",),
}


def read_text(cell: str) -> str:
    """Any text of one line."""
    if len(cell) > 500 or not cell.isprintable():
        raise ValueError("at most 500 printable characters")
    return cell


def read_id(cell: str) -> str:
    """An id: up to 64 printable characters."""
    if len(cell) > 64 or not cell.isprintable():
        raise ValueError("at most 64 printable characters")
    return cell


def read_time(cell: str) -> datetime:
    """A local time: 2026-03-05T09:30, 2026/3/5 9:30, 2026年3月5日 上午9:30 or 下午3时30分; its zone if it names one."""
    at = read_moment(cell)
    if at.time() == time():
        raise ValueError("names the hour of the opening; midnight is no opening time")
    return at


def read_moment(cell: str) -> datetime:
    """A local time as `read_time` knows it, or a day alone: its midnight."""
    at = _iso(cell) or _written(cell)
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def _iso(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return None


def _written(cell: str) -> datetime:
    found = _WRITTEN_TIME.fullmatch(cell)
    if not found:
        raise ValueError(_TIME_RULE)
    year, month, day, half, hour, minute = found.groups()
    late = half in ("中午", "下午", "晚上") and int(hour) < (11 if half == "中午" else 12)
    early = half in ("凌晨", "早上", "上午") and int(hour) == 12
    try:
        return datetime(
            int(year), int(month), int(day), int(hour) + 12 * late - 12 * early, int(minute or 0), tzinfo=ZONE
        )
    except ValueError as flaw:
        raise ValueError(f"{_TIME_RULE}: {flaw}") from None


def read_category(cell: str) -> Category:
    """W, G, S; works, works_low_price, goods, services; 工程, 货物, 服务 and their kin."""
    return _one_of(cell, _CATEGORIES)


def read_kind(cell: str) -> ProcurementKind:
    """A kind of procurement by its code name or in Chinese."""
    return _one_of(cell, _KINDS)


def read_exemption(cell: str) -> Exemption:
    """A ground of exemption: its code name, or 样品, 演示, 踏勘, 涉密, 纸质, 应急."""
    return _one_of(cell, _EXEMPTIONS)


def _one_of(cell: str, names: dict[Choice, tuple[str, ...]]) -> Choice:
    for choice, known in names.items():
        if cell.lower() in (choice.value, *known):
            return choice
    listed = ", ".join(
        dict.fromkeys(name for choice, known in names.items() for name in (choice.value, *known))
    )
    raise ValueError(f"one of {listed}")


def read_specialties(cell: str) -> tuple[tuple[str, int], ...]:
    """Specialty codes with seats, such as A08:3;A07:1."""
    pairs = [part for part in re.split(r"[;,、\s]+", cell.upper()) if part]
    found = [re.fullmatch(r"([A-Z](?:\d\d)*)[:X×*](\d{1,2})", pair) for pair in pairs]
    if not found or not all(found):
        raise ValueError("codes with seats, such as A08:3;A07:1")
    return tuple((match[1], int(match[2])) for match in found if match)


def read_set(cell: str) -> frozenset[str]:
    """Several ids or codes, apart by semicolon, comma or 、."""
    return frozenset(part for part in _BETWEEN(cell) if part)


def read_day(cell: str) -> date:
    """A day: 2026-05-04, 2026/5/4 or 2026年5月4日."""
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", cell)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(cell)
    except ValueError:
        raise ValueError("a day, such as 2026-05-04") from None


def read_day_or_weekday(cell: str) -> date | int:
    """A weekday as 1 (Monday) to 7, Mon or 周一, or a single day."""
    for number, names in enumerate(_WEEKDAYS, start=1):
        if cell.lower() in names:
            return number
    try:
        return read_day(cell)
    except ValueError:
        raise ValueError("a weekday (1 to 7, Mon, 周一), or a day, such as 2026-05-04") from None


def read_clock(cell: str) -> time:
    """A local time of day, such as 09:00."""
    try:
        return time.fromisoformat(cell.zfill(5))
    except ValueError:
        raise ValueError("a local time of day, such as 09:00") from None


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from `low` to `high`."""

    def read(cell: str) -> int:
        number = int(cell) if re.fullmatch(r"-?\d{1,9}", cell) else None
        if number is None or not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return read
