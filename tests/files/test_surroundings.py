"""What a plan is made around is read from tables beside a world's, and what they misname is refused by line."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from typer.testing import CliRunner

from api.cli.app import app
from api.files.documents import load_problem
from api.files.surroundings import Surroundings, read_surroundings
from api.files.tables import BadRows
from api.files.worlds import read_world, tables_of
from scheduler.planning import Commitment, Distance, PairCount, Quota, Supply, SupportCount
from scheduler.synthetic import make_world
from scheduler.timeline import ZONE
from scheduler.venues import Blocked, Hours

WORLD = make_world()
HOME, GUEST, *_ = (venue.venue_id for venue in WORLD.venues)
ROOM = WORLD.venues[0].rooms[0].room_id
REGION = WORLD.venues[0].region

OPENINGS = f"项目编号,开标时间,类别,招标人,标段数,主场\nA-1,2026-03-05 10:00,货物,甲,1,{HOME}\n"
WEEK = f"场所编号,日期或星期,开放时间,关闭时间\n{HOME},周五,09:00,12:00\n{HOME},2026年3月5日,,\n"
TABLES = {
    "commitments": f"venue_id,room_id,start,end\n{HOME},{ROOM},2026-03-05 09:00,2026年3月5日下午3时\n",
    "pairs": f"主场,客场,项目数\n{HOME},{GUEST},4\n",
    "supports": f"场所编号,客场支持项目数\n{GUEST},7\n",
    "supply": f"region,codes,day,experts\n{REGION},A08,2026-03-05,3\n{REGION},,,30\n",
    "distances": f"home,guest,kilometres\n{HOME},{GUEST},120\n",
    "quotas": "主场区划,客场区划,项目数\n5323,5301,2\n",
}


def write(folder, **changes):
    for name, text in {**TABLES, **changes}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_every_table_is_read_and_a_distance_holds_both_ways(tmp_path):
    at = datetime(2026, 3, 5, 9, tzinfo=ZONE)
    assert read_surroundings(write(tmp_path), WORLD.venues) == Surroundings(
        commitments=(Commitment(HOME, ROOM, at, at.replace(hour=15)),),
        pair_history=(PairCount(HOME, GUEST, 4),),
        support_history=(SupportCount(GUEST, 7),),
        supply=(Supply(REGION, frozenset({"A08"}), 3, date(2026, 3, 5)), Supply(REGION, frozenset(), 30)),
        distances=(Distance(HOME, GUEST, 120), Distance(GUEST, HOME, 120)),
        quotas=(Quota("5323", "5301", 2),),
    )


def test_all_of_them_may_be_left_out(tmp_path):
    assert read_surroundings(tmp_path, WORLD.venues) == Surroundings()


@pytest.mark.parametrize(
    ("table", "row", "field"),
    [
        ("commitments", f"{HOME},{WORLD.venues[1].rooms[0].room_id},2026-03-05,2026-03-06", "room_id"),
        ("commitments", f"{HOME},{ROOM},2026-03-06,2026-03-05", "end"),
        ("pairs", f"{HOME},nowhere,1", "guest"),
        ("pairs", f"{HOME},{GUEST},9", "guest"),
        ("supports", "nowhere,1", "venue_id"),
        ("supply", "999999,,,1", "region"),
        ("distances", f"{GUEST},{HOME},-1", "kilometres"),
        ("quotas", "532,5301,1", "home_region"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_by_line_and_field(tmp_path, table, row, field):
    folder = write(tmp_path, **{table: TABLES[table] + row + "\n"})
    with pytest.raises(BadRows) as refused:
        read_surroundings(folder, WORLD.venues)
    assert [flaw.field for flaw in refused.value.rows] == [field]


def test_hours_and_blocked_times_come_back_from_tables(tmp_path):
    noon = datetime(2026, 3, 5, 12, tzinfo=ZONE)
    first = replace(
        WORLD.venues[0],
        hours=(Hours(time(9), time(12), weekday=5), Hours(time(), time(), day=date(2026, 3, 5))),
        blocked=(Blocked(noon, noon.replace(day=6), ROOM, "cabling"),),
    )
    world = replace(WORLD, venues=(first, *WORLD.venues[1:]))
    for name, text in tables_of(world).items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    assert read_world(tmp_path) == world
    (tmp_path / "hours.csv").write_text(WEEK, encoding="utf-8")
    assert read_world(tmp_path) == world


@pytest.mark.parametrize(
    ("table", "row", "field"),
    [
        ("hours", f"{HOME},8,09:00,12:00", "day"),
        ("hours", f"{HOME},1,09:00,", "closes"),
        ("hours", "nowhere,1,09:00,12:00", "venue_id"),
        ("blocked", f"{HOME},nowhere,2026-03-05,2026-03-06,", "room_id"),
        ("blocked", f"{HOME},,2026-03-06,2026-03-05,", "end"),
    ],
)
def test_bad_hours_and_blocked_times_are_refused(tmp_path, table, row, field):
    for name, text in tables_of(WORLD).items():
        more = row + "\n" if name == table else ""
        (tmp_path / f"{name}.csv").write_text(text + more, encoding="utf-8", newline="")
    with pytest.raises(BadRows) as refused:
        read_world(tmp_path)
    assert [flaw.field for flaw in refused.value.rows] == [field]


def test_a_day_is_planned_around_the_tables_beside_the_world(tmp_path):
    world = tmp_path / "world"
    assert CliRunner().invoke(app, ["world", "--tables", "--out", str(world)]).exit_code == 0
    write(world)
    (world / "hours.csv").write_text(WEEK.replace("3月5日", "3月6日"), encoding="utf-8")
    (tmp_path / "day.csv").write_text(OPENINGS, encoding="utf-8")
    asked = ["day", "--openings", "day.csv", "--date", "2026-03-05", "--seed", "7", "--iterations", "20"]
    asked[2] = str(tmp_path / "day.csv")
    done = CliRunner().invoke(app, [*asked, "--world", str(world), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    problem = load_problem((tmp_path / "out/problem.json").read_bytes())
    around = read_surroundings(world, WORLD.venues)
    assert problem.venues == read_world(world).venues
    assert len(problem.venues[0].hours) == 2
    assert problem.commitments == around.commitments
    assert problem.pair_history == around.pair_history
    assert problem.support_history == around.support_history
    assert problem.distances == tuple(sorted(around.distances))
    assert problem.quotas == around.quotas
    assert set(around.supply) <= set(problem.supply)
