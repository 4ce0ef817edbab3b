"""Commands on problems of one's own: what is wrong is named, and nothing is left half done."""

import importlib
import inspect
import json
import os
import signal
import threading
import time
from datetime import datetime

import pytest

from api.cli.documents import plan
from api.files import documents
from scheduler.errors import BadInput
from scheduler.planning import Plan
from scheduler.timeline import ZONE
from scheduler.verification.plans import verify_plan
from tests.cli.test_day import yidi
from tests.planning.test_shards import nation


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "nation.json").write_text(documents.problem_document(nation()), encoding="utf-8")
    return tmp_path


def changed(change):
    document = json.loads(documents.problem_document(nation()))
    change(document)
    return json.dumps(document)


def an_opening_in_year_one(document):
    document["projects"][0]["opening_at"] = "0001-01-01T00:00:00+08:00"


def rooms_beyond_counting(document):
    document["venues"][0]["rooms"][0]["seats"] = 10**30


def bids_beyond_counting(document):
    document["projects"][0]["sections"][0]["bidders"] = 10**30


def a_weight_beyond_counting(document):
    document["wishes"]["wait"] = 10**30


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (an_opening_in_year_one, "document"),
        (rooms_beyond_counting, "seats"),
        (bids_beyond_counting, "bidders"),
        (a_weight_beyond_counting, "wait"),
    ],
)
def test_a_number_or_time_beyond_all_bounds_is_refused_when_the_problem_is_read(change, field):
    with pytest.raises(BadInput) as refused:
        documents.load_problem(changed(change))
    assert refused.value.field == field


def test_a_missing_field_is_said_to_be_missing():
    with pytest.raises(BadInput) as refused:
        documents.load_problem(changed(lambda document: document["projects"][0].pop("home")))
    assert str(refused.value) == "projects.0.home = None: is missing"


@pytest.mark.parametrize("given", ["yidi/plan/1", None])
def test_a_document_of_another_format_is_named_by_its_format(given):
    with pytest.raises(BadInput) as refused:
        documents.load_problem(changed(lambda document: document.update(format=given)))
    assert str(refused.value) == f"format = {given!r}: a document of format yidi/problem/1"


def test_a_time_in_a_refusal_reads_as_files_spell_it():
    at = datetime(2026, 3, 5, 9, 30, tzinfo=ZONE)
    assert str(BadInput("opening_at", at, "too late")) == "opening_at = 2026-03-05T09:30:00+08:00: too late"


def test_of_two_files_the_one_that_cannot_be_read_is_named(folder):
    (folder / "plan.json").write_text("{", encoding="utf-8")
    for command in ("check", "explain"):
        answer = yidi(command, "nation.json", "plan.json", cwd=folder)
        assert answer.returncode == 1
        assert "plan.json: document" in answer.stderr


@pytest.mark.parametrize("crossing", ["nan", "2", "-1"])
def test_a_share_of_crossing_projects_that_is_no_share_is_refused(folder, crossing):
    answer = yidi("plan", "nation.json", "--shards", "--crossing", crossing, "--iterations", "0", cwd=folder)
    assert answer.returncode == 1
    assert f"crossing = {float(crossing)}: a share from 0 to 1" in answer.stderr
    assert not (folder / "plan.json").exists()


def test_a_share_of_crossing_projects_without_shards_is_refused_and_not_ignored(folder):
    answer = yidi("plan", "nation.json", "--crossing", "0.1", "--iterations", "0", cwd=folder)
    assert (answer.returncode, "--shards" in answer.stderr) == (1, True)


def test_exchanges_by_shards_are_refused_and_not_ignored(folder):
    answer = yidi("plan", "nation.json", "--shards", "--exchanges", "3", "--iterations", "0", cwd=folder)
    assert (answer.returncode, "exchanges = 3" in answer.stderr) == (1, True)


def test_a_folder_as_the_plan_is_refused_before_planning_and_leaves_nothing(folder):
    (folder / "plans").mkdir()
    answer = yidi("plan", "nation.json", "--out", "plans", "--iterations", "0", cwd=folder)
    assert answer.returncode == 2
    assert sorted(path.name for path in folder.iterdir()) == ["nation.json", "plans"]


@pytest.mark.parametrize("url", ["sqlite:///none.db", "foo://x", "nonsense"])
def test_durations_of_a_database_that_is_not_there_are_refused_and_none_is_made(tmp_path, url):
    answer = yidi("durations", "--database-url", url, cwd=tmp_path)
    assert answer.returncode == 1
    assert "database_url" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_durations_of_a_database_without_tables_name_the_command_that_makes_them(tmp_path):
    (tmp_path / "empty.db").touch()
    answer = yidi("durations", "--database-url", "sqlite:///empty.db", cwd=tmp_path)
    assert (answer.returncode, "yidi migrate" in answer.stderr, "Traceback" in answer.stderr) == (
        1,
        True,
        False,
    )


def crowded(document):
    first = document["projects"][0]
    for project in document["projects"]:
        project.update({name: first[name] for name in ("home", "region", "opening_at", "tenderer")})


def press_ctrl_c():
    """Once the command listens for it, and has planned for a while."""
    before = signal.getsignal(signal.SIGINT)
    for _ in range(600):
        if signal.getsignal(signal.SIGINT) != before:
            break
        time.sleep(0.05)
    time.sleep(1)
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_ends_planning_with_the_best_so_far(tmp_path):
    (tmp_path / "problem.json").write_text(changed(crowded), encoding="utf-8")
    hand = threading.Thread(target=press_ctrl_c)
    hand.start()
    plan(tmp_path / "problem.json", tmp_path / "plan.json", iterations=10**9)
    hand.join()
    problem = documents.load_problem((tmp_path / "problem.json").read_bytes())
    found = documents.load(Plan, (tmp_path / "plan.json").read_bytes())
    assert verify_plan(problem, found) == ()
    assert len(found.bookings) > 0


@pytest.mark.parametrize("module", ["scheduler.planning.bound.home", "scheduler.planning.search.packing"])
def test_the_solver_leaves_ctrl_c_to_the_command(module):
    """Its own handler beside Python's ended the process with SIGABRT."""
    source = inspect.getsource(importlib.import_module(module))
    assert source.count("CpSolver()") == source.count("catch_sigint_signal = False")
