"""Before a draw: forecasts without names, projects short of experts, widenings with four eyes."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from api.database import snapshot
from api.schemas.forecasts import SlotForecast
from api.services import accounts as account_service
from api.services import recusals, shortages
from api.store import engagements, projects, widenings
from models.accounts import AccountRow
from models.draws import OpenDrawRow
from models.events import EventRow
from models.experts import ExpertRow, ExpertSpecialtyRow
from models.projects import DemandRow, ProjectRow
from models.venues import VenueRow
from models.widenings import WideningRow, WideningState
from scheduler.draw import NoPanel, PanelsPassedOver
from scheduler.draw.explain import Funnel, Stage
from scheduler.eligibility import Reason
from scheduler.people import ExpertStatus
from scheduler.projects import Requirement
from scheduler.slots import Slot
from tests.service.test_access import client  # noqa: F401 - the same service
from tests.service.test_draws import booked, call  # noqa: F401 - a project that can be drawn

CODE = "A080101"


@pytest.fixture(scope="module")
def thin(client, booked):  # noqa: F811
    """The project asks for four experts of one six-digit code, whom only one person at home still knows."""
    with client.office.changing() as session:
        demands = session.exec(select(DemandRow).where(DemandRow.project_id == booked)).all()
        for demand in demands[1:]:
            session.delete(demand)
        demands[0].codes, demands[0].seats = [CODE], sum(demand.seats for demand in demands)
        session.add(demands[0])
        region = session.get_one(ProjectRow, booked).region
        query = (
            select(ExpertSpecialtyRow)
            .join(ExpertRow, ExpertRow.expert_id == ExpertSpecialtyRow.expert_id)
            .where(ExpertRow.region == region, ExpertSpecialtyRow.code == CODE)
            .where(ExpertRow.status == ExpertStatus.ACTIVE)
        )
        known = sorted(session.exec(query).all(), key=lambda row: row.expert_id)
        assert len(known) > 2
        for row in known[1:]:
            session.delete(row)
            session.merge(ExpertSpecialtyRow(expert_id=row.expert_id, code="A080102"))
    return booked


def stranger(client, role, account_id="stranger", **scope):  # noqa: F811
    """A token of one more account of that role."""
    with client.office.changing() as session:
        made = account_service.add(
            session,
            AccountRow(account_id=f"{role}-{account_id}", role=role, **scope),
            frozenset(),
            now=client.office.clock.now(),
        )
    return {"Authorization": f"Bearer {made.token}"}


def events(client, kind):  # noqa: F811
    with snapshot(client.office.engine) as session:
        return [
            json.loads(row.facts) for row in session.exec(select(EventRow).where(EventRow.kind == kind)).all()
        ]


def test_a_forecast_counts_and_names_nobody(client, booked):  # noqa: F811
    path = f"/projects/{booked}/draws/forecast"
    with snapshot(client.office.engine) as session:
        ids = set(session.exec(select(ExpertRow.expert_id)).all())
    for role in ("operator", "supervisor", "machine"):
        answer = call(client, role, "GET", path)
        assert answer.status_code == 200, answer.text
        view = answer.json()
        assert (view["possible"], view["shortage"], view["relaxations"]) == (True, None, [])
        assert all(slot["eligible"] >= slot["seats"] for slot in view["slots"])
        assert view["thin"] == any(slot["thin"] for slot in view["slots"])
        assert int(view["chances"]["panels_least"]) <= int(view["chances"]["panels_most"])
        assert not [expert_id for expert_id in ids if expert_id in answer.text]
    for role in ("host", "expert", "public", "administrator"):
        assert call(client, role, "GET", path).status_code == 403
    headers = stranger(client, "operator", centre_id="C02")
    assert client.get(path, headers=headers).status_code == 404


def test_a_draw_is_forecast_from_the_booking_on_but_not_before(client, booked):  # noqa: F811
    with snapshot(client.office.engine) as session:
        states = {row.project_id: row.state for row in session.exec(select(ProjectRow)).all()}
    waiting = next(project_id for project_id, state in states.items() if state == "guest_pending")
    answer = call(client, "supervisor", "GET", f"/projects/{waiting}/draws/forecast")
    assert answer.status_code == 200, answer.text
    widening = {"slot_id": "S1", "level": 1, "reason": "early"}
    with client.office.changing() as session:
        row = session.get_one(ProjectRow, waiting)
        home = session.get_one(VenueRow, row.home)
        row.state = "cancelled"
    headers = stranger(client, "operator", account_id="home", centre_id=home.centre_id)
    early = client.post(
        f"/projects/{waiting}/widenings", headers=headers | {"Idempotency-Key": "e"}, json=widening
    )
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    late = call(client, "supervisor", "GET", f"/projects/{waiting}/draws/forecast")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


def test_who_may_not_see_names_sees_no_small_group(client, thin):  # noqa: F811
    path = f"/projects/{thin}/draws/forecast"
    veiled = call(client, "operator", "GET", path).json()
    plain = call(client, "supervisor", "GET", path).json()
    assert (veiled["possible"], veiled["thin"], veiled["chances"]) == (False, True, None)
    home = plain["shortage"]["facts"]["slots"]
    slot = {one["slot_id"]: one for one in plain["slots"]}[home]
    assert (slot["eligible"], plain["shortage"]["facts"]["available"]) == (1, "1")
    slot = {one["slot_id"]: one for one in veiled["slots"]}[home]
    assert (slot["eligible"], slot["stages"][-1]["left"], slot["stages"][-1]["excluded"]) == (
        "<3",
        "<3",
        None,
    )
    assert veiled["shortage"]["facts"]["available"] == "<3"
    assert "至多 1 名" in plain["shortage"]["zh"]
    assert "at most <3" in veiled["shortage"]["en"]
    thin_pool = next(said for said in veiled["warnings"] if said["facts"].get("slot") == home)
    assert (thin_pool["code"], thin_pool["facts"]["eligible"]) == ("thin_pool", "<3")
    (offer,) = [one for one in plain["relaxations"] if one["said"]["code"] == "widen"]
    assert offer["said"]["facts"]["allowed"] == "A0801"
    assert offer["admitted"] > 2


def test_a_draw_short_of_experts_puts_the_project_on_record_and_frees_the_key(client, thin):  # noqa: F811
    for _ in range(2):
        answer = call(client, "operator", "POST", f"/projects/{thin}/draws", "short", reason="")
        assert (answer.status_code, answer.json()["code"]) == (409, "no_panel")
        assert answer.json()["facts"]["available"] == "<3"
        assert answer.headers["content-type"] == "application/problem+json"
    project = call(client, "operator", "GET", f"/projects/{thin}").json()
    assert project["state"] == "draw_short"
    assert "at most <3 may sit together" in project["reason"]
    told = events(client, "draw.short")
    assert [fact["code"] for fact in told] == ["no_panel", "no_panel"]
    assert told[0]["reason"] == project["reason"]
    assert call(client, "operator", "GET", "/draws").json() == []
    batch = call(client, "operator", "POST", "/draw-batches", "b1", project_ids=[thin]).json()
    (short,) = batch["short"]
    assert (short["project_id"], short["code"], short["facts"]["available"]) == (thin, "no_panel", "<3")
    assert len(events(client, "draw.short")) == 3


def test_the_last_promise_of_parties_who_cannot_have_a_panel_is_refused_and_the_shortage_stays(client, thin):  # noqa: F811
    path = f"/projects/{thin}/open-draws"
    opened = call(client, "operator", "POST", path, "o1", parties=["operator"], minutes=10)
    assert opened.status_code == 201, opened.text
    promise = {"commitment": "sha256:" + "0" * 64}
    draw_id = opened.json()["draw_id"]
    answer = call(client, "operator", "POST", f"/open-draws/{draw_id}/promises", **promise)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_panel")
    assert answer.json()["facts"]["available"] == "<3"
    view = call(client, "operator", "GET", f"/open-draws/{draw_id}").json()
    assert view["state"] == "promising"
    assert len(events(client, "draw.short")) == 4
    with client.office.changing() as session:
        session.delete(session.get_one(OpenDrawRow, draw_id))


def test_a_widening_is_asked_for_step_by_step_and_changes_nothing_until_another_approves(client, thin):  # noqa: F811
    slot_id = call(client, "operator", "GET", f"/projects/{thin}/draws/forecast").json()["shortage"]["facts"][
        "slots"
    ]
    path, body = (
        f"/projects/{thin}/widenings",
        {"slot_id": slot_id, "level": 1, "reason": "nobody else knows it"},
    )
    assert call(client, "supervisor", "POST", path, "w0", **body).status_code == 403
    assert (
        call(client, "operator", "POST", path, "w1", **{**body, "reason": " "}).json()["code"]
        == "reason_missing"
    )
    assert call(client, "operator", "POST", path, "w2", **{**body, "level": 2}).status_code == 422
    assert call(client, "operator", "POST", path, "w3", **{**body, "slot_id": "S99"}).status_code == 404
    asked = call(client, "operator", "POST", path, "w4", **body)
    assert asked.status_code == 201, asked.text
    assert call(client, "operator", "POST", path, "w4", **body).json() == asked.json()
    assert call(client, "operator", "POST", path, "w5", **body).json()["code"] == "wrong_state"
    widening = asked.json()
    assert (widening["asked"], widening["allowed"], widening["state"]) == ([CODE], ["A0801"], "requested")
    assert call(client, "operator", "POST", f"/projects/{thin}/draws", "short", reason="").status_code == 409

    decision = f"/widenings/{widening['widening_id']}/decision"
    assert call(client, "operator", "POST", decision, approves=True).status_code == 403
    elsewhere = stranger(client, "supervisor", region="31")
    assert client.post(decision, headers=elsewhere, json={"approves": True}).status_code == 404
    silent = call(client, "supervisor", "POST", decision, approves=False)
    assert (silent.status_code, silent.json()["code"]) == (422, "reason_missing")
    approved = call(client, "supervisor", "POST", decision, approves=True, remark="agreed")
    assert approved.status_code == 200, approved.text
    assert (approved.json()["state"], approved.json()["remark"]) == ("approved", "agreed")
    again = call(client, "supervisor", "POST", decision, approves=False, remark="no")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    listed = call(client, "machine", "GET", path).json()
    assert listed == [approved.json()]
    (told,), (heard,) = events(client, "widening.requested"), events(client, "widening.approved")
    assert (told["slot_id"], told["level"], told["allowed"]) == (slot_id, 1, ["A0801"])
    assert heard["reason"] == "agreed"

    forecast = call(client, "operator", "GET", f"/projects/{thin}/draws/forecast").json()
    assert forecast["possible"]
    thin_before = [slot["slot_id"] for slot in forecast["slots"] if slot["thin"]]
    drawn = call(client, "operator", "POST", f"/projects/{thin}/draws", "short", reason="")
    assert drawn.status_code == 201, drawn.text
    slots = drawn.json()["certificate"]["commitment"]["slots"]
    assert {slot["slot_id"]: slot["codes"] for slot in slots}[slot_id] == ["A0801"]
    (committed,) = events(client, "draw.committed")
    assert committed["thin_slots"] == thin_before
    assert [slot["codes"] for slot in slots if slot["slot_id"] != slot_id] == [[CODE]] * (len(slots) - 1)


def test_a_member_drawn_by_a_widening_is_recused_for_a_bidder_like_any_other(client, thin):  # noqa: F811
    with client.office.changing() as session:
        wide = {row.slot_id for row in widenings.of_project(session, thin)}
        member = next(
            member
            for member in engagements.members(session, thin)
            if member.slot_id in wide and session.get(ExpertSpecialtyRow, (member.expert_id, CODE)) is None
        )
        projects.set_bidders(session, thin, [session.get_one(ExpertRow, member.expert_id).employer])
        assert recusals.second_pass(session, client.office, thin, client.office.clock.now()) >= 1
        assert member.expert_id not in {one.expert_id for one in engagements.members(session, thin)}


def test_who_asked_for_a_widening_cannot_decide_it_even_in_the_database(client, thin):  # noqa: F811
    now = client.office.clock.now()
    with pytest.raises(IntegrityError), client.office.changing() as session:
        session.add(
            WideningRow(
                widening_id="W", project_id=thin, slot_id="S1", level=1, asked=["A"], allowed=["A"], reason="r",
                state=WideningState.APPROVED.value, requested_by="one", requested_at=now, decided_by="one",
                decided_at=now + timedelta(hours=1),
            )
        )  # fmt: skip


def test_a_panel_passed_over_is_on_record_with_its_own_sentence(client, thin):  # noqa: F811
    with client.office.changing() as session:
        refusal = PanelsPassedOver(2, 0, 1000)
        row = shortages.declare(
            session, client.office, thin, refusal, actor="test", now=client.office.clock.now()
        )
        assert (row.state, row.reason) == ("draw_short", str(refusal))
        assert shortages.facts(refusal, client.office, row) == refusal.facts
        assert shortages.facts(NoPanel("S1", 4, 3), client.office, row)["available"] == "3"


@given(st.lists(st.integers(0, 6), min_size=len(Reason), max_size=len(Reason)), st.integers(0, 9))
@settings(max_examples=300, deadline=None)
def test_no_veiled_funnel_lets_a_small_group_be_worked_out(taken, eligible):
    left = sum(taken) + eligible
    stages = []
    for reason, count in zip(Reason, taken, strict=True):
        left -= count
        stages.append(Stage(reason, count, left))
    slot = Slot("S1", "V", "532301", Requirement(frozenset({"A"})), 1)
    funnel = Funnel(slot, sum(taken) + eligible, tuple(stages), 3)
    view = SlotForecast.of(funnel, 3)
    counts = [view.pool, *(stage.left for stage in view.stages), view.eligible]
    known = [count for count in counts if isinstance(count, int)]
    for before, after in pairwise(known):
        assert before - after == 0 or before - after >= 3
    assert all(count >= 3 for count in known)
    assert all(stage.excluded >= 3 for stage in view.stages if isinstance(stage.excluded, int))
    told = [reason for stage in view.stages for reason in stage.reasons]
    assert told == [stage.reason.value for stage in stages if stage.excluded]
    plain = SlotForecast.of(funnel, 0)
    assert (plain.pool, plain.eligible) == (funnel.pool, eligible)
    assert [stage.excluded for stage in plain.stages] == [count for count in taken if count]
