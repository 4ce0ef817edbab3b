"""`yidi day`: a day of openings becomes a checked plan, drawn panels and reports."""

import json
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.board import render_board
from api.calendars import read_calendar
from api.cli.terminal import advancing, out, say_error
from api.day import Day, embedded_office, first_request, run_day
from api.files import documents
from api.files.openings import Openings, made_up, read_openings
from api.files.surroundings import read_surroundings
from api.files.worlds import read_world
from api.files.writing import secret_folder, write, write_secret
from api.reports.board import board_view
from api.reports.summary import summary_of
from api.reports.timetable import write_timetable
from scheduler.planning import Budget, Problem
from scheduler.planning.surroundings import Surroundings
from scheduler.rules import RuleBook, default_rule_book
from scheduler.supply import supply_of
from scheduler.synthetic import SIZES, World, make_world
from scheduler.timeline import ZONE

MADE_UP_PER_CENTRE = 2
"""Openings of a made-up day for each venue: a busy day of the sizes to plan for."""


def day(
    openings: Annotated[
        Path | None, typer.Option(help="CSV or XLSX of openings; a made-up day if left out.")
    ] = None,
    date: Annotated[str | None, typer.Option(help="The day, YYYY-MM-DD; tomorrow for a made-up day.")] = None,
    out_dir: Annotated[Path, typer.Option("--out", help="Where the results go.")] = Path("out"),
    seed: Annotated[
        int | None,
        typer.Option(help="Makes plan and draws repeatable: a rehearsal, said so in each certificate."),
    ] = None,
    world: Annotated[
        Path | None, typer.Option(help="A world file or folder (yidi world); a made-up one if left out.")
    ] = None,
    size: Annotated[str, typer.Option(help=f"Size of the made-up world: {', '.join(SIZES)}.")] = "prefecture",
    rules: Annotated[
        Path | None, typer.Option(help="A rule book in TOML instead of the one that comes along.")
    ] = None,
    calendar: Annotated[str, typer.Option(help="china, weekdays, or a JSON file of overrides.")] = "china",
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="column=header, such as opening_at=开标时间; may be repeated."),
    ] = None,
    strict: Annotated[bool, typer.Option(help="Stop at bad rows instead of leaving them out.")] = False,
    iterations: Annotated[int, typer.Option(help="How long the planner improves.", min=0)] = 8_000,
) -> None:
    """Plan a day of openings, draw every panel, verify both, and write the reports.

    Example: yidi day --seed 7 --out out

    With your own file: yidi day --openings openings.csv --date 2024-02-13 --out out
    """
    book = _rule_book(rules)
    on, pairs = _day(date, openings), _pairs(mapping or [])
    if size not in SIZES:
        raise typer.BadParameter(f"{size!r} is none of {', '.join(SIZES)}", param_hint="--size")
    house = read_world(world) if world else make_world(size)
    around = read_surroundings(world, house.venues) if world else Surroundings()
    with advancing() as advance:
        read = _openings(openings, on, house, book, pairs, strict)
        advance("read", len(read.projects), len(read.projects))
        problem = Problem(
            projects=read.projects,
            venues=house.venues,
            calendar=read_calendar(calendar),
            rule_book=book,
            supply=supply_of(house.pool, (venue.region for venue in house.venues), read.projects),
            seed=secrets.randbits(63) if seed is None else seed,
        )
        with embedded_office(book, problem.calendar, on, seed) as office:
            result = run_day(office, house, problem, advance, Budget(iterations), around)
    summary = summary_of(result, read, on, seed)
    _write(out_dir, result, house, summary, on)
    _tell(summary, read, out_dir)
    if result.violations or result.unverified:
        say_error(f"{len(result.violations)} violations, {len(result.unverified)} certificates that fail")
        for violation in result.violations[:5]:
            say_error(f"{violation.rule}: {violation.subject}: {violation.detail}")
        for project_id, flaw in list(result.unverified.items())[:5]:
            say_error(f"{project_id}: {flaw}")
        raise typer.Exit(1)


def _rule_book(path: Path | None) -> RuleBook:
    return RuleBook.parse(path.read_text(encoding="utf-8"), path.name) if path else default_rule_book()


def _day(text: str | None, openings: Path | None) -> date:
    if text is None:
        if openings is not None:
            raise typer.BadParameter("picks the day of the openings file: YYYY-MM-DD", param_hint="--date")
        return datetime.now(ZONE).date() + timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day such as 2026-03-05", param_hint="--date") from None


def _pairs(mapping: list[str]) -> dict[str, str]:
    for pair in mapping:
        if "=" not in pair:
            raise typer.BadParameter(f"{pair!r} is not column=header", param_hint="--map")
    return dict(pair.partition("=")[::2] for pair in mapping)


def _openings(
    path: Path | None, on: date, house: World, book: RuleBook, mapping: dict[str, str], strict: bool
) -> Openings:
    if path is None:
        return made_up(on, house.venues, book, count=MADE_UP_PER_CENTRE * len(house.venues))
    today = datetime.now(ZONE).date()
    return read_openings(path, on, house.venues, book, mapping, strict=strict, today=today)


def _write(folder: Path, result: Day, house: World, summary: dict[str, object], on: date) -> None:
    """All results; who was drawn goes to a folder that only its owner can read."""
    problem = result.problem
    projects = {project.project_id: project for project in problem.projects}
    venues = {venue.venue_id: venue for venue in problem.venues}
    secret_folder(folder / "sealed")
    for old in (*(folder / "draws").glob("*.json"), *(folder / "sealed").glob("*.json")):
        old.unlink()
    write(folder / "problem.json", documents.problem_document(problem))
    write(folder / "plan.json", documents.dump(result.plan))
    for project_id, (public, sealed) in result.draws.items():
        name = f"{documents.file_name(project_id)}.json"
        write(folder / "draws" / name, _json(public))
        write_secret(folder / "sealed" / name, _json(sealed))
    (folder / "draws").mkdir(exist_ok=True)
    if result.batch is not None:
        write(folder / "draws" / f"batch-{result.batch['commitment']['batch_id']}.json", _json(result.batch))
    if result.draws:
        write(folder / "draw-request.json", documents.dump(first_request(result, house)))
    write_timetable(folder / "timetable.xlsx", result.plan, projects, venues)
    view = board_view(result.plan, problem.projects, problem.venues, on, datetime.combine(on, _NOON, ZONE))
    write(folder / "board.html", render_board(view))
    write(folder / "summary.json", _json(summary))


_NOON = datetime.min.time().replace(hour=12)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _tell(summary: dict[str, object], read: Openings, folder: Path) -> None:
    table = Table(title=f"Yidi 异地 · {summary['date']}", title_justify="left", show_header=False)
    rows = (
        ("项目 projects", "projects"),
        ("已排 scheduled", "scheduled"),
        ("当日 same day", "same_day"),
        ("开评分离 split", "split"),
        ("其中可避免 of these avoidable", "avoidable_splits"),
        ("抽取 panels drawn", "draws"),
        ("核验通过 certificates verified", "verified"),
        ("违规 violations", "violations"),
    )
    for title, key in rows:
        table.add_row(title, str(summary[key]))
    seen = summary["watch"]
    assert isinstance(seen, dict)
    likely = (
        f"{seen['expected_to_pass']} expected, at most {seen['probability']:.0%} ({seen['riskiest'] or '-'})"
    )
    table.add_row("22点前未完 passing 22:00", f"{likely}, {len(seen['alarms'])} to watch from the start")
    seconds = summary["seconds"]
    assert isinstance(seconds, dict)
    table.add_row("用时 seconds", " · ".join(f"{stage} {value}" for stage, value in seconds.items()))
    out.print(table)
    for bad in read.bad_rows[:10]:
        out.print(f"[yellow]left out[/] {escape(str(bad))}", highlight=False)
    if len(read.bad_rows) > 10:
        out.print(f"[yellow]…[/] and {len(read.bad_rows) - 10} more bad rows, all in summary.json")
    for reasons, title in ((summary["unscheduled"], "unscheduled"), (summary["undrawn"], "not drawn")):
        assert isinstance(reasons, dict)
        for project_id, reason in list(reasons.items())[:10]:
            out.print(f"[yellow]{title}[/] {project_id}: {reason}", highlight=False)
    warnings = summary["warnings"]
    assert isinstance(warnings, list)
    for warning in warnings:
        out.print(f"[yellow]note[/] {warning}", highlight=False)
    out.print(
        f"Results in [bold]{folder}[/]: board.html, timetable.xlsx, summary.json, plan.json, draws/, sealed/"
    )
