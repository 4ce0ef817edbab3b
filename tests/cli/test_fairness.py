"""`yidi fairness` on folders of certificates: honest days pass, doctored ones are named, ids stay with the owner."""

import json
import shutil

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from api.cli.app import app


def run(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """Two rehearsed days in one folder, with projects of different ids."""
    folder = tmp_path_factory.mktemp("days")
    for on, seed in (("2026-03-05", 1), ("2026-03-06", 2)):
        run("day", "--date", on, "--seed", seed, "--iterations", 0, "--out", folder / on)
    return folder


@pytest.fixture
def folder(days, tmp_path):
    return shutil.copytree(days, tmp_path / "days")


def test_all_days_below_a_folder_are_looked_back_on_together(folder, tmp_path):
    result = run("fairness", folder, "--replays", 99, "--out", tmp_path / "report")
    assert result.exit_code == 0, result.output
    for said in ("抽取公平性", "most striking first", "by employer", "Nothing stands out from chance"):
        assert said in result.output
    view = json.loads((tmp_path / "report/fairness.json").read_text(encoding="utf-8"))
    sealed = [json.loads(path.read_text(encoding="utf-8")) for path in folder.rglob("sealed/*.json")]
    assert view["draws"] == len(sealed)
    assert view["seats"] == sum(len(part["panel"]) for part in sealed)
    counted = {one["expert_id"]: one["observed"] for one in view["experts"] if one["observed"]}
    told = [member["expert_id"] for part in sealed for member in part["panel"]]
    assert counted == {expert_id: told.count(expert_id) for expert_id in set(told)}
    book = load_workbook(tmp_path / "report/fairness.xlsx")
    assert book["专家 Experts"].max_row == len(view["experts"]) + 1
    for name in ("fairness.json", "fairness.xlsx"):
        assert (tmp_path / "report" / name).stat().st_mode & 0o077 == 0


def test_the_same_certificates_give_the_same_report_wherever_they_lie(folder, tmp_path):
    flat, sealed = tmp_path / "flat", tmp_path / "sealed"
    flat.mkdir()
    sealed.mkdir()
    for path in folder.rglob("draws/[!b]*.json"):
        shutil.copy(path, flat / path.name)
        shutil.copy(path.parent.parent / "sealed" / path.name, sealed / path.name)
    run("fairness", folder, "--replays", 99, "--out", tmp_path / "one")
    run("fairness", flat, "--sealed", sealed, "--replays", 99, "--out", tmp_path / "two")
    one, two = ((tmp_path / name / "fairness.json").read_bytes() for name in ("one", "two"))
    assert one == two


def test_one_employer_is_shown_alone_with_the_corrections_of_the_whole(folder, tmp_path):
    run("fairness", folder, "--replays", 99, "--out", tmp_path / "all")
    whole = json.loads((tmp_path / "all/fairness.json").read_text(encoding="utf-8"))
    employer = next(
        group for group in whole["groups"] if group["kind"] == "employer" and group["experts"] > 1
    )
    run("fairness", folder, "--replays", 99, "--employer", employer["name"], "--out", tmp_path / "own")
    own = json.loads((tmp_path / "own/fairness.json").read_text(encoding="utf-8"))
    assert own["groups"] == [employer]
    assert len(own["experts"]) == employer["experts"]
    assert all(one in whole["experts"] for one in own["experts"])


def test_a_doctored_certificate_is_named_and_not_counted(folder):
    victim = sorted(folder.rglob("sealed/*.json"))[0]
    part = json.loads(victim.read_text(encoding="utf-8"))
    part["panel"][0]["expert_id"] = next(row[0] for row in part["pool"] if row[4].isdecimal())
    victim.write_text(json.dumps(part), encoding="utf-8")
    result = run("fairness", folder, "--replays", 99)
    assert result.exit_code == 1
    assert f"{victim.name}: sealed part" in result.output
    kept = len(list(folder.rglob("sealed/*.json"))) - 1
    assert f"│ {kept} " in result.output


def test_a_second_first_draw_of_a_project_is_named(days, tmp_path):
    run("day", "--date", "2026-03-05", "--seed", 3, "--iterations", 0, "--out", tmp_path / "again")
    shutil.copytree(days / "2026-03-05", tmp_path / "once")
    result = run("fairness", tmp_path, "--replays", 99)
    assert result.exit_code == 1
    assert "draw 1 was held 2 times" in result.output


def test_a_missing_sealed_part_and_an_empty_folder_are_refused(folder, tmp_path):
    sorted(folder.rglob("sealed/*.json"))[0].unlink()
    with pytest.raises(Exception, match="each certificate has its sealed part"):
        run("fairness", folder)
    with pytest.raises(Exception, match="a folder with draws/"):
        run("fairness", tmp_path / "nothing")
