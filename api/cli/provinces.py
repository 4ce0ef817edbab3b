"""`yidi plan --shards`: provinces planned apart on all cores, told of as they are done."""

import os
import signal
import time
from types import FrameType

from api.cli.terminal import err
from scheduler.planning import Budget, Outcome, Plan, Problem, Progress
from scheduler.planning.chance import ticket
from scheduler.planning.cores import solve_shards_on
from scheduler.planning.possible import outcome_of
from scheduler.planning.shards.crossing import crossing_by_flow

TOLD_EVERY = 1.0
"""Seconds between two lines within one phase."""


def plan_by_shards(problem: Problem, iterations: int, crossing: float) -> Outcome:
    """The whole plan; who crosses follows from the seed. On Ctrl-C, the best plan so far."""
    remote = sorted(
        (project.project_id for project in problem.projects if project.exemption is None),
        key=lambda project_id: ticket(problem.seed, f"crosses/{project_id}"),
    )
    wanted = frozenset(remote[: round(crossing * len(problem.projects))])

    def planned() -> Plan:
        goes, cores = crossing_by_flow(problem, wanted), os.cpu_count() or 1
        with Interrupted() as stop:
            return solve_shards_on(cores, problem, Budget(iterations), goes, _Teller(), stop).plan

    return outcome_of(problem, planned)


class Interrupted:
    """Whether Ctrl-C was pressed while the block ran; a second one ends the program."""

    def __init__(self) -> None:
        self._pressed = False

    def __enter__(self) -> "Interrupted":
        self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def __call__(self) -> bool:
        return self._pressed

    def _press(self, number: int, frame: FrameType | None) -> None:
        if self._pressed:
            raise KeyboardInterrupt
        self._pressed = True


class _Teller:
    """A line for each phase, and within a phase at most one a second, on standard error."""

    def __init__(self) -> None:
        self._phase, self._next = "", 0.0

    def __call__(self, at: Progress) -> None:
        moment = time.monotonic()
        if at.phase != self._phase or moment >= self._next:
            self._phase, self._next = at.phase, moment + TOLD_EVERY
            err.print(
                f"{at.phase:<10} {at.iterations:>9} iterations  best {at.cost}  bound {at.bound}  gap {at.gap:.1%}",
                highlight=False,
            )
