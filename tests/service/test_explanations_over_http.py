"""Why a project is where it is, asked over HTTP: of a draft, of what is in force, and by whom."""

import pytest

from tests.service.test_changes_over_http import PROJECT, call, solve_here  # noqa: F401 — a fixture

CROWD = [{**PROJECT, "project_id": f"CROWD-{n}"} for n in range(9)]
ASK = "/projects/CROWD-{}/explanation"


@pytest.fixture
def draft(call, town):  # noqa: F811
    """The path of a solved plan of nine projects that open at one home at once, more than it has rooms."""
    office, _ = town
    for n, project in enumerate(CROWD):
        assert call("operator-C01", "POST", "/projects", project, Idempotency_Key=f"k{n}").status_code == 201
    order = {"date": "2026-11-26", "seed": 1, "seconds": 1}
    ordered = call("operator-C01", "POST", "/plans", order, Idempotency_Key="p")
    solve_here(office, ordered.json()["plan_id"])
    return ordered.headers["location"]


def test_a_draft_is_explained_in_both_languages_and_others_appear_by_their_serials(call, draft):  # noqa: F811
    plan_id = draft.rpartition("/")[2]
    told = [call("operator-C01", "GET", f"{ASK.format(n)}?plan={plan_id}&clash=true") for n in range(9)]
    assert {answer.status_code for answer in told} == {200}, told[0].text
    views = [answer.json() for answer in told]
    serials = {view["serial"] for view in views}
    sentences = [said for view in views for said in view["facts"]]
    assert all(said["en"] and said["zh"] and said["en"] != said["zh"] for said in sentences)
    assert {f"guest_{how}" for how in ("only", "least", "by_lot", "by_search")} & {
        s["code"] for s in sentences
    }
    waiting = [view for view in views if view["clash"]]
    assert waiting, "not all can start at once"
    for view in waiting:
        assert view["clash"]["goal"] in ("earlier", "opening_day", "any")
        assert "rooms_of_other_projects" in [rule["rule"] for rule in view["clash"]["rules"]]
        taken = [said for said in view["facts"] if said["code"].startswith("home_taken")]
        for said in taken:
            assert set(said["facts"]["projects"].split(", ")) <= serials
            assert "CROWD" not in said["en"] + said["zh"]
    assert any(view["helps"] for view in waiting)


def test_nobody_else_learns_why(call, draft):  # noqa: F811
    plan_id = draft.rpartition("/")[2]
    asked = f"{ASK.format(1)}?plan={plan_id}"
    statuses = {
        account: call(account, "GET", asked).status_code
        for account in (
            "operator-C01",
            "machine-C01",
            "supervisor-5323",
            "operator-C02",
            "host-V02",
            "public",
        )
    }
    assert statuses == {
        "operator-C01": 200,
        "machine-C01": 200,
        "supervisor-5323": 200,
        "operator-C02": 404,
        "host-V02": 403,
        "public": 403,
    }


def test_a_draft_of_a_world_that_has_moved_is_not_explained(call, draft):  # noqa: F811
    call("operator-C01", "POST", "/projects", PROJECT, Idempotency_Key="late")
    answer = call("operator-C01", "GET", f"{ASK.format(1)}?plan={draft.rpartition('/')[2]}")
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_is_stale")


def test_what_is_in_force_is_explained_and_what_waits_for_a_plan_is_not(call, draft):  # noqa: F811
    early = call("operator-C01", "GET", ASK.format(1))
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    plan = call("operator-C01", "GET", draft)
    published = call("operator-C01", "POST", f"{draft}/publish", If_Match=plan.headers["etag"])
    assert published.json()["state"] == "published"
    told = [call("operator-C01", "GET", ASK.format(n)).json() for n in range(9)]
    guests = [s for view in told for s in view["facts"] if s["code"].startswith("guest_")]
    assert {said["facts"]["seed"] for said in guests} == {"1"}
    assert all(view["clash"] is None for view in told)
    board = call("operator-C01", "GET", "/board?date=2026-11-26").json()
    venues = {s["serial"]: s["venue_id"] for s in board["sessions"] if s["side"] == "guest"}
    for view in told:
        said = next(s for s in view["facts"] if s["code"].startswith("guest_"))
        assert said["facts"]["guest"] == venues[view["serial"]]
