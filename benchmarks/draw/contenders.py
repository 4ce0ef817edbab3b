"""One contender on one instance, in a process of its own: `python -m benchmarks.draw.contenders NAME POOL SIZE`."""

import gc
import hashlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.draw.instances import CAPS, SLOTS, Arrays, load
from benchmarks.draw.peers import heaviest, in_turn, observed, sortition
from scheduler.draw import Census, solve_lottery
from scheduler.draw.sampling import Drawing

DRAWS, PATIENCE = 20_000, 12.0
"""How many draws, or seconds of drawing, show what a draw does."""


def gini(values: list[float]) -> float:
    """The Gini coefficient: 0 when all are equal."""
    ordered = np.sort(np.array(values))
    ranks = np.arange(1, len(ordered) + 1)
    return float(((2 * ranks - len(ordered) - 1) * ordered).sum() / (len(ordered) * ordered.sum()))


def megabytes() -> float:
    """The most memory this process has had so far; `getrusage` would count its parent's before it began."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("memory is measured on Linux")


def drawn(pool: Arrays, seed: bytes) -> tuple[Drawing, tuple[Any, ...], dict[str, float]]:
    """A panel from arrays, with the seconds of each step."""
    marks = [time.perf_counter()]

    def mark(result: Any) -> Any:
        marks.append(time.perf_counter())
        return result

    census = mark(Census.from_arrays(pool.ids, pool.masks, pool.employers, pool.names))
    lottery = mark(solve_lottery(SLOTS, census, CAPS))
    drawing = mark(Drawing(lottery, census))
    panel = mark(drawing.sample(seed))
    names = ("census", "lottery", "drawing", "sample")
    return drawing, panel, dict(zip(names, np.diff(marks).tolist(), strict=True))


def yidi(pool: Arrays) -> dict[str, Any]:
    """Yidi's exact chances, and the panels of many seeds."""
    start = time.perf_counter()
    drawing, _, _ = drawn(pool, bytes(32))
    seconds = time.perf_counter() - start
    chances = [drawing.lottery.chances[drawing.cells[cell]] for cell in drawing.cell_of.tolist()]
    memory, made, panels, began = megabytes(), 0, set(), time.perf_counter()
    while made < DRAWS and time.perf_counter() - began < PATIENCE:
        panel = drawing.sample(hashlib.sha256(made.to_bytes(8, "big")).digest())
        panels.add(tuple(sorted(seated.nth for seated in panel)))
        made += 1
    return {
        "seconds": seconds,
        "peak_mb": memory,
        "minimum": str(min(chances)),
        "min_chance": float(min(chances)),
        "gini": gini([float(chance) for chance in chances]),
        "draws": made,
        "panels": len(panels),
        "dead_ends": 0,
    }


def by_sortition(pool: Arrays, method: str) -> dict[str, Any]:
    """What sortition-algorithms finds; it mixes so many panels, and no other can come up."""
    start = time.perf_counter()
    chances, panels = sortition(pool, method)
    return {
        "seconds": time.perf_counter() - start,
        "min_chance": float(min(chances.values())),
        "gini": gini(list(chances.values())),
        "panels_possible": int(panels),
        "dead_ends": 0,
    }


def naive(pool: Arrays, make: Callable[[], Any]) -> dict[str, Any]:
    """A draw that has no stated chances, observed.

    The least chance is that of whoever was drawn least in the first half of the draws, counted in the second half:
    an estimate without bias of that one's chance, so of the least or of a larger one. The Gini coefficient is of
    means over experts alike, of one type and one employer if that is one of the five largest: it leaves noise out.
    """
    found = observed(make, PATIENCE, DRAWS)
    first, second = found.pop("halves")
    people = pool.eligible.tolist()
    rarest = min(people, key=lambda nth: first.seen[nth])
    large = set(np.argsort(-np.bincount(pool.employers[pool.eligible]), kind="stable")[:5].tolist())
    alike: dict[tuple[int, int], list[int]] = defaultdict(list)
    for nth in people:
        employer = int(pool.employers[nth])
        alike[int(pool.masks[nth]), employer if employer in large else -1].append(nth)
    both = first.seen + second.seen
    means = [sum(both[nth] for nth in own) / len(own) for own in alike.values() for _ in own]
    return {**found, "min_chance": second.seen[rarest] / max(1, second.good), "gini": gini(means)}


CONTENDERS: dict[str, Callable[[Arrays], dict[str, Any]]] = {
    "yidi": yidi,
    "sortition maximin": lambda pool: by_sortition(pool, "maximin"),
    "sortition nash": lambda pool: by_sortition(pool, "nash"),
    "slot by slot": lambda pool: naive(pool, lambda: in_turn(pool, scarcest_first=False)),
    "scarcest first": lambda pool: naive(pool, lambda: in_turn(pool, scarcest_first=True)),
    "CP-SAT, random weights": lambda pool: naive(pool, lambda: heaviest(pool)),
}


def scale(pool: Arrays) -> dict[str, Any]:
    """The time from arrays to panel, the best of five, against hashing every eligible id once."""
    totals, cpu, steps = [], [], {}
    for nth in range(5):
        gc.collect()
        began, wall = time.process_time(), time.perf_counter()
        _, _, parts = drawn(pool, bytes([nth]) * 32)
        wall = time.perf_counter() - wall
        if not totals or wall < min(totals):
            steps = parts
        totals.append(wall)
        cpu.append(time.process_time() - began)
    memory, passes = megabytes(), []
    for _ in range(5):
        start = time.perf_counter()
        for expert_id in pool.ids[pool.eligible].tolist():
            hashlib.sha256(expert_id).digest()
        passes.append(time.perf_counter() - start)
    return {
        "eligible": len(pool.eligible),
        "seconds": min(totals),
        "worst_of_five": max(totals),
        "cpu_seconds": min(cpu),
        "hash_pass": min(passes),
        "ratio": min(totals) / min(passes),
        "peak_mb": memory,
        "steps": {name: round(value, 4) for name, value in steps.items()},
    }


def main() -> None:
    """Measure, and print the figures as one line of JSON."""
    name, path = sys.argv[1], Path(sys.argv[2])
    if name.startswith("sortition"):
        from sortition_algorithms.committee_generation import maximin  # noqa: F401, PLC0415 - counts as an import
    imports = megabytes()
    pool = load(path)
    loaded = megabytes()
    found = scale(pool) if name == "scale" else CONTENDERS[name](pool)
    found.setdefault("peak_mb", megabytes())
    found |= {"imports_mb": imports, "with_pool_mb": loaded}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
