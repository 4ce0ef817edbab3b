"""A world as a folder: `world.json` and `people.json`, or tables of centres, venues, rooms, experts, organisations."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar

from api.files.documents import load_world
from api.files.folders import all_known, build, rows_of, unknown
from api.files.tables import BadRow, BadRows, Row
from api.files.world_tables import KEYS, OPTIONAL, TABLES
from scheduler.errors import require
from scheduler.people import Expert, Pool
from scheduler.synthetic import Organisation, Person, World, is_uscc
from scheduler.venues import Blocked, Centre, Hours, Room, Venue

T = TypeVar("T")


def read_world(path: Path) -> World:
    """The world in a document or a folder; a bad row refuses the whole, because others may depend on it."""
    if path.is_file():
        people = path.with_name("people.json")
        return load_world(path.read_bytes(), people.read_bytes() if people.is_file() else None)
    if (path / "world.json").is_file():
        return read_world(path / "world.json")
    rows = {
        name: rows_of(path, name, columns, needed=name not in OPTIONAL, key=KEYS.get(name, 1))
        for name, columns in TABLES.items()
    }
    experts = build(_employed(rows["experts"], _usccs(rows["organisations"])), Expert)
    rooms: dict[str, list[Room]] = defaultdict(list)
    known = {row.values["venue_id"] for row in rows["venues"]}
    bad = [row for row in rows["rooms"] if row.values["venue_id"] not in known]
    if bad:
        raise BadRows(tuple(unknown(row, "venue_id", "a venue of the venues table") for row in bad), "rooms")
    for row in rows["rooms"]:
        rooms[row.values["venue_id"]].append(
            Room(row.values["room_id"], row.values["seats"], row.values.get("equipment", frozenset()))
        )
    centres = build(rows["centres"], Centre)
    ids = {centre.centre_id for centre in centres}
    bad = [row for row in rows["venues"] if row.values["centre_id"] not in ids]
    if bad:
        raise BadRows(
            tuple(unknown(row, "centre_id", "a centre of the centres table") for row in bad), "venues"
        )

    hours, blocked = _hours(rows["hours"], known), _blocked(rows["blocked"], known, rooms)

    def venue(**facts: Any) -> Venue:
        own, venue_id = sorted(rooms[facts["venue_id"]], key=lambda room: room.room_id), facts["venue_id"]
        return Venue(rooms=tuple(own), blocked=blocked[venue_id], hours=hours[venue_id], **facts)

    return World(
        centres,
        build(rows["venues"], venue),
        Pool.of(experts),
        build(rows["organisations"], lambda uscc, name, **_: Organisation(uscc, name)),
        build([Row(r.line, r.cells, {"telephone": "", **r.values}, None) for r in rows["people"]], Person),
    )


def _hours(rows: Sequence[Row], venues: Collection[str]) -> Mapping[str, tuple[Hours, ...]]:
    """Each venue's hours on single weekdays and days; without times it is closed."""
    all_known(rows, "hours", "venue_id", venues, "a venue of the venues table")

    def make(
        venue_id: str, day: date | int, opens: time | None = None, closes: time | None = None
    ) -> tuple[str, Hours]:
        require(
            (opens is None) == (closes is None), "closes", closes, "both times, or none when it is closed"
        )
        at = {"weekday": day} if isinstance(day, int) else {"day": day}
        return venue_id, Hours(opens or time(), closes or time(), **at)

    return _grouped(build(rows, make, "hours"))


def _blocked(
    rows: Sequence[Row], venues: Collection[str], rooms: Mapping[str, Sequence[Room]]
) -> Mapping[str, tuple[Blocked, ...]]:
    """Each venue's times in which it, or one of its rooms, cannot be used."""
    all_known(rows, "blocked", "venue_id", venues, "a venue of the venues table")

    def make(venue_id: str, room_id: str | None = None, **facts: Any) -> tuple[str, Blocked]:
        known = {room.room_id for room in rooms.get(venue_id, ())}
        require(room_id is None or room_id in known, "room_id", room_id, f"a room of {venue_id}")
        return venue_id, Blocked(room_id=room_id, **facts)

    return _grouped(build(rows, make, "blocked"))


def _grouped(pairs: Iterable[tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
    groups: defaultdict[str, tuple[T, ...]] = defaultdict(tuple)
    for key, value in pairs:
        groups[key] += (value,)
    return groups


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
        "hours": _csv(
            "hours",
            (
                (v.venue_id, h.weekday or h.day, *_clocks(h))
                for v in world.venues
                for h in v.hours
            ),
        ),
        "blocked": _csv(
            "blocked",
            (
                (v.venue_id, b.room_id or "", b.start.isoformat(), b.end.isoformat(), b.reason)
                for v in world.venues
                for b in v.blocked
            ),
        ),
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
        unknown(row, "employer", "a USCC, or a name or alias of the organisations table")
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


def _clocks(hours: Hours) -> tuple[str, str]:
    """Both times, or nothing when it is closed."""
    return (f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}") if hours.opens < hours.closes else ("", "")


def _set(items: Iterable[str]) -> str:
    return ";".join(sorted(items))


def _csv(name: str, rows: Iterable[tuple[object, ...]]) -> str:
    """The table with its header, with a mark by which spreadsheets know UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([column.name for column in TABLES[name]])
    writer.writerows(rows)
    return "\ufeff" + file.getvalue()
