"""The tables of a world and their columns: how each cell is read, and what each table's rows are known by."""

import re
from collections.abc import Mapping
from datetime import date

from api.files.cells import read_clock, read_day_or_weekday, read_id, read_moment, read_set, read_text, whole
from api.files.tables import Column
from scheduler.people import ExpertStatus, Tie, TieKind

YES = frozenset(("yes", "true", "1", "是", "y"))
NO = frozenset(("no", "false", "0", "否", "n"))


_SIX_DIGITS = re.compile(r"\d{6}").fullmatch


def read_region(cell: str) -> str:
    if not _SIX_DIGITS(cell):
        raise ValueError("a GB/T 2260 code of six digits")
    return cell


def _yes(cell: str) -> bool:
    if cell.lower() not in YES | NO:
        raise ValueError("yes or no")
    return cell.lower() in YES


def _status(cell: str) -> ExpertStatus:
    try:
        return ExpertStatus(cell.lower())
    except ValueError:
        raise ValueError("one of " + ", ".join(ExpertStatus)) from None


def _ties(cell: str) -> frozenset[Tie]:
    """Ties as kind:USCC or kind:USCC:until, apart by semicolon."""
    ties = set()
    for part in read_set(cell):
        kind, _, rest = part.partition(":")
        organisation, _, until = rest.partition(":")
        try:
            ties.add(Tie(organisation, TieKind(kind), date.fromisoformat(until) if until else None))
        except ValueError:
            raise ValueError("kind:USCC, or kind:USCC:2024-12-31; kinds " + ", ".join(TieKind)) from None
        if not organisation:
            raise ValueError("kind:USCC names an organisation")
    return frozenset(ties)


TABLES: Mapping[str, tuple[Column, ...]] = {
    "centres": (
        Column("centre_id", ("中心编号",), read_id, required=True),
        Column("name", ("中心名称",), read_text, required=True),
        Column("region", ("行政区划代码",), read_region, required=True),
        Column("uscc", ("统一社会信用代码",), read_id),
    ),
    "venues": (
        Column("venue_id", ("场所编号",), read_id, required=True),
        Column("centre_id", ("中心编号",), read_id, required=True),
        Column("name", ("场所名称",), read_text, required=True),
        Column("region", ("行政区划代码",), read_region, required=True),
        Column("opens", ("开放时间",), read_clock),
        Column("closes", ("关闭时间",), read_clock),
    ),
    "rooms": (
        Column("room_id", ("评标室编号",), read_id, required=True),
        Column("venue_id", ("场所编号",), read_id, required=True),
        Column("seats", ("工位数",), whole(1, 1_000), required=True),
        Column("equipment", ("设备",), read_set),
    ),
    "hours": (
        Column("venue_id", ("场所编号",), read_id, required=True),
        Column("day", ("日期或星期",), read_day_or_weekday, required=True),
        Column("opens", ("开放时间",), read_clock),
        Column("closes", ("关闭时间",), read_clock),
    ),
    "blocked": (
        Column("venue_id", ("场所编号",), read_id, required=True),
        Column("room_id", ("评标室编号",), read_id),
        Column("start", ("停用开始",), read_moment, required=True),
        Column("end", ("停用结束",), read_moment, required=True),
        Column("reason", ("停用原因",), read_text),
    ),
    "experts": (
        Column("expert_id", ("专家编号",), read_id, required=True),
        Column("employer", ("工作单位统一社会信用代码",), read_id, required=True),
        Column("region", ("行政区划代码",), read_region, required=True),
        Column("specialties", ("评标专业", "专业"), read_set, required=True),
        Column("status", ("状态",), _status),
        Column("senior", ("高级职称",), _yes),
        Column("birth_year", ("出生年份",), whole(1900, 2100)),
        Column("department", ("部门",), read_text),
        Column("employer_group", ("上级单位",), read_text),
        Column("ties", ("利害关系",), _ties),
        Column("conflicts", ("回避专家",), read_set),
        Column("person", ("人员标识",), read_text),
    ),
    "organisations": (
        Column("uscc", ("统一社会信用代码",), read_id, required=True),
        Column("name", ("单位名称",), read_text, required=True),
        Column("aliases", ("曾用名及简称",), read_set),
    ),
    "people": (
        Column("expert_id", ("专家编号",), read_id, required=True),
        Column("name", ("姓名",), read_text, required=True),
        Column("telephone", ("联系电话",), read_text),
    ),
}
"""The tables of a world; those in `OPTIONAL` may be left out."""

OPTIONAL = frozenset(("hours", "blocked", "organisations", "people"))

KEYS = {"hours": 2, "blocked": 0}
"""How many first columns together come once, where it is not the first alone."""
