"""A world comes back from its documents and from its tables, and a flaw in a table is named."""

import csv
from dataclasses import replace

import pytest
from openpyxl import Workbook

from api.files.documents import world_document
from api.files.tables import BadRows
from api.files.world_tables import TABLES
from api.files.worlds import read_world, tables_of
from scheduler.errors import BadInput
from scheduler.people import Pool
from scheduler.synthetic import make_world

WORLD = make_world()


def write(folder, **changes):
    for name, text in tables_of(WORLD).items():
        if (text := changes.get(name, text)) is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def test_a_world_survives_its_tables(tmp_path):
    assert read_world(write(tmp_path)) == WORLD


def test_a_world_needs_neither_names_nor_organisations(tmp_path):
    world = read_world(write(tmp_path, people=None, organisations=None))
    assert world.pool == WORLD.pool
    assert world.people == world.organisations == ()


def test_a_table_may_be_a_workbook_with_chinese_headers(tmp_path):
    write(tmp_path, centres=None)
    book = Workbook()
    book.active.append(["中心编号", "中心名称", "行政区划代码", "统一社会信用代码"])
    for centre in WORLD.centres:
        book.active.append([centre.centre_id, centre.name, int(centre.region), centre.uscc])
    book.save(tmp_path / "centres.xlsx")
    assert read_world(tmp_path) == WORLD


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(BadInput, match="rooms"):
        read_world(write(tmp_path, rooms=None))


@pytest.mark.parametrize(
    ("table", "row", "field"),
    [
        ("centres", "C99,中心,5323,", "region"),
        ("centres", "C01,中心,532301,", "centre_id"),
        ("venues", "V99,C99,场所,532301,09:00,22:00", "centre_id"),
        ("venues", "V99,C01,场所,532301,22:00,09:00", "closes"),
        ("rooms", "V99-R1,V99,5,", "venue_id"),
        ("rooms", "V01-R99,V01,0,", "seats"),
        ("experts", "E999999,,532301,A080101,active,yes,1970,,,,", "employer"),
        ("experts", "E999999,U,532301,A080101,retired,yes,1970,,,,", "status"),
        ("experts", "E999999,U,532301,A080101,active,yes,1970,,,friend:U,", "ties"),
    ],
)
def test_a_flaw_is_named_by_line_and_field(tmp_path, table, row, field):
    text = tables_of(WORLD)[table]
    with pytest.raises(BadRows) as refusal:
        read_world(write(tmp_path, **{table: text + row + "\r\n"}))
    (bad,) = refusal.value.rows
    assert (bad.line, bad.field) == (text.count("\n") + 1, field)


def test_headers_are_the_documented_columns(tmp_path):
    for name, text in tables_of(WORLD).items():
        header = next(csv.reader([text.removeprefix("\ufeff").splitlines()[0]]))
        assert header == [column.name for column in TABLES[name]]


def test_an_employer_by_another_name_is_the_same_employer(tmp_path):
    own = tables_of(WORLD)
    first = WORLD.organisations[0]
    used = next(e for e in WORLD.pool if e.employer == first.uscc)
    organisations = own["organisations"].replace(
        f"{first.uscc},{first.name},", f"{first.uscc},{first.name},老名;简称"
    )
    experts = own["experts"].replace(f"{used.expert_id},{first.uscc}", f"{used.expert_id},简称")
    assert read_world(write(tmp_path, organisations=organisations, experts=experts)).pool == WORLD.pool
    stranger = own["experts"].replace(f"{used.expert_id},{first.uscc}", f"{used.expert_id},某公司")
    with pytest.raises(BadRows) as refusal:
        read_world(write(tmp_path, organisations=organisations, experts=stranger))
    assert (refusal.value.rows[0].field, refusal.value.rows[0].value) == ("employer", "某公司")
    other = WORLD.organisations[1]
    twice = organisations.replace(f"{other.uscc},{other.name},", f"{other.uscc},{other.name},简称")
    with pytest.raises(BadRows) as refusal:
        read_world(write(tmp_path, organisations=twice))
    assert (refusal.value.rows[0].field, refusal.value.rows[0].value) == ("aliases", "简称")


def test_one_person_under_two_ids_is_refused():
    one, other = (replace(expert, person="keyed:1") for expert in list(WORLD.pool)[:2])
    with pytest.raises(BadInput) as refusal:
        Pool.of([one, other])
    assert refusal.value.facts["field"] == "person"
    assert one.expert_id in refusal.value.rule


@pytest.mark.parametrize("field", ["centre_id", "venue_id", "room_id"])
def test_an_id_that_comes_twice_in_a_document_is_refused_for_one_of_both_would_be_lost(tmp_path, field):
    first, second, *others = WORLD.venues
    twins = {
        "centre_id": replace(WORLD, centres=(*WORLD.centres, WORLD.centres[0])),
        "venue_id": replace(WORLD, venues=(first, replace(second, venue_id=first.venue_id), *others)),
        "room_id": replace(WORLD, venues=(first, replace(second, rooms=first.rooms), *others)),
    }
    path = tmp_path / "world.json"
    path.write_text(world_document(twins[field]), encoding="utf-8")
    with pytest.raises(BadInput, match=field):
        read_world(path)
