"""`yidi draw` on a thin pool: the funnel, the cut and what would help; and the figures after a draw that works."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.app import app
from api.files import documents
from scheduler.draw import NoPanel, PanelQuota, QuotasUnmet
from scheduler.eligibility import Engagement
from scheduler.people import Expert
from scheduler.planning.outcome import Session
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import default_rule_book
from scheduler.slots import Slot

START = datetime(2026, 11, 26, 1, tzinfo=UTC)
HOME, GUEST = "532301", "532322"


def request_file(folder, here, busy=1, others=3):
    """A request for three seats of A080101 at home and one at the guest's, with so many experts at home."""
    asked = Requirement(frozenset({"A080101"}))
    codes = ["A080101"] * here + ["A080102"] * others
    people = [Expert(f"E{n:02d}", f"O{n}", HOME, frozenset({code})) for n, code in enumerate(codes)]
    people += [Expert(f"G{n}", f"Q{n}", GUEST, asked.codes) for n in range(5)]
    engagements = tuple(Engagement(f"E{n:02d}", START, START + timedelta(hours=2), "C9") for n in range(busy))
    request = documents.DrawRequest(
        "D1",
        Project(
            "P", "P", ProcurementKind.CONSTRUCTION, Category.WORKS, "V1", HOME, START, (Section("1", 3),),
            ((asked, 4),),
        ),
        (Slot("S1", "V1", HOME, asked, 3), Slot("S2", "V2", GUEST, asked, 1)),
        (Session(START, START + timedelta(hours=3)),),
        tuple(people),
        default_rule_book().text,
        engagements=engagements,
    )  # fmt: skip
    path = folder / "request.json"
    path.write_text(documents.dump(request), encoding="utf-8")
    return path


def yidi(*words):
    return CliRunner(env={"COLUMNS": "140"}).invoke(app, words)


def test_an_impossible_draw_is_explained_with_what_would_help_and_fails(tmp_path):
    path = request_file(tmp_path, here=3)
    root = str(Path(__file__).parents[2])
    answer = subprocess.run(
        [sys.executable, "-m", "api.cli", "draw", str(path)],
        cwd=tmp_path, env={"PYTHONPATH": root, "COLUMNS": "140"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 1
    assert "slots S1 need 3 experts; at most 2" in answer.stderr
    for words in (
        "Slots S1 need 3 experts; at most 2 of those eligible",
        "Wait: 1 more could be drawn",
        "Widen slot S1 from A080101 to A0801",
        "须留痕并经批准",
    ):
        assert words in answer.stdout
    assert answer.stdout.index("Wait:") < answer.stdout.index("Widen slot")
    assert [found.name for found in tmp_path.iterdir()] == ["request.json"], "nothing is half-written"


def test_explain_shows_the_funnel_and_draws_nothing(tmp_path):
    answer = yidi("draw", str(request_file(tmp_path, here=6)), "--explain")
    assert answer.exit_code == 0
    rows = {
        line.split("│")[1].strip(): line.split("│")[2:4] for line in answer.output.splitlines() if "│" in line
    }
    assert [cell.split() for cell in rows["同一时间已参加其他评标 in another evaluation then"]] == [
        ["5", "(-1)"],
        ["5"],
    ]
    assert [cell.strip() for cell in rows["合格 eligible"]] == ["5", "5"]
    assert "thin pool" in answer.output, "5 eligible for 3 seats"
    assert [found.name for found in tmp_path.iterdir()] == ["request.json"]


def test_a_draw_tells_how_equal_it_was_and_how_many_panels_there_could_be(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = yidi("draw", str(request_file(tmp_path, here=7)), "--seed", "1")
    assert answer.exit_code == 0, answer.output
    # Six at home share three seats, five at the guest's one: 1/2 and 1/5; at most (6 over 3) · 5 panels.
    assert "Chances from 1/5 to 1/2, Gini 9/44" in answer.output
    assert "to 100 possible panels" in answer.output


def test_a_draw_short_of_experts_is_the_refusal_of_the_engine(tmp_path):
    answer = yidi("draw", str(request_file(tmp_path, here=2, busy=0, others=0)))
    assert isinstance(answer.exception, NoPanel)
    with pytest.raises(NoPanel, match="slots S1"):
        raise answer.exception
    assert "No relaxation that the rules know of" in answer.output


def test_a_request_may_ask_something_of_the_whole_panel_and_the_verifier_sees_it_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    request = documents.load(documents.DrawRequest, request_file(tmp_path, here=9).read_bytes())
    some = frozenset({"E03", "E04", "G1"})
    for nth, quota in enumerate((PanelQuota("two of these", some, 2), PanelQuota("at most one", some, 0, 1))):
        asked = replace(request, quotas=(quota,))
        Path("asked.json").write_text(documents.dump(asked), encoding="utf-8")
        drawn = yidi("draw", "asked.json", "--out", f"c{nth}.json", "--sealed", f"s{nth}.json", "--seed", "3")
        assert drawn.exit_code == 0, drawn.output
        assert yidi("verify", f"c{nth}.json", "--sealed", f"s{nth}.json").exit_code == 0
        panel = {
            one["expert_id"] for one in json.loads(Path(f"s{nth}.json").read_text(encoding="utf-8"))["panel"]
        }
        assert quota.least <= len(panel & some) <= (quota.most or 3)
    asked = replace(request, quotas=(PanelQuota("too many", frozenset({"E03"}), 2),))
    Path("asked.json").write_text(documents.dump(asked), encoding="utf-8")
    refused = yidi("draw", "asked.json", "--out", "no.json")
    assert isinstance(refused.exception, QuotasUnmet)
    assert not Path("no.json").exists()
