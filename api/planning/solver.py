"""A child process that does one work at a time, tells how far it is, and stops within a moment when told to."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from api.planning.job_texts import answer_text, job_of
from scheduler.planning import Budget, Outcome, Plan, Problem, Progress, solve
from scheduler.planning.possible import outcome_of
from scheduler.verification.plans import Violation, verify_plan

BEAT = 0.2
"""Seconds between two moments in which parent and child listen to each other."""
GRACE = 0.5
"""Seconds that the child has to end by itself; then it is ended."""

STOP = "stop"
Heard = Callable[[Progress | None], bool]
"""Hears of progress, or of none since the last beat, and says whether to go on."""
Tell = Callable[[Progress], None]
Stop = Callable[[], bool]


class Work(Protocol):
    """What a child is asked to do: a value that reaches it."""

    def __call__(self, tell: Tell, stop: Stop) -> Any: ...


@dataclass(frozen=True, slots=True)
class Solving:
    """A problem is solved in one."""

    problem: Problem
    budget: Budget

    def __call__(self, tell: Tell, stop: Stop) -> Outcome:
        """The outcome."""
        return outcome_of(self.problem, lambda: solve(self.problem, self.budget, tell, stop))


@dataclass(frozen=True, slots=True)
class DoingJob:
    """A job of a plan is done, read from its request."""

    request: str

    def __call__(self, tell: Tell, stop: Stop) -> str:
        """The answer's text."""
        return answer_text(job_of(self.request)(stop))


@dataclass(frozen=True, slots=True)
class Checking:
    """The independent checker looks at a plan."""

    problem: Problem
    plan: Plan

    def __call__(self, tell: Tell, stop: Stop) -> tuple[Violation, ...]:
        """What it objects to."""
        return verify_plan(self.problem, self.plan)


class SolverFailed(RuntimeError):
    """The child process ended, or raised, without an answer."""


class Solver:
    """One child process, started at the first work and anew after it had to be ended."""

    def __init__(self) -> None:
        self._child: BaseProcess | None = None
        self._line: Connection | None = None

    def solve(self, problem: Problem, budget: Budget, heard: Heard) -> Outcome | None:
        """What was found; None when `heard` said to stop. Raises `SolverFailed`."""
        outcome: Outcome | None = self.do(Solving(problem, budget), heard)
        return outcome

    def do(self, work: Work, heard: Heard) -> Any:
        """What the work came to; None when `heard` said to stop. Raises `SolverFailed`."""
        line = self._connected()
        try:
            line.send(work)
            while True:
                said = line.recv() if line.poll(BEAT) else None
                match said:
                    case None | Progress():
                        if not heard(said):
                            self._interrupt(line)
                            return None
                    case Exception():
                        raise SolverFailed(f"{type(said).__name__}: {said}") from said
                    case _:
                        return said
        except (EOFError, BrokenPipeError, ConnectionResetError) as gone:
            self.close()
            raise SolverFailed("the solving process ended") from gone

    def close(self) -> None:
        """The child process has ended."""
        if self._line is not None:
            self._line.close()
        if self._child is not None:
            self._child.kill()
            self._child.join()
        self._child = self._line = None

    def _connected(self) -> Connection:
        if self._line is None:
            spawn = get_context("spawn")
            self._line, end = spawn.Pipe()
            self._child = spawn.Process(target=_serve, args=(end,), daemon=True)
            self._child.start()
            end.close()
        return self._line

    def _interrupt(self, line: Connection) -> None:
        """The child works on nothing any more: it has answered, or it is gone."""
        line.send(STOP)
        until = time.monotonic() + GRACE
        while (left := until - time.monotonic()) > 0:
            if line.poll(left) and not isinstance(line.recv(), Progress):
                return
        self.close()


def _serve(line: Connection) -> None:
    """Do one work after another until the parent hangs up."""
    while True:
        try:
            asked = line.recv()
            if asked == STOP:  # it came when the answer was on its way
                continue
            try:
                line.send(asked(_Teller(line), _Listener(line)))
            except Exception as failed:
                line.send(RuntimeError(f"{type(failed).__name__}: {failed}"))
        except (EOFError, OSError):
            return


class _Teller:
    """Tells of every phase, and within a phase at most once a beat."""

    def __init__(self, line: Connection) -> None:
        self._line, self._phase, self._next = line, "", 0.0

    def __call__(self, progress: Progress) -> None:
        moment = time.monotonic()
        if progress.phase != self._phase or moment >= self._next:
            self._phase, self._next = progress.phase, moment + BEAT
            self._line.send(progress)


class _Listener:
    """Whether the parent wants an end; it looks at most every twentieth of a second."""

    def __init__(self, line: Connection) -> None:
        self._line, self._next, self._told = line, 0.0, False

    def __call__(self) -> bool:
        moment = time.monotonic()
        if not self._told and moment >= self._next:
            self._next, self._told = moment + BEAT / 4, self._line.poll(0)
        return self._told
