"""`python -m benchmarks.planning [--quick] [--only NAME] [--out DIR]`: every planner on every frozen instance.

Writes results.json (figures, machine, versions) and results.md (the table), and fails when a plan of Yidi breaks
a rule or is worse than the best known by more than a tenth.
"""

import argparse
import json
import os
import platform
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.planning.figures import figures
from benchmarks.planning.instances import SHAPES, instance
from benchmarks.planning.peers import monolithic, pyjobshop
from scheduler.planning import Budget, Plan, Problem, first_come_first_served
from scheduler.planning.cores import solve_on

CORES = 2
HERE = Path(__file__).parent
ITERATIONS = {"province-week": 40_000, "province-busy": 12_000}
"""Search iterations where the default budget does not suit."""


def yidi(problem: Problem, name: str) -> tuple[Plan, dict[str, Any]]:
    """Yidi's plan, with the seconds and cost at each phase."""
    phases: dict[str, Any] = {}
    start = time.perf_counter()
    cpu = time.process_time()

    def told(progress: Any) -> None:
        if progress.phase != "search":
            phases[progress.phase] = {"s": round(time.perf_counter() - start, 2), "cost": progress.cost}

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    plan = solve_on(CORES, problem, Budget(ITERATIONS.get(name, 8_000)), told)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = time.process_time() - cpu + after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return plan, {"cpu_seconds": round(cpu, 1), "phases": phases}


def run(name: str, seconds: float, peers: bool) -> list[dict[str, Any]]:
    """All planners on one instance, against Yidi's bound, which is valid for each."""
    problem = instance(name)
    rows = []
    start = time.perf_counter()
    plan, marks = yidi(problem, name)
    elapsed = time.perf_counter() - start
    rows.append(
        {"planner": "yidi", "seconds": round(elapsed, 1), **figures(problem, plan, plan.bound), **marks}
    )
    start = time.perf_counter()
    phone = first_come_first_served(problem)
    elapsed = time.perf_counter() - start
    rows.append(
        {
            "planner": "first come first served",
            "seconds": round(elapsed, 1),
            **figures(problem, phone, plan.bound),
        }
    )
    if peers:
        start = time.perf_counter()
        whole, bound = monolithic(problem, seconds)
        elapsed = round(time.perf_counter() - start, 1)
        found = figures(problem, whole, plan.bound) if whole else {"cost": None}
        rows.append({"planner": "monolithic CP-SAT", "seconds": elapsed, "own_bound": bound, **found})
        start = time.perf_counter()
        shop = pyjobshop(problem, seconds)
        elapsed = round(time.perf_counter() - start, 1)
        found = figures(problem, shop, plan.bound) if shop else {"cost": None}
        rows.append({"planner": "PyJobShop", "seconds": elapsed, **found})
    return [{"instance": name, **row} for row in rows]


def table(rows: list[dict[str, Any]]) -> str:
    """The rows in Markdown."""
    columns = ["instance", "planner", "seconds", "cost", "bound", "gap", "unscheduled", "avoidable"]
    columns += ["mean_wait_min", "gini_counts", "gini_by_seats", "violations"]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(str(row.get(column, "–")) for column in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run, write, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only Yidi and first come first served")
    parser.add_argument("--only", choices=sorted(SHAPES), action="append")
    parser.add_argument("--seconds", type=float, default=20, help="for each peer that takes a time limit")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    best_file = HERE / "best_known.json"
    best = json.loads(best_file.read_text(encoding="utf-8")) if best_file.exists() else {}
    rows: list[dict[str, Any]] = []
    for name in options.only or SHAPES:
        rows += run(name, options.seconds, not options.quick and not name.endswith("week"))
        print(table(rows[-4:]), flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "packages": {name: version(name) for name in ("ortools", "numpy", "pyjobshop")},
        "load": round(os.getloadavg()[0], 1),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_memory_of_a_child_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
    text = json.dumps({"machine": machine, "rows": rows}, indent=1, ensure_ascii=False)
    (options.out / "results.json").write_text(text + "\n", encoding="utf-8")
    (options.out / "results.md").write_text(table(rows), encoding="utf-8")
    flaws = []
    for row in rows:
        if row["planner"] == "yidi":
            known = best.get(row["instance"], row["cost"])
            if row["violations"] or row["cost"] > 1.1 * known:
                flaws.append(
                    f"{row['instance']}: {row['violations']} violations, cost {row['cost']}, best {known}"
                )
            best[row["instance"]] = min(known, row["cost"])
    best_file.write_text(json.dumps(best, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print("\n".join(flaws) or "every plan is legal and as good as known", file=sys.stderr)
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main())
