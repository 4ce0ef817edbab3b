"""How the commands speak: tables, progress, errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scheduler.errors import BadInput

T = TypeVar("T")
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

STAGES = {
    "read": "读取 read",
    "plan": "排期 plan",
    "exchange": "互换 exchange",
    "draw": "抽取 draw",
    "verify": "核验 verify",
}


class Advance(Protocol):
    """Tells how far a stage is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` steps of the stage are done."""


def loaded(path: Path, load: Callable[[bytes], T]) -> T:
    """What the file holds; a refusal names the file."""
    try:
        return load(path.read_bytes())
    except BadInput as flaw:
        raise BadInput(f"{path}: {flaw.field}", flaw.value, flaw.rule) from None


def say_error(text: str) -> None:
    """One line on standard error."""
    err.print(f"[bold red]error[/] {escape(text)}")


@contextmanager
def advancing() -> Iterator[Advance]:
    """A bar for each stage while the block runs, on standard error, so that output stays clean."""
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bars:
        tasks = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance
