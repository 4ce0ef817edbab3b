"""A world as a folder: `world.json` and `people.json`, or tables of centres, venues, rooms, experts, organisations."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from api.files.cells import read_clock, read_id, read_set, read_text, whole
from api.files.documents import load_world
from api.files.tables import BadRow, BadRows, Column, Row, read_table
from scheduler.errors import BadInput
from scheduler.people import Expert, ExpertStatus, Pool, Tie, TieKind
from scheduler.synthetic import Organisation, Person, World, is_uscc
from scheduler.venues import Centre, Room, Venue

T = TypeVar("T")

SUFFIXES = (".csv", ".xlsx")
YES = frozenset(("yes", "true", "1", "是", "y"))
NO = frozenset(("no", "false", "0", "否", "n"))


_SIX_DIGITS = re.compile(r"\d{6}").fullmatch


def _region(cell: str) -> str:
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
        Column("region", ("行政区划代码",), _region, required=True),
        Column("uscc", ("统一社会信用代码",), read_id),
    ),
    "venues": (
        Column("venue_id", ("场所编号",), read_id, required=True),
        Column("centre_id", ("中心编号",), read_id, required=True),
        Column("name", ("场所名称",), read_text, required=True),
        Column("region", ("行政区划代码",), _region, required=True),
        Column("opens", ("开放时间",), read_clock),
        Column("closes", ("关闭时间",), read_clock),
    ),
    "rooms": (
        Column("room_id", ("评标室编号",), read_id, required=True),
        Column("venue_id", ("场所编号",), read_id, required=True),
        Column("seats", ("工位数",), whole(1, 1_000), required=True),
        Column("equipment", ("设备",), read_set),
    ),
    "experts": (
        Column("expert_id", ("专家编号",), read_id, required=True),
        Column("employer", ("工作单位统一社会信用代码",), read_id, required=True),
        Column("region", ("行政区划代码",), _region, required=True),
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
"""The tables of a world; organisations and people may be left out."""

OPTIONAL = frozenset(("organisations", "people"))


def read_world(path: Path) -> World:
    """The world in a document or a folder; a bad row refuses the whole, because others may depend on it."""
    if path.is_file():
        people = path.with_name("people.json")
        return load_world(path.read_bytes(), people.read_bytes() if people.is_file() else None)
    if (path / "world.json").is_file():
        return read_world(path / "world.json")
    rows = {name: _table(path, name) for name in TABLES}
    experts = _build(_employed(rows["experts"], _usccs(rows["organisations"])), Expert)
    rooms: dict[str, list[Room]] = defaultdict(list)
    known = {row.values["venue_id"] for row in rows["venues"]}
    bad = [row for row in rows["rooms"] if row.values["venue_id"] not in known]
    if bad:
        raise BadRows(tuple(_unknown(row, "venue_id", "a venue of the venues table") for row in bad), "rooms")
    for row in rows["rooms"]:
        rooms[row.values["venue_id"]].append(
            Room(row.values["room_id"], row.values["seats"], row.values.get("equipment", frozenset()))
        )
    centres = _build(rows["centres"], Centre)
    ids = {centre.centre_id for centre in centres}
    bad = [row for row in rows["venues"] if row.values["centre_id"] not in ids]
    if bad:
        raise BadRows(
            tuple(_unknown(row, "centre_id", "a centre of the centres table") for row in bad), "venues"
        )

    def venue(**facts: Any) -> Venue:
        own = sorted(rooms[facts["venue_id"]], key=lambda room: room.room_id)
        return Venue(rooms=tuple(own), **facts)

    return World(
        centres,
        _build(rows["venues"], venue),
        Pool.of(experts),
        _build(rows["organisations"], lambda uscc, name, **_: Organisation(uscc, name)),
        _build([Row(r.line, r.cells, {"telephone": "", **r.values}, None) for r in rows["people"]], Person),
    )


def tables_of(world: World) -> dict[str, str]:
    """The tables of a world as CSV texts, by name: what `read_world` reads, and a pattern for one's own."""
    rooms = [(room, venue.venue_id) for venue in world.venues for room in venue.rooms]
    return {
        "centres": _csv("centres", ((c.centre_id, c.name, c.region, c.uscc) for c in world.centres)),
        "venues": _csv(
            "venues",
            (
                (v.venue_id, v.centre_id, v.name, v.region, f"{v.opens:%H:%M}", f"{v.closes:%H:%M}")
                for v in world.venues
            ),
        ),
        "rooms": _csv("rooms", ((r.room_id, venue, r.seats, _set(r.equipment)) for r, venue in rooms)),
        "experts": _csv(
            "experts",
            (
                (
                    e.expert_id, e.employer, e.region, _set(e.specialties), e.status.value,
                    "yes" if e.senior else "no", e.birth_year, e.department, e.employer_group,
                    _set(f"{t.kind.value}:{t.organisation}{f':{t.until}' if t.until else ''}" for t in e.ties),
                    _set(e.conflicts), e.person,
                )
                for e in world.pool
            ),
        ),
        "organisations": _csv("organisations", ((o.uscc, o.name, "") for o in world.organisations)),
        "people": _csv("people", ((p.expert_id, p.name, p.telephone) for p in world.people)),
    }  # fmt: skip


