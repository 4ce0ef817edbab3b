"""The commands as their users run them: a day, its files, the examples of every --help."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from openpyxl import load_workbook

ROOT = Path(__file__).parents[2]
COMMANDS = ("day", "world", "plan", "check", "draw", "verify", "fairness", "migrate")


def yidi(*words, cwd):
    """Run the command as a user would; the answer has exit status, output and errors."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    command = [sys.executable, "-m", "api.cli", *words]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=100, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which `yidi day --seed 7` has run."""
    folder = tmp_path_factory.mktemp("day")
    answer = yidi("day", "--seed", "7", "--date", "2026-03-05", "--iterations", "50", cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return folder


def test_a_made_up_day_leaves_all_its_files(folder):
    out = folder / "out"
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["violations"] == 0
    assert summary["projects"] == summary["scheduled"] + len(summary["unscheduled"])
    records = {path.name for path in (out / "draws").glob("*.json")}
    assert summary["draws"] == summary["verified"] == len(records - {"batch-T1.json"}) == len(records) - 1
    assert sum(summary["guest_support"].values()) > 0
    watched = summary["watch"]
    assert 0 < watched["probability"] < 0.35, (
        "the plan leaves little risk of passing 22:00, and the day says how much"
    )
    assert 0 < watched["expected_to_pass"] < summary["scheduled"] * watched["probability"] + 0.01
    assert watched["riskiest"] in {
        b["project_id"] for b in json.loads((out / "plan.json").read_text())["bookings"]
    }
    sheet = load_workbook(out / "timetable.xlsx").worksheets[0]
    assert sheet.max_row > summary["scheduled"]
    assert (out / "sealed").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (out / "sealed").iterdir())


def test_nothing_but_the_sealed_folder_tells_who_was_drawn(folder):
    out = folder / "out"
    drawn = set()
    for path in (out / "sealed").glob("*.json"):
        drawn |= {member["expert_id"] for member in json.loads(path.read_text(encoding="utf-8"))["panel"]}
    open_files = [
        *(out / "draws").glob("*.json"),
        out / "summary.json",
        out / "plan.json",
        out / "board.html",
    ]
    for path in open_files:
        assert not [expert for expert in drawn if expert in path.read_text(encoding="utf-8")], path


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    assert (
        yidi("day", "--seed", "7", "--date", "2026-03-05", "--iterations", "50", cwd=tmp_path).returncode == 0
    )
    for name in ("plan.json", *(f"draws/{path.name}" for path in (folder / "out" / "draws").iterdir())):
        assert (tmp_path / "out" / name).read_bytes() == (folder / "out" / name).read_bytes(), name


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_of_each_help_works(folder, command):
    answer = yidi(command, "--help", cwd=folder)
    assert answer.returncode == 0
    example = re.search(r"Example: yidi (.*)", answer.stdout.replace("│", ""))
    assert example, answer.stdout
    ran = yidi(*example[1].split(), cwd=folder)
    assert ran.returncode == 0, ran.stderr


def test_a_damaged_plan_and_certificate_are_refused_in_one_sentence(folder, tmp_path):
    plan = json.loads((folder / "out" / "plan.json").read_text(encoding="utf-8"))
    plan["bookings"][0]["parts"][0]["room_id"] = "none"
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    answer = yidi("check", str(folder / "out" / "problem.json"), "plan.json", cwd=tmp_path)
    assert answer.returncode == 1
    assert "room" in answer.stderr
    path = next(p for p in (folder / "out" / "draws").glob("*.json") if "batch" not in p.name)
    (tmp_path / "c.json").write_text(
        path.read_text(encoding="utf-8").replace('"employer": "1"', '"employer": "2"')
    )
    answer = yidi("verify", "c.json", cwd=tmp_path)
    assert answer.returncode == 1
    assert "commitment" in answer.stderr


def test_wrong_usage_is_two_and_bad_input_is_one(tmp_path):
    for words in (
        ["--nonsense"],
        ["--date", "soon"],
        ["--size", "planet"],
        ["--map", "x"],
        ["--openings", "o.csv"],
    ):
        assert yidi("day", *words, cwd=tmp_path).returncode == 2, words
    answer = yidi("day", "--openings", "none.csv", "--date", "2026-03-05", cwd=tmp_path)
    assert answer.returncode == 1
    assert "none.csv" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_strict_stops_at_a_bad_row_and_leaves_nothing(tmp_path):
    text = "notice,opening_at,category,org_id,sections,bidders\nN1,,W,1,1,3\n"
    (tmp_path / "o.csv").write_text(text, encoding="utf-8")
    answer = yidi("day", "--openings", "o.csv", "--date", "2026-03-05", "--strict", cwd=tmp_path)
    assert answer.returncode == 1
    assert "line 2" in answer.stderr
    assert not (tmp_path / "out").exists()


def test_a_day_of_ones_own_world_file_and_headers(folder, tmp_path):
    assert yidi("world", "--tables", "--out", "tables", cwd=tmp_path).returncode == 0
    assert (tmp_path / "tables" / "people.csv").stat().st_mode & 0o077 == 0
    text = "标段,开标,项目编号,类别,招标人,标段数\nx,2026年3月5日 上午9:30,项目一,工程,某局,2\ny,,项目二,工程,某局,2\n"
    (tmp_path / "o.csv").write_bytes(text.encode("gb18030"))
    words = ["--openings", "o.csv", "--date", "2026-03-05", "--map", "opening_at=开标", "--world", "tables"]
    answer = yidi("day", *words, "--seed", "1", "--iterations", "5", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["projects"] == summary["scheduled"] == summary["verified"] == 1
    assert [(bad["line"], bad["field"]) for bad in summary["bad_rows"]] == [(3, "opening_at")]
    assert summary["assumed_bids"] == summary["few_bids"] + ["项目一"]
    sheet = load_workbook(tmp_path / "out" / "timetable.xlsx").worksheets[0]
    assert sheet["A2"].value == "项目一"


def test_the_example_of_serve_serves(tmp_path):
    example = re.search(r"Example: yidi (.*)", yidi("serve", "--help", cwd=tmp_path).stdout.replace("│", ""))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "YIDI_PORT": str(port)}
    command = [sys.executable, "-m", "api.cli", *example[1].split()]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        answer = None
        for _ in range(300):
            assert server.poll() is None, (tmp_path / "log").read_text()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                    assert answer.status == 200
                break
            except OSError:
                time.sleep(0.1)
        assert answer is not None, "the service did not start within 30 s"
    finally:
        server.terminate()
        server.wait(30)
