"""Draws over the API: once per key, a reason for every later one, sealed until the result."""

from datetime import UTC, date, datetime

import pytest

from api.database import snapshot
from api.store import engagements
from models.engagements import EngagementState
from scheduler.verification.draws import verify_draw
from tests.service.days import publish_day
from tests.service.test_access import client  # noqa: F401 - the same service

ON = date(2026, 11, 26)
NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def booked(client):  # noqa: F811
    """A project of centre C01 with a booking that all its guests have approved."""
    office = client.office
    with office.changing() as session:
        made = publish_day(session, office, ON, NOW, agreed=lambda project: project.home == "V01")
        own = next(project for project in made if project.home == "V01")
    return own.project_id


def call(client, role, method, path, key=None, **body):  # noqa: F811
    headers = {"Authorization": f"Bearer {client.tokens[role]}"} | ({"Idempotency-Key": key} if key else {})
    return client.request(method, path, headers=headers, json=body or None)


def test_a_panel_is_drawn_once_per_key_and_proven(client, booked):  # noqa: F811
    first = call(client, "operator", "POST", f"/projects/{booked}/draws", "k1", reason="")
    assert first.status_code == 201, first.text
    again = call(client, "operator", "POST", f"/projects/{booked}/draws", "k1", reason="")
    assert again.json() == first.json()
    other = call(client, "operator", "POST", f"/projects/{booked}/draws", "k1", reason="x")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert all(step.holds for step in verify_draw(first.json()["certificate"]))
    with snapshot(client.office.engine) as session:
        drawn = [member.expert_id for member in engagements.members(session, booked)]
    assert len(drawn) == 4
    assert not [expert for expert in drawn if expert in first.text]


def test_the_sealed_part_stays_sealed_for_every_role_before_the_result(client, booked):  # noqa: F811
    draw_id = call(client, "operator", "GET", "/draws").json()[0]["draw_id"]
    for role in client.tokens:
        answer = call(client, role, "GET", f"/draws/{draw_id}/sealed")
        assert answer.status_code == 404
        assert "E0" not in answer.text


def test_lost_seats_are_drawn_again_only_for_a_reason_and_in_a_chain(client, booked):  # noqa: F811
    full = call(client, "operator", "POST", f"/projects/{booked}/draws", "k2", reason="again, please")
    assert full.json()["code"] == "wrong_state", "no seat is empty"
    with client.office.changing() as session:
        lost = engagements.members(session, booked)[0]
        engagements.set_state(session, lost, EngagementState.DECLINED)
        kept = {member.expert_id for member in engagements.members(session, booked)}
    first = call(client, "operator", "GET", "/draws").json()[0]
    silent = call(client, "operator", "POST", f"/draws/{first['draw_id']}/redraws", "k3", reason=" ")
    assert (silent.status_code, silent.json()["code"]) == (422, "reason_missing")
    redraw = call(
        client, "operator", "POST", f"/draws/{first['draw_id']}/redraws", "k4", reason="a member declined"
    )
    assert redraw.status_code == 201, redraw.text
    commitment = redraw.json()["certificate"]["commitment"]
    assert (commitment["number"], commitment["previous"]) == ("2", first["digest"])
    assert commitment["fixed_members"] == "3"
    with snapshot(client.office.engine) as session:
        now = {member.expert_id for member in engagements.members(session, booked)}
    assert now > kept
    assert lost.expert_id not in now


def test_another_centres_project_cannot_be_drawn_and_a_bad_body_names_its_field(client, booked):  # noqa: F811
    assert call(client, "host", "POST", f"/projects/{booked}/draws", "k5").status_code == 403
    assert call(client, "operator", "POST", "/projects/none/draws", "k6", reason="").status_code == 404
    answer = call(client, "operator", "POST", f"/projects/{booked}/draws", "k7", reason=5)
    assert answer.status_code == 422
    assert "reason" in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_file_of_openings_becomes_the_centres_projects_and_bad_rows_are_named(client):  # noqa: F811
    text = (
        "notice,opening_at,category,org_id,sections,bidders\n"
        "N1,2026-12-01T10:00,W,1,2,8\nN2,2026-12-01T10:00,X,1,2,8\nN3,2026-12-01T10:00,W,1,0,8\n"
    )
    headers = {"Authorization": f"Bearer {client.tokens['operator']}", "Idempotency-Key": "o1"}
    path = "/openings?date=2026-12-01&name=openings.csv"
    answer = client.post(path, headers=headers, content=text.encode())
    assert answer.status_code == 201, answer.text
    assert [project["project_id"] for project in answer.json()["projects"]] == ["N1"]
    assert [(bad["line"], bad["field"]) for bad in answer.json()["bad_rows"]] == [
        (3, "category"),
        (4, "sections"),
    ]
    strict = client.post(
        path + "&strict=true", headers=headers | {"Idempotency-Key": "o2"}, content=text.encode()
    )
    assert (strict.status_code, strict.json()["code"]) == (422, "bad_rows")