def _table(folder: Path, name: str) -> list[Row]:
    """The rows of one table; raises `BadRows` when any is bad, or an id comes twice."""
    path = next(
        (folder / f"{name}{suffix}" for suffix in SUFFIXES if (folder / f"{name}{suffix}").is_file()), None
    )
    if path is None:
        if name in OPTIONAL:
            return []
        raise BadInput("world", str(folder), f"a folder with world.json, or with {name}.csv or {name}.xlsx")
    columns = TABLES[name]
    rows = list(read_table(path, columns, {}))
    bad = [row.flaw for row in rows if row.flaw is not None]
    seen: dict[str, int] = {}
    for row in rows:
        own = row.cells.get(columns[0].name, "")
        if own and seen.setdefault(own, row.line) != row.line:
            bad.append(BadRow(row.line, columns[0].name, own, f"comes once; line {seen[own]} has it"))
    if bad:
        raise BadRows(tuple(sorted(bad, key=lambda flaw: flaw.line)), path.name)
    return rows


def _build(rows: Sequence[Row], make: Callable[..., T]) -> tuple[T, ...]:
    """The value of each row; raises `BadRows` naming every row that the engine refuses."""
    made, bad = [], []
    for row in rows:
        try:
            made.append(make(**row.values))
        except BadInput as refusal:
            bad.append(BadRow(row.line, refusal.field, str(refusal.value), refusal.rule))
    if bad:
        raise BadRows(tuple(bad))
    return tuple(made)


def _usccs(rows: Sequence[Row]) -> dict[str, str]:
    """The USCC that each name or alias stands for; raises `BadRows` for one that stands for two organisations."""
    known: dict[str, str] = {}
    bad = []
    for row in rows:
        uscc = row.values["uscc"]
        for name in sorted({row.values["name"], *row.values.get("aliases", ())}):
            if known.setdefault(name, uscc) != uscc:
                bad.append(
                    BadRow(row.line, "aliases", name, f"stands for one organisation; {known[name]} has it")
                )
    if bad:
        raise BadRows(tuple(bad), "organisations")
    return known


def _employed(rows: Sequence[Row], usccs: Mapping[str, str]) -> list[Row]:
    """The experts' rows with each employer by USCC, so that no other name of it evades a cap."""
    own = set(usccs.values())
    bad = [
        _unknown(row, "employer", "a USCC, or a name or alias of the organisations table")
        for row in rows
        if usccs and row.values["employer"] not in own | usccs.keys() and not is_uscc(row.values["employer"])
    ]
    if bad:
        raise BadRows(tuple(bad), "experts")
    return [
        Row(
            r.line,
            r.cells,
            {**r.values, "employer": usccs.get(r.values["employer"], r.values["employer"])},
            r.flaw,
        )
        for r in rows
    ]


def _unknown(row: Row, field: str, rule: str) -> BadRow:
    return BadRow(row.line, field, row.cells[field], rule)


def _set(items: Iterable[str]) -> str:
    return ";".join(sorted(items))


def _csv(name: str, rows: Iterable[tuple[object, ...]]) -> str:
    """The table with its header, with a mark by which spreadsheets know UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([column.name for column in TABLES[name]])
    writer.writerows(rows)
    return "\ufeff" + file.getvalue()
