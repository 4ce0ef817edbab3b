"""Steps of a verification: run one after the other up to the first that fails, whatever the input."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scheduler.verification.draws.parts import Broken

FLAWS = (
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    ZeroDivisionError,
    RecursionError,
    OverflowError,
    StopIteration,
)
"""What malformed input raises."""

Check = Callable[[], str | None]
"""Raises `Broken` if the step fails; may tell what could not be checked."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the verification: its name, whether it holds, and what is wrong or could not be checked."""

    name: str
    holds: bool
    detail: str = ""


def run(steps: Iterable[tuple[str, Check]]) -> tuple[Step, ...]:
    """The steps up to the first that fails. Never raises."""
    done: list[Step] = []
    for name, step in steps:
        try:
            done.append(Step(name, True, step() or ""))
        except Broken as broken:
            return (*done, Step(name, False, str(broken)))
        except FLAWS as flaw:
            return (*done, Step(name, False, f"malformed: {type(flaw).__name__}"))
    return tuple(done)
