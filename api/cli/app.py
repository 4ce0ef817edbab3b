"""All commands under one roof, and what a refusal looks like in the terminal."""

import sys

import typer

from api.cli import day, documents, durations, fairness, reasons, serve, verify
from api.cli.terminal import say_error
from scheduler.errors import SchedulerError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Yidi 异地: remote off-site bid evaluation (远程异地评标) — plan, draw, verify, serve.",
)
app.command("day")(day.day)
app.command("world")(documents.world)
app.command("plan")(documents.plan)
app.command("check")(documents.check)
app.command("explain")(reasons.explain_plan)
app.command("draw")(documents.draw)
app.command("verify")(verify.verify)
app.command("prove")(verify.prove)
app.command("fairness")(fairness.fairness)
app.command("durations")(durations.durations)
app.command("serve")(serve.serve)
app.command("work")(serve.work)
app.command("migrate")(serve.migrate)


def main() -> None:
    """Run the command; a refusal is one clear message and exit status 1, wrong usage is 2."""
    try:
        app()
    except SchedulerError as refusal:
        say_error(str(refusal))
        sys.exit(1)
    except OSError as flaw:
        say_error(f"{flaw.filename or ''}: {flaw.strerror or flaw}".lstrip(": "))
        sys.exit(1)
