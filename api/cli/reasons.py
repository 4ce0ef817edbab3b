"""`yidi explain`: why projects of a plan are where they are, or nowhere, and what would help."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from api.cli.terminal import loaded, out, say_error
from api.files import documents
from scheduler.planning import Plan
from scheduler.planning.explain import Clash, Explanation, clash, explain
from scheduler.planning.reasons.said import Said
from scheduler.verification.plans import verify_plan


def explain_plan(
    problem_file: Annotated[Path, typer.Argument(help="A problem document.")],
    plan_file: Annotated[Path, typer.Argument(help="A plan document for it.")],
    project: Annotated[
        list[str] | None,
        typer.Option(help="A project's id, more than once if wanted; else whoever is nowhere or split."),
    ] = None,
    clashes: Annotated[
        bool, typer.Option("--clash", help="Also which rules together are in the way.")
    ] = False,
) -> None:
    """Say why projects are split, wait, have these guests or no place, and what would help.

    Each help is a place that the independent checker passed; where none is listed, none was found.

    Example: yidi explain out/problem.json out/plan.json --project N1 --clash
    """
    problem = loaded(problem_file, documents.load_problem)
    found = loaded(plan_file, lambda text: documents.load(Plan, text))
    if violations := verify_plan(problem, found):
        say_error(f"the plan breaks {len(violations)} rules, {violations[0].rule} first: see yidi check")
        raise typer.Exit(1)
    asked = project or _notable(found)
    for project_id in asked:
        _tell(explain(problem, found, project_id), _place_of(found, project_id))
        if clashes:
            _tell_clash(clash(problem, found, project_id))
    if not asked:
        out.print("[green]没有未排或分离的项目 nobody is without a place or split[/]")


def _notable(plan: Plan) -> list[str]:
    split = [booking.project_id for booking in plan.bookings if booking.split]
    return [miss.project_id for miss in plan.unscheduled] + split


def _place_of(plan: Plan, project_id: str) -> str:
    booking = next((b for b in plan.bookings if b.project_id == project_id), None)
    if booking is None:
        return "未排 not scheduled"
    rooms = " + ".join(f"{part.venue_id} {part.room_id}" for part in booking.parts)
    return f"{booking.start:%Y-%m-%d %H:%M} {rooms}"


def _tell(found: Explanation, place: str) -> None:
    out.print(f"[bold]{escape(found.project_id)}[/] {escape(place)}", highlight=False)
    for said in found.facts:
        _say("原因 why", said)
    for each in found.helps:
        _say("[green]可行 would help[/]", each.said)
    if not found.helps:
        out.print("  [dim]未找到更好的办法 nothing that helps was found[/]")


def _tell_clash(found: Clash | None) -> None:
    if found is None:
        return
    _say("[yellow]规则 rules[/]", found.said)
    for rule in found.rules:
        _say("  ·", rule.said)


def _say(title: str, said: Said) -> None:
    out.print(f"  {title} {escape(said.sentence())} [dim]{escape(said.sentence('zh'))}[/]", highlight=False)
