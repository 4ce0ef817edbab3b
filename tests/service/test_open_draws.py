"""Draws of several parties and draws made together, over the API."""

from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api import record
from api.app import create_app
from api.database import snapshot
from api.services import accounts, open_draws, worlds
from api.settings import Settings
from api.store import engagements
from models.engagements import EngagementState
from scheduler.draw import party_commitment
from scheduler.synthetic import make_world
from scheduler.verification.draws import verify_batch, verify_draw
from tests.draw.test_beacon import ROUND_1000
from tests.service.conftest import office_on
from tests.service.days import publish_day

ON = date(2026, 11, 26)
NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
SECRETS = {"operator": b"\x01" * 32, "supervisor": b"\x02" * 32, "host": b"\x03" * 32}


@pytest.fixture
def house(tmp_path):
    """A service with a published day all of whose guests have agreed; tokens by account."""
    office = office_on(tmp_path / "yidi.db")
    office.clock.now = lambda: house_time[0]
    house_time = [NOW]
    with office.changing() as session:
        worlds.load(session, make_world(), office.keys.sealer)
        issued = accounts.first_accounts(session, NOW)
        made = publish_day(session, office, ON, NOW)
    with TestClient(create_app(Settings(database_url=str(office.engine.url)), office)) as client:
        client.office, client.time = office, house_time
        client.tokens = {one.account_id: one.token for one in issued}
        client.made = [project for project in made if project.home == "V01"]
        yield client
    office.engine.dispose()


def call(house, account, method, path, key=None, **body):
    headers = {"Authorization": f"Bearer {house.tokens[account]}"} | ({"Idempotency-Key": key} if key else {})
    return house.request(method, path, headers=headers, json=body or None)


def who(house, project_id):
    """The accounts that may act as each party for the project."""
    with house.office.reading() as session:
        guest = record.case(session, project_id).venue_ids[1]
    return {"operator": "operator-C01", "supervisor": "supervisor-5323", "host": f"host-{guest}"}


def opened(house, parties=("operator", "supervisor", "host"), **more):
    project_id = house.made[0].project_id
    answer = call(
        house,
        "operator-C01",
        "POST",
        f"/projects/{project_id}/open-draws",
        "o1",
        parties=list(parties),
        **more,
    )
    assert answer.status_code == 201, answer.text
    return project_id, answer.json()


def promised(house, project_id, draw, parties):
    for party in parties:
        commitment = party_commitment(draw["draw_id"], party, SECRETS[party])
        account = who(house, project_id)[party]
        answer = call(
            house, account, "POST", f"/open-draws/{draw['draw_id']}/promises", commitment=commitment
        )
        assert answer.status_code == 200, answer.text
    return answer.json()


def revealed(house, project_id, draw, party):
    account = who(house, project_id)[party]
    return call(house, account, "POST", f"/open-draws/{draw['draw_id']}/reveals", nonce=SECRETS[party].hex())


def certificate(house, draw):
    return call(house, "operator-C01", "GET", f"/draws/{draw['draw_id']}").json()["certificate"]


def test_all_parties_promise_then_the_draw_is_committed_then_all_reveal_and_it_is_done(house):
    project_id, draw = opened(house)
    assert (draw["state"], draw["commitment"]) == ("promising", None)
    at_once = call(house, "operator-C01", "POST", f"/projects/{project_id}/draws", "d1", reason="")
    assert at_once.json()["code"] == "wrong_state", "nobody draws beside an open draw"
    early = revealed(house, project_id, draw, "operator")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    committed = promised(house, project_id, draw, ("operator", "supervisor", "host"))
    assert committed["state"] == "revealing"
    shown = call(house, "operator-C01", "GET", f"/open-draws/{draw['draw_id']}").json()
    assert shown["commitment"]["parties"] == [
        {"commitment": shown["promises"][party], "party": party} for party in sorted(shown["parties"])
    ]
    false = call(house, "supervisor-5323", "POST", f"/open-draws/{draw['draw_id']}/reveals", nonce="ff" * 32)
    assert false.json()["code"] == "reveal_refused"
    for party in ("supervisor", "host"):
        answer = revealed(house, project_id, draw, party)
        assert answer.json()["state"] == "revealing"
        assert SECRETS[party].hex() not in answer.text
    assert revealed(house, project_id, draw, "operator").json()["state"] == "completed"
    made = certificate(house, draw)
    assert made["commitment"] == shown["commitment"], "what was published before is what was drawn"
    assert made["withheld"] == []
    assert all(step.holds for step in verify_draw(made))
    with snapshot(house.office.engine) as session:
        assert len(engagements.members(session, project_id)) == 4


