"""The columns of an openings file: names, aliases, and how each cell is read."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduler.errors import BadInput
from scheduler.projects import Category, Exemption, ProcurementKind
from scheduler.timeline import ZONE

_CHINESE_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]*(上午|下午|晚上|中午)?\s*"
    r"(\d{1,2})[:时点](?:(\d{1,2})分?)?(?::\d{2})?"
)

MOST_SECTIONS = 1_000
MOST_BIDS = 100_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, other headers it is known by, whether it must be there, and how a cell is read."""

    name: str
    aliases: tuple[str, ...]
    read: Callable[[str], Any]
    required: bool = False


def plain(cell: object) -> str:
    """The cell as text: full-width characters made narrow, no space around."""
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()


def read_text(cell: str) -> str:
    """Any text."""
    return cell


def read_time(cell: str) -> datetime:
    """A local time: 2026-03-05T09:30, 2026/3/5 9:30, 2026年3月5日 上午9:30 or 下午3时30分; its zone if it names one."""
    try:
        at = datetime.fromisoformat(cell)
        if len(cell) > len("2026-03-05"):
            return at if at.tzinfo else at.replace(tzinfo=ZONE)
    except ValueError:
        pass
    found = _CHINESE_TIME.fullmatch(cell)
    if not found:
        raise ValueError("a local date and time, such as 2026-03-05 09:30 or 2026年3月5日 上午9:30")
    year, month, day, half, hour, minute = found.groups()
    late = half in ("下午", "晚上") and int(hour) < 12
    return datetime(int(year), int(month), int(day), int(hour) + 12 * late, int(minute or 0), tzinfo=ZONE)


def read_category(cell: str) -> Category:
    """W, G, S; works, works_low_price, goods, services; 工程, 施工, 货物, 服务."""
    known = {
        "w": Category.WORKS, "工程": Category.WORKS, "施工": Category.WORKS, "工程施工": Category.WORKS,
        "g": Category.GOODS, "货物": Category.GOODS, "s": Category.SERVICES, "服务": Category.SERVICES,
        **{category.value: category for category in Category},
    }  # fmt: skip
    if cell.lower() not in known:
        raise ValueError("one of W, G, S, works, works_low_price, goods, services, 工程, 货物, 服务")
    return known[cell.lower()]


def read_kind(cell: str) -> ProcurementKind:
    """A kind of procurement by its code name."""
    try:
        return ProcurementKind(cell.lower())
    except ValueError:
        raise ValueError("one of " + ", ".join(ProcurementKind)) from None


def read_exemption(cell: str) -> Exemption:
    """A ground of exemption: its code name, or 样品, 演示, 踏勘, 涉密, 纸质, 应急."""
    chinese = {"样品": "samples_scored", "演示": "software_demo", "踏勘": "site_survey"}
    chinese |= {"涉密": "secret", "纸质": "paper", "应急": "emergency"}
    try:
        return Exemption(chinese.get(cell, cell.lower()))
    except ValueError:
        raise ValueError("one of " + ", ".join(Exemption)) from None


def read_specialties(cell: str) -> tuple[tuple[str, int], ...]:
    """Specialty codes with seats, such as A08:3;A07:1."""
    found = re.findall(r"([A-Z]\d*)[:x*×](\d+)", cell.upper())
    if not found or re.sub(r"([A-Z]\d*)[:x*×](\d+)|[;,、\s]", "", cell.upper()):
        raise ValueError("codes with seats, such as A08:3;A07:1")
    return tuple((code, int(seats)) for code, seats in found)


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from `low` to `high`."""

    def read(cell: str) -> int:
        number = int(cell) if re.fullmatch(r"-?\d{1,9}", cell) else None
        if number is None or not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return read


COLUMNS = (
    Column("notice", ("项目编号", "招标编号", "公告编号", "notice_id"), read_text, required=True),
    Column("opening_at", ("开标时间", "开标日期", "opening_time", "opening"), read_time, required=True),
    Column("category", ("类别", "项目类别", "类型"), read_category, required=True),
    Column("org_id", ("招标人", "采购人", "单位", "organisation"), read_text, required=True),
    Column("sections", ("标段数", "标段数量", "包数"), whole(1, MOST_SECTIONS), required=True),
    Column("bidders", ("投标人数", "投标数", "投标单位数", "bids"), whole(0, MOST_BIDS), required=True),
    Column("name", ("项目名称", "标段名称"), read_text),
    Column("kind", ("采购方式", "招标方式"), read_kind),
    Column("specialties", ("专业", "评标专业"), read_specialties),
    Column("owner_representatives", ("招标人代表", "业主代表"), whole(0, 9)),
    Column("guests", ("副场数", "客场数"), whole(1, 4)),
    Column("exemption", ("不采用远程原因", "免远程原因"), read_exemption),
    Column("home", ("主场",), read_text),
    Column("tenderer", ("招标人统一社会信用代码",), read_text),
    Column("agency", ("代理机构统一社会信用代码",), read_text),
)


def find_columns(header: Sequence[object], mapping: Mapping[str, str]) -> dict[str, int]:
    """Where each known column stands; `mapping` (column name → header) comes before names and aliases.

    Raises `BadInput` when a required column is missing or a mapping names what is not there.
    """
    titles = [plain(cell) for cell in header]
    known = {column.name for column in COLUMNS}
    places = {}
    for name, title in mapping.items():
        if name not in known or title not in titles:
            raise BadInput(
                "map", f"{name}={title}", f"a column of {', '.join(sorted(known))} and a header of the file"
            )
        places[name] = titles.index(title)
    for column in COLUMNS:
        for title in (column.name, *column.aliases):
            if column.name not in places and title in titles:
                places[column.name] = titles.index(title)
        if column.required and column.name not in places:
            raise BadInput(
                column.name, ", ".join(titles), f"a column {column.name} ({', '.join(column.aliases)})"
            )
    return places


def is_far(opening: datetime, day: date) -> bool:
    """Whether an opening lies so long after the day planned that its date is taken to be mistyped: three years."""
    return (opening.astimezone(ZONE).date() - day).days > 3 * 365
