"""What a plan is made around, as tables beside a world's: commitments, histories, supply, distances, quotas."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from api.files.cells import read_day, read_id, read_moment, read_set, whole
from api.files.folders import all_known, build, rows_of
from api.files.tables import Column, Row
from api.files.world_tables import read_region
from scheduler.errors import require
from scheduler.planning import Commitment, Distance, PairCount, Quota, Supply, SupportCount
from scheduler.planning.surroundings import Surroundings
from scheduler.venues import Venue

MOST = 1_000_000


def _prefix(cell: str) -> str:
    if not (cell.isascii() and cell.isdigit() and len(cell) in (2, 4, 6)):
        raise ValueError("a GB/T 2260 code of two, four or six digits: province, prefecture or county")
    return cell


SURROUNDINGS: Mapping[str, tuple[Column, ...]] = {
    "commitments": (
        Column("venue_id", ("场所编号",), read_id, required=True),
        Column("room_id", ("评标室编号",), read_id, required=True),
        Column("start", ("占用开始",), read_moment, required=True),
        Column("end", ("占用结束",), read_moment, required=True),
    ),
    "pairs": (
        Column("home", ("主场",), read_id, required=True),
        Column("guest", ("客场", "副场"), read_id, required=True),
        Column("projects", ("项目数",), whole(0, MOST), required=True),
    ),
    "supports": (
        Column("venue_id", ("场所编号",), read_id, required=True),
        Column("projects", ("客场支持项目数",), whole(0, MOST), required=True),
    ),
    "supply": (
        Column("region", ("行政区划代码",), read_region, required=True),
        Column("codes", ("评标专业", "专业"), read_set),
        Column("day", ("日期",), read_day),
        Column("experts", ("专家数",), whole(0, MOST), required=True),
    ),
    "distances": (
        Column("home", ("主场",), read_id, required=True),
        Column("guest", ("客场", "副场"), read_id, required=True),
        Column("kilometres", ("公里",), whole(0, 10_000), required=True),
    ),
    "quotas": (
        Column("home_region", ("主场区划",), _prefix, required=True),
        Column("guest_region", ("客场区划",), _prefix, required=True),
        Column("projects", ("项目数",), whole(0, MOST), required=True),
    ),
}
"""The tables, each of which may be left out."""

_KEYS = {"commitments": 0, "supports": 1, "supply": 3}


def read_surroundings(path: Path, venues: Sequence[Venue]) -> Surroundings:
    """The tables in a world's folder; raises `BadRows` for one that speaks of a venue, room or region unknown."""
    folder = path.parent if path.is_file() else path
    rows = {
        name: rows_of(folder, name, columns, needed=False, key=_KEYS.get(name, 2))
        for name, columns in SURROUNDINGS.items()
    }
    ids = {venue.venue_id for venue in venues}
    for name in ("commitments", "pairs", "supports", "distances"):
        for field in ("venue_id", "home", "guest"):
            all_known(rows[name], name, field, ids, "a venue of the world")
    regions = {venue.region for venue in venues}
    all_known(rows["supply"], "supply", "region", regions, "the region of a venue of the world")
    rooms = {(venue.venue_id, room.room_id) for venue in venues for room in venue.rooms}

    def commitment(venue_id: str, room_id: str, start: datetime, end: datetime) -> Commitment:
        require((venue_id, room_id) in rooms, "room_id", room_id, f"a room of {venue_id}")
        return Commitment(venue_id, room_id, start, end)

    return Surroundings(
        commitments=build(rows["commitments"], commitment, "commitments"),
        pair_history=build(rows["pairs"], PairCount, "pairs"),
        support_history=build(rows["supports"], SupportCount, "supports"),
        supply=build(rows["supply"], _supply, "supply"),
        distances=_both_ways(rows["distances"]),
        quotas=build(rows["quotas"], Quota, "quotas"),
    )


def _supply(
    region: str, experts: int, codes: frozenset[str] = frozenset(), day: date | None = None
) -> Supply:
    return Supply(region, codes, experts, day)


def _both_ways(rows: Sequence[Row]) -> tuple[Distance, ...]:
    """Each distance as given; the way back is as long where the table does not give it."""
    given = build(rows, Distance, "distances")
    known = {(each.home, each.guest) for each in given}
    back = (Distance(each.guest, each.home, each.kilometres) for each in given)
    return (*given, *(each for each in back if (each.home, each.guest) not in known))