def test_who_does_not_reveal_in_time_is_named_and_left_out(house):
    project_id, draw = opened(house, ("operator", "supervisor"), minutes=10)
    promised(house, project_id, draw, ("operator", "supervisor"))
    revealed(house, project_id, draw, "supervisor")
    path = f"/open-draws/{draw['draw_id']}/finish"
    assert call(house, "operator-C01", "POST", path, beacon_signature="").json()["code"] == "wrong_state"
    house.time[0] = NOW + timedelta(minutes=11)
    assert revealed(house, project_id, draw, "operator").json()["code"] == "wrong_state"
    with house.office.changing() as session:
        assert open_draws.finish_overdue(session, house.office, house.time[0]) == 1
    assert certificate(house, draw)["withheld"] == ["operator"]
    redraw = call(
        house, "operator-C01", "POST", f"/projects/{project_id}/open-draws", "o2", parties=["operator"]
    )
    assert redraw.json()["code"] == "reason_missing", "another try needs a recorded reason"


def test_a_beacon_comes_last_and_a_false_one_is_refused(house, monkeypatch):
    project_id, draw = opened(house, ("supervisor",), beacon=True)
    promised(house, project_id, draw, ("supervisor",))
    assert revealed(house, project_id, draw, "supervisor").json()["state"] == "revealing"
    path = f"/open-draws/{draw['draw_id']}/finish"
    false = call(house, "operator-C01", "POST", path, beacon_signature=ROUND_1000.hex())
    assert (false.status_code, false.json()["code"]) == (409, "reveal_refused")
    # The round that the draw waits for is yet to come: round 1000's signature stands for it.
    for place in ("open_draws", "draws"):
        monkeypatch.setattr(
            f"api.services.{place}.beacon_check", lambda: lambda *given: given[-1] == ROUND_1000
        )
    done = call(house, "operator-C01", "POST", path, beacon_signature=ROUND_1000.hex())
    assert done.json()["state"] == "completed", done.text
    assert certificate(house, draw)["commitment"]["beacon"]["round"] != "1000"


def test_a_member_who_took_a_seat_elsewhere_since_the_commitment_loses_this_one(house):
    project_id, draw = opened(house, ("supervisor",))
    promised(house, project_id, draw, ("supervisor",))
    others = [p.project_id for p in house.made[1:]]
    answer = call(house, "operator-C01", "POST", "/draw-batches", "b1", project_ids=others)
    assert answer.status_code == 201, answer.text
    revealed(house, project_id, draw, "supervisor")
    with snapshot(house.office.engine) as session:
        held = engagements.all_of(session, project_id)
        assert {member.state for member in held} <= {EngagementState.INVITED, EngagementState.RELEASED}
        assert len(held) == 4


def test_only_its_parties_promise_and_a_strangers_eyes_see_no_project(house):
    project_id, draw = opened(house, ("operator",))
    path = f"/open-draws/{draw['draw_id']}/promises"
    commitment = party_commitment(draw["draw_id"], "supervisor", SECRETS["supervisor"])
    supervisor = call(house, "supervisor-5323", "POST", path, commitment=commitment)
    assert supervisor.json()["code"] == "not_for_role"
    assert call(house, "operator-C02", "POST", path, commitment=commitment).status_code == 404
    assert call(house, "operator-C01", "POST", path, commitment="sha256:zz").status_code == 422
    promised(house, project_id, draw, ("operator",))
    host = call(house, who(house, project_id)["host"], "GET", f"/open-draws/{draw['draw_id']}")
    assert host.json()["commitment"] is None
    assert project_id not in host.text


def test_draws_made_together_have_one_record_and_one_certificate_each(house):
    ids = [project.project_id for project in house.made]
    answer = call(house, "operator-C01", "POST", "/draw-batches", "b1", project_ids=ids)
    assert answer.status_code == 201, answer.text
    again = call(house, "operator-C01", "POST", "/draw-batches", "b1", project_ids=ids)
    assert again.json()["record"] == answer.json()["record"]
    made = answer.json()
    assert len(made["draw_ids"]) + len(made["short"]) == len(ids)
    shown = call(house, "operator-C01", "GET", f"/draw-batches/{made['batch_id']}").json()
    certificates = {}
    for draw_id in shown["draw_ids"]:
        public = call(house, "operator-C01", "GET", f"/draws/{draw_id}").json()["certificate"]
        assert all(step.holds for step in verify_draw(public))
        certificates[public["commitment"]["project_id"]] = (public, None)
    assert all(step.holds for step in verify_batch(shown["record"], certificates))
    twice = call(house, "operator-C01", "POST", "/draw-batches", "b2", project_ids=ids[:1] * 2)
    assert (twice.status_code, twice.json()["code"]) == (422, "bad_input")
    assert call(house, "host-V02", "GET", f"/draw-batches/{made['batch_id']}").status_code == 404


def test_a_draw_that_nobody_reveals_to_fails_and_another_needs_a_reason(house):
    project_id, draw = opened(house, ("supervisor",), minutes=5)
    promised(house, project_id, draw, ("supervisor",))
    committed = call(house, "operator-C01", "DELETE", f"/open-draws/{draw['draw_id']}")
    assert committed.json()["code"] == "wrong_state", "what is committed cannot be called off"
    house.time[0] = NOW + timedelta(minutes=6)
    with house.office.changing() as session:
        assert open_draws.finish_overdue(session, house.office, house.time[0]) == 1
    assert call(house, "operator-C01", "GET", f"/open-draws/{draw['draw_id']}").json()["state"] == "failed"
    path = f"/projects/{project_id}/open-draws"
    silent = call(house, "operator-C01", "POST", path, "o3", parties=["operator"])
    assert silent.json()["code"] == "reason_missing"
    again = call(house, "operator-C01", "POST", path, "o4", parties=["operator"], reason="nobody revealed")
    assert again.status_code == 201, again.text
    assert again.json()["draw_id"] != draw["draw_id"]
    off = call(house, "operator-C01", "DELETE", f"/open-draws/{again.json()['draw_id']}")
    assert off.json()["state"] == "failed"


def test_a_draw_whose_evaluation_has_moved_comes_to_nothing(house):
    project_id, draw = opened(house, ("supervisor",))
    promised(house, project_id, draw, ("supervisor",))
    etag = call(house, "operator-C01", "GET", f"/projects/{project_id}").headers["etag"]
    moved = house.post(
        f"/projects/{project_id}/postponement",
        headers={"Authorization": f"Bearer {house.tokens['operator-C01']}", "If-Match": etag},
        json={"opening_at": "2026-11-30T10:00:00+08:00", "reason": "the notice was corrected"},
    )
    assert moved.status_code == 200, moved.text
    assert revealed(house, project_id, draw, "supervisor").json()["state"] == "failed"
    with snapshot(house.office.engine) as session:
        assert engagements.members(session, project_id) == []


def test_the_homes_own_host_is_no_guest_and_an_unchecked_beacon_is_not_drawn_with(house, monkeypatch):
    _, draw = opened(house, ("host",))
    commitment = party_commitment(draw["draw_id"], "host", SECRETS["host"])
    path = f"/open-draws/{draw['draw_id']}/promises"
    assert call(house, "host-V01", "POST", path, commitment=commitment).status_code == 404
    monkeypatch.setattr("api.services.open_draws.beacon_check", lambda: None)
    other = house.made[1].project_id
    refused = call(
        house,
        "operator-C01",
        "POST",
        f"/projects/{other}/open-draws",
        "o9",
        parties=["supervisor"],
        beacon=True,
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_input")
