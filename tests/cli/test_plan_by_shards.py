"""`yidi plan --shards`: provinces planned apart, in processes of their own, are one checked plan."""

import pytest

from api.files import documents
from scheduler.planning import Plan
from scheduler.verification.plans import verify_plan
from tests.cli.test_day import yidi
from tests.planning.test_shards import nation


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "nation.json").write_text(documents.problem_document(nation()), encoding="utf-8")
    return tmp_path


def test_a_nation_is_planned_by_provinces_and_the_plan_is_sound(folder):
    options = ("--shards", "--crossing", "0.1", "--iterations", "40")
    answer = yidi("plan", "nation.json", *options, "--out", "plan.json", cwd=folder)
    assert answer.returncode == 0, answer.stderr
    assert "45 booked, 0 unscheduled" in answer.stdout
    for phase in ("homes", "crossing", "provinces", "repair", "done"):
        assert phase in answer.stderr
    assert all(word in answer.stderr for word in ("best", "bound", "gap"))
    plan = documents.load(Plan, (folder / "plan.json").read_bytes())
    assert verify_plan(nation(), plan) == ()
    province = {venue.venue_id: venue.region[:2] for venue in nation().venues}
    away = [
        b for b in plan.bookings if any(province[g.venue_id] != province[b.home.venue_id] for g in b.guests)
    ]
    assert 1 <= len(away) <= 5
