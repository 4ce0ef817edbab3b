"""Past draws over the API: only those whose result is public, only to those who answer for them, ids to supervisors."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from api.database import snapshot
from api.disclosure import Role
from api.services import draws as draw_service
from api.services import fairness as service
from api.store import draws
from api.store import projects as project_rows
from models.events import EventRow
from models.projects import ProjectRow
from tests.service.days import publish_day
from tests.service.test_access import client  # noqa: F401 - the same service

ON = date(2026, 11, 26)
NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
PATH = "/reports/fairness?replays=99"


@pytest.fixture(scope="module")
def drawn(client):  # noqa: F811
    """Draws of a whole day, all results public but the last one's; (opened, sealed) project ids with their centres."""
    office = client.office
    with office.changing() as session:
        made = publish_day(session, office, ON, NOW)
    ids = []
    with office.changing() as session:
        for project in made:
            if session.get_one(ProjectRow, project.project_id).state == "booked":
                draw_service.draw(session, office, project.project_id, reason="", actor="test", now=NOW)
                ids.append(project.project_id)
        for project_id in ids[:-1]:
            session.get_one(ProjectRow, project_id).result_at = NOW
    assert len(ids) > 8
    return ids[:-1], ids[-1]


def call(client, role, path=PATH):  # noqa: F811
    return client.get(path, headers={"Authorization": f"Bearer {client.tokens[role]}"})


def experts_of(client, project_ids):  # noqa: F811
    """The ids of all who were drawn for the projects."""
    with snapshot(client.office.engine) as session:
        return [
            member["expert_id"]
            for row in draws.of_projects(session, project_ids)
            for member in draws.sealed_part(row, client.office.keys.sealer)["panel"]
        ]


def test_before_any_result_there_is_nothing_to_look_back_on(client):  # noqa: F811
    for role in (Role.SUPERVISOR, Role.OPERATOR):
        answer = call(client, role)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_supervisor_sees_each_drawn_expert_counted_and_no_draw_that_is_not_public(client, drawn):  # noqa: F811
    opened, sealed = drawn
    answer = call(client, Role.SUPERVISOR, PATH + "&top=1000")
    assert answer.status_code == 200, answer.text
    report = answer.json()
    told = experts_of(client, opened)
    assert (report["draws"], report["unopened"], report["seats"]) == (len(opened), 1, len(told))
    every = call(client, Role.SUPERVISOR, PATH + "&top=1000").json()["experts"]
    counted = {one["expert_id"]: one["observed"] for one in every if one["observed"]}
    assert sum(counted.values()) == len(told)
    assert all(told.count(expert_id) == count for expert_id, count in counted.items())
    assert report["everyone"]["observed"] == len(told)
    assert report["everyone"]["expected"] == pytest.approx(len(told))
    assert {group["kind"] for group in report["groups"]} == {"centre", "specialty", "employer"}
    only_sealed = set(experts_of(client, [sealed])) - set(told)
    assert only_sealed
    assert only_sealed.isdisjoint(counted)


def test_each_reading_with_ids_is_on_record(client, drawn):  # noqa: F811
    def readings():
        with snapshot(client.office.engine) as session:
            rows = session.exec(select(EventRow).where(EventRow.kind == "record.read")).all()
            return [
                (row.facts if isinstance(row.facts, dict) else json.loads(row.facts), row.actor)
                for row in rows
            ]

    before = len(readings())
    call(client, Role.OPERATOR)
    assert len(readings()) == before
    call(client, Role.SUPERVISOR)
    facts, actor = readings()[-1]
    assert len(readings()) == before + 1
    assert facts["record"] == "reports/fairness"
    assert actor


def test_an_operator_sees_the_own_centre_without_ids_and_without_small_groups(client, drawn):  # noqa: F811
    opened, _ = drawn
    answer = call(client, Role.OPERATOR)
    report = answer.json()
    with snapshot(client.office.engine) as session:
        homes = {row.project_id: row.home for row in project_rows.rows_of(session)}
        everyone = {
            row[0]
            for found in draws.of_projects(session, opened)
            for row in draws.sealed_part(found, client.office.keys.sealer)["pool"]
        }
    assert report["draws"] == sum(homes[project_id] == "V01" for project_id in opened)
    assert {group["name"] for group in report["groups"] if group["kind"] == "centre"} == {"C01"}
    assert report["experts"] == report["regulars"] == report["pairs"] == []
    assert not [expert_id for expert_id in everyone if expert_id in answer.text]
    assert all(group["experts"] >= 3 for group in report["groups"])
    assert report["suppressed"] > 1


def test_the_operators_own_report_tells_of_no_other_centre_whatever_it_asks(client, drawn):  # noqa: F811
    assert call(client, Role.OPERATOR, PATH + "&centre=C02").status_code == 404
    assert call(client, Role.SUPERVISOR, PATH + "&centre=C02").json()["draws"] >= 1


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SUPERVISOR, Role.OPERATOR)])
def test_nobody_else_gets_a_report(client, drawn, role):  # noqa: F811
    assert call(client, role).status_code == 403


def test_a_period_and_a_list_narrow_the_report_and_not_its_corrections(client, drawn):  # noqa: F811
    assert call(client, Role.SUPERVISOR, PATH + "&since=2026-11-26").status_code == 404
    whole = call(client, Role.SUPERVISOR, PATH + "&until=2026-11-25&top=1000").json()
    own = call(client, Role.SUPERVISOR, PATH + "&specialty=A08&top=1000").json()
    assert [group["kind"] for group in own["groups"]] == ["specialty"] * len(own["groups"])
    assert own["groups"] == [
        g for g in whole["groups"] if g["kind"] == "specialty" and g["name"].startswith("A08")
    ]
    assert (own["seed"], own["everyone"]) == (whole["seed"], whole["everyone"])
    verdicts = {one["expert_id"]: one["verdict"] for one in whole["experts"]}
    shared = [one for one in own["experts"] if one["expert_id"] in verdicts]
    assert shared
    assert all(one["verdict"] == verdicts[one["expert_id"]] for one in shared)


def test_a_report_too_large_to_answer_at_once_is_refused_by_field(client, drawn, monkeypatch):  # noqa: F811
    monkeypatch.setattr(service, "MOST_CANDIDACIES", 10)
    answer = call(client, Role.SUPERVISOR)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")
    assert answer.json()["facts"]["field"] == "since"
