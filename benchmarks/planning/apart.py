"""A planner in a process of its own, so that its memory and processor time are its own."""

import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")
MOST_GB = 12
"""What a planner may take of the machine's memory."""


@dataclass(frozen=True, slots=True)
class Spent(Generic[T]):
    """What a function answered in its process, and the most memory that the process and its largest child held."""

    answer: T
    memory_mb: int
    memory_of_a_child_mb: int


def apart(act: Callable[..., T], *arguments: object) -> Spent[T] | None:
    """The answer of `act` from a new process; None when it died, as of asking for more than `MOST_GB`."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(_measured, act, *arguments).result()
        except (BrokenProcessPool, MemoryError):
            return None


def cpu_seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def _measured(act: Callable[..., T], *arguments: object) -> Spent[T]:
    most = MOST_GB << 30
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    answer = act(*arguments)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Spent(answer, _peak_kb() // 1024, child // 1024)


def _peak_kb() -> int:
    """The peak of this program alone: Linux's ru_maxrss still knows the parent that it was forked from."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak
