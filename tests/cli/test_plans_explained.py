"""`yidi explain`: why, what would help, and the rules that clash, in both languages."""

import pytest
from typer.testing import CliRunner

from api.cli.app import app
from api.files import documents
from benchmarks.planning.instances import instance
from scheduler.planning import Budget, solve

PROBLEM = instance("tight-rooms")
PLAN = solve(PROBLEM, Budget(200))


@pytest.fixture
def files(tmp_path):
    (tmp_path / "problem.json").write_text(documents.problem_document(PROBLEM), encoding="utf-8")
    (tmp_path / "plan.json").write_text(documents.dump(PLAN), encoding="utf-8")
    return [str(tmp_path / "problem.json"), str(tmp_path / "plan.json")]


def explained(files, *options):
    return CliRunner().invoke(app, ["explain", *files, *options])


def test_who_is_split_is_explained_with_what_would_help_and_the_rules_in_the_way(files):
    answer = explained(files, "--clash")
    assert answer.exit_code == 0, answer.output
    for booking in PLAN.bookings:
        assert (f"{booking.project_id} {booking.start:%Y-%m-%d %H:%M}" in answer.output) == booking.split
    assert "moved to 2026-11-24" in answer.output
    assert " 调整到 " in answer.output
    assert "split.forecast_quantile: assumption" in answer.output
    assert "whatever the others say" in answer.output


def test_one_project_is_explained_when_it_is_named(files):
    name = next(b.project_id for b in PLAN.bookings if b.guests and not b.split)
    answer = explained(files, "--project", name)
    assert answer.exit_code == 0
    assert name in answer.output
    assert "客场为" in answer.output
    assert "whatever the others say" not in answer.output


def test_a_plan_that_breaks_rules_is_not_explained(files, tmp_path):
    wrong = documents.dump(solve(instance("prefecture-day"), Budget(0)))
    (tmp_path / "plan.json").write_text(wrong, encoding="utf-8")
    answer = explained(files)
    assert answer.exit_code == 1
    assert "of" not in answer.stdout
