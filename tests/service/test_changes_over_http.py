"""Submitting, planning and drawing over HTTP: keys, versions, refusals that leave nothing behind."""

import concurrent.futures

import pytest

from api.store import ledger
from models.projects import ProjectRow

PROJECT = {
    "project_id": "BRIDGE-1",
    "name": "龙川江大桥",
    "kind": "construction",
    "category": "works",
    "home": "V01",
    "opening_at": "2026-11-26T09:30:00+08:00",
    "sections": [{"section_id": "1", "bidders": 5}],
    "specialties": [{"codes": ["A08"], "seats": 4}],
}


@pytest.fixture
def call(client, town):
    """`call(account, method, path, json, **headers)` answers in that account's name."""
    _, tokens = town

    def call(account, method, path, json=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = {"Authorization": f"Bearer {tokens[account]}"}
        return client.request(method, path, json=json, headers={**bearer, **named})

    return call


def told(office, topic):
    with office.reading() as session:
        return [entry.event.kind for entry in ledger.replay(session, topic, 0, 1000)]


def test_a_submitted_project_is_shown_to_its_centre_and_supervisor_and_to_nobody_else(call, town):
    made = call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k1")
    assert made.status_code == 201
    assert made.json()["state"] == "submitted"
    assert made.headers["location"] == "/projects/BRIDGE-1"
    assert made.json()["sections"] == [
        {"section_id": "1", "bidders": None, "failed": False, "finished": False}
    ], "the number of bids is secret before the opening"
    seen = {account: call(account, "GET", "/projects/BRIDGE-1").status_code for account in town[1]}
    knows = {account for account, status in seen.items() if status == 200}
    assert knows == {"operator-C01", "machine-C01", "supervisor-5323"}


def test_the_same_key_acts_once_and_another_request_under_it_is_refused(call, town):
    office, _ = town
    first = call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k1")
    again = call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k1")
    assert first.json() == again.json()
    assert told(office, "centre/C01") == ["project.submitted"]
    other = call("operator-C01", "POST", "/projects", {**PROJECT, "name": "x"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    taken = call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k2")
    assert (taken.status_code, taken.json()["code"]) == (409, "already_there")


def test_a_request_that_changes_something_needs_its_key(call):
    answer = call("operator-C01", "POST", "/projects", PROJECT)
    assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")


def test_one_key_sent_by_eight_at_once_acts_once(call, town):
    office, _ = town
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        sent = [
            threads.submit(call, "operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k")
            for _ in range(8)
        ]
        answers = [one.result() for one in sent]
    assert {answer.status_code for answer in answers} == {201}
    assert told(office, "centre/C01") == ["project.submitted"]


def test_a_key_is_one_callers_own(call):
    elsewhere = {**PROJECT, "project_id": "ROAD-1", "home": "V02"}
    assert call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k").status_code == 201
    assert call("operator-C02", "POST", "/projects", elsewhere, Idempotency_Key="k").status_code == 201


def test_a_refused_project_leaves_nothing_behind_and_frees_its_key(call, town):
    office, _ = town
    even = {**PROJECT, "specialties": [{"codes": ["A08"], "seats": 5}]}
    refused = call("operator-C01", "POST", "/projects", even, Idempotency_Key="k1")
    assert (refused.status_code, refused.json()["code"]) == (422, "panel_not_lawful")
    assert refused.json()["facts"]["field"] == "panel_size"
    with office.reading() as session:
        assert session.get(ProjectRow, "BRIDGE-1") is None
    assert told(office, "centre/C01") == []
    assert call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k1").status_code == 201


def test_nobody_submits_for_another_centre(call):
    answer = call("operator-C02", "POST", "/projects", PROJECT, Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_file_of_openings_goes_in_and_bad_rows_are_named(client, town):
    _, tokens = town
    text = "notice,opening_at,category,home,org_id,sections,bidders\n"
    text += "N1,2026-11-26 09:30,works,V01,O1,1,5\nN2,2026-11-26 10:00,works,V01,O1,0,5\n"
    answer = client.post(
        "/openings?date=2026-11-26&name=day.csv",
        content=text.encode("gb18030"),
        headers={
            "Authorization": f"Bearer {tokens['operator-C01']}",
            "Content-Type": "application/octet-stream",
            "Idempotency-Key": "k",
        },
    )
    assert answer.status_code == 201, answer.text
    assert [project["project_id"] for project in answer.json()["projects"]] == ["N1"]
    assert [(bad["line"], bad["field"]) for bad in answer.json()["bad_rows"]] == [(3, "sections")]


def test_a_change_needs_the_version_that_was_read(call):
    call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k1")
    opening = {"bidders": {"1": ["A", "B", "C"]}}
    bare = call("operator-C01", "POST", "/projects/BRIDGE-1/opening", opening)
    assert (bare.status_code, bare.json()["code"]) == (428, "version_missing")
    stale = call("operator-C01", "POST", "/projects/BRIDGE-1/opening", opening, If_Match='"9"')
    assert (stale.status_code, stale.json()["code"]) == (412, "version_stale")
    early = call("operator-C01", "POST", "/projects/BRIDGE-1/opening", opening, If_Match='"1"')
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")


@pytest.fixture
def booked(call, town):
    """The office after a plan of one project was published and its guest has approved."""
    office, _ = town
    call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k1")
    ordered = call(
        "operator-C01", "POST", "/plans", {"date": "2026-11-26", "seed": 1, "seconds": 1}, Idempotency_Key="p"
    )
    assert ordered.status_code == 202
    solve_here(office, ordered.json()["plan_id"])
    plan = call("operator-C01", "GET", ordered.headers["location"])
    published = call(
        "operator-C01", "POST", f"{ordered.headers['location']}/publish", If_Match=plan.headers["etag"]
    )
    assert published.json()["state"] == "published", published.text
    return office


def solve_here(office, plan_id):
    """Do what a worker does, in this process."""
    from api.services import plans
    from api.store import plans as rows
    from scheduler.planning import Budget, solve

    with office.changing() as session:
        problem = plans.freeze(session, office, rows.row(session, plan_id))
        plans.save(session, plan_id, problem, solve(problem, Budget(20)))


def approve(call):
    for nth in range(2, 12):
        for asked in call(f"host-V{nth:02d}", "GET", "/guest-requests").json():
            yes = call(
                f"host-V{nth:02d}",
                "POST",
                f"/guest-requests/{asked['request_id']}/answer",
                {"accepts": True},
            )
            assert yes.json()["state"] == "approved"
            return nth, asked
    raise AssertionError("a guest is asked")


def test_a_guest_is_asked_for_a_room_and_not_told_for_which_project(booked, call):
    nth, asked = approve(call)
    assert "BRIDGE" not in str(asked)
    assert "龙川江" not in str(asked)
    board = call(f"host-V{nth:02d}", "GET", "/board?date=2026-11-26").json()
    assert {sitting["project"] for sitting in board["sessions"]} == {None}
    own = call("operator-C01", "GET", "/board?date=2026-11-26").json()
    assert {sitting["project"] for sitting in own["sessions"]} == {"龙川江大桥"}
    assert {sitting["side"] for sitting in own["sessions"]} == {"home", "guest"}


def test_a_draw_is_certified_secret_and_happens_once_per_key(booked, call):
    approve(call)
    drawn = call("operator-C01", "POST", "/projects/BRIDGE-1/draws", {}, Idempotency_Key="d")
    assert drawn.status_code == 201, drawn.text
    again = call("operator-C01", "POST", "/projects/BRIDGE-1/draws", {}, Idempotency_Key="d")
    assert again.json() == drawn.json()
    where = f"/draws/{drawn.json()['draw_id']}"
    for account in ("operator-C01", "supervisor-5323", "public", "machine-C01"):
        sealed = call(account, "GET", f"{where}/sealed")
        assert (sealed.status_code, sealed.json()["code"]) == (404, "not_found")
        assert call(account, "GET", "/projects/BRIDGE-1/panel").status_code == 404
    assert not any(f"E{nth:06d}" in drawn.text for nth in range(1, 2001)), "ids of the drawn are sealed"


def test_a_second_draw_needs_a_reason_or_an_empty_seat(booked, call):
    approve(call)
    drawn = call("operator-C01", "POST", "/projects/BRIDGE-1/draws", {}, Idempotency_Key="d")
    where = f"/draws/{drawn.json()['draw_id']}/redraws"
    bare = call("operator-C01", "POST", where, {}, Idempotency_Key="r1")
    assert (bare.status_code, bare.json()["code"]) == (422, "reason_missing")
    full = call("operator-C01", "POST", where, {"reason": "I want others"}, Idempotency_Key="r2")
    assert (full.status_code, full.json()["code"]) == (409, "wrong_state")


def test_a_plan_made_for_another_world_is_not_published(call, town):
    office, _ = town
    call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="k1")
    ordered = call(
        "operator-C01", "POST", "/plans", {"date": "2026-11-26", "seconds": 1}, Idempotency_Key="p"
    )
    solve_here(office, ordered.json()["plan_id"])
    late = {**PROJECT, "project_id": "LATE-1"}
    call("operator-C01", "POST", "/projects", late, Idempotency_Key="k2")
    plan = call("operator-C01", "GET", ordered.headers["location"])
    stale = call(
        "operator-C01", "POST", f"{ordered.headers['location']}/publish", If_Match=plan.headers["etag"]
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "plan_is_stale")
