"""`python -m benchmarks.draw [--quick] [--patience SECONDS] [--out DIR]`: the draw beside its peers, and at scale.

Everything is measured in processes of its own, one after another. Writes results.json (figures, machine, versions),
results.md and two plots; fails when Yidi's least chance is below a peer's or a project is stranded.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.draw.contenders import CONTENDERS
from benchmarks.draw.instances import arrays, save
from benchmarks.draw.plots import draw_plots
from benchmarks.draw.report import report

HERE = Path(__file__).parent
INSTANCES = (("tight 100", 100, 3), ("200", 200, 1), ("1,000", 1_000, 1), ("5,000", 5_000, 1))
SCALES = (1_000, 10_000, 100_000, 1_000_000)
PACKAGES = ("numpy", "ortools", "sortition-algorithms", "highspy", "matplotlib")


def measured(module: str, *arguments: object, patience: float = 900) -> dict[str, Any]:
    """What a process of its own prints as its last line; or that it was killed, or failed, and how."""
    command = [sys.executable, "-m", f"benchmarks.draw.{module}", *map(str, arguments)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        return {"killed_after": patience}
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)}: {run.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    if "peak_mb" in found:
        found["above_imports_mb"] = found["peak_mb"] - found["imports_mb"]
    return found


def peers(folder: Path, quick: bool, patience: float) -> list[dict[str, Any]]:
    """All contenders on the same instances."""
    rows = []
    for name, size, seed in INSTANCES:
        file = folder / f"peers-{size}.npz"
        save(arrays(size, seed), file)
        for contender in CONTENDERS:
            if quick and (contender.startswith("sortition") or size > 200):
                continue
            found = measured("contenders", contender, file, patience=patience)
            rows.append({"instance": name, "experts": size, "contender": contender, **found})
            print(rows[-1], flush=True)
    return rows


def scaled(folder: Path) -> list[dict[str, Any]]:
    """Yidi alone, on larger and larger pools."""
    rows = []
    for size in SCALES:
        file = folder / "scale.npz"
        save(arrays(size), file)
        rows.append({"experts": size, **measured("contenders", "scale", file)})
        print(rows[-1], flush=True)
    return rows


def pools(folder: Path) -> list[dict[str, Any]]:
    """Whole draws from CSV files."""
    rows = []
    for size in (1_000, 100_000):
        found = measured("pools", size, folder)
        steps = ("read", "screen", "commit", "complete")
        found["all_but_verify"] = sum(found[step] for step in steps)
        found["cpu"] = sum(found[f"{step}_cpu"] for step in steps)
        rows.append(found)
        print(found, flush=True)
    return rows


def joint(days: int) -> list[dict[str, Any]]:
    """Whole days of overlapping projects, drawn both ways."""
    rows = []
    for day in range(1, days + 1):
        found = measured("joint", 300, 40_000, day)
        facts = {name: found[name] for name in ("projects", "experts", "eligible")}
        rows += [{"day": day, "way": way, **facts, **found[way]} for way in ("together", "one by one")]
        print(rows[-2:], flush=True)
    return rows


def judged(results: dict[str, Any]) -> list[dict[str, Any]]:
    """What was aimed at, and what was seen."""
    by_size = {row["experts"]: row for row in results["scale"]}
    pool = {row["size"]: row for row in results["pools"]}
    day = max((row for row in results["joint"] if row["way"] == "together"), key=lambda row: row["seconds"])
    one, many = by_size[100_000], by_size[1_000_000]
    aims = [
        ("100,000 experts, arrays to panel (s)", 0.15, one["seconds"], one["cpu_seconds"]),
        ("1,000,000 experts, arrays to panel (s)", 0.7, many["seconds"], many["cpu_seconds"]),
        ("1,000,000 experts, memory in all (MB)", 200, many["peak_mb"], None),
        ("exponent from 10,000 experts on", 1.0, results["exponent"], None),
        ("CSV of 100,000 to certificate (s)", 3, pool[100_000]["all_but_verify"], pool[100_000]["cpu"]),
        ("verify a draw from 1,000 (s)", 0.2, pool[1_000]["verify"], pool[1_000]["verify_cpu"]),
        ("verify a draw from 100,000 (s)", 3, pool[100_000]["verify"], pool[100_000]["verify_cpu"]),
        ("300 overlapping projects together (s)", 10, day["seconds"], day["cpu_seconds"]),
        ("projects stranded when drawn together", 0,
         sum(row["stranded"] for row in results["joint"] if row["way"] == "together"), None),
    ]  # fmt: skip
    rows = [
        {"target": name, "bound": f"≤ {bound}", "seen": seen, "cpu": cpu, "met": seen <= bound}
        for name, bound, seen, cpu in aims
    ]
    own = {row["contender"]: row for row in results["peers"] if row["instance"] == "1,000"}
    if "sortition maximin" in own:
        peer = own["sortition maximin"]
        faster = peer.get("seconds", peer.get("killed_after", 0)) / own["yidi"]["seconds"]
        rows.append({"target": "times faster than maximin at N = 1,000", "bound": "≥ 300", "seen": faster,
                     "met": faster >= 300})  # fmt: skip
    return rows


def flaws(results: dict[str, Any]) -> list[str]:
    """What must never happen: a peer with a larger least chance for certain, or a project stranded."""
    exact = {row["instance"]: row["min_chance"] for row in results["peers"] if row["contender"] == "yidi"}
    found = [
        f"{row['instance']}: {row['contender']} gives everyone {row['min_chance']}"
        for row in results["peers"]
        if row["contender"].startswith("sortition")
        and row.get("min_chance", 0) > exact[row["instance"]] + 1e-6
    ]
    found += [
        f"day {row['day']}: {row['stranded']} stranded"
        for row in results["joint"]
        if row["way"] == "together" and row["stranded"]
    ]
    return found


def main() -> int:
    """Measure, write, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.draw", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="without sortition-algorithms, small pools, one day"
    )
    parser.add_argument("--patience", type=float, default=150, help="seconds until a peer is killed")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    before = _load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results: dict[str, Any] = {
            "scale": scaled(folder),
            "pools": pools(folder),
            "joint": joint(1 if options.quick else 3),
            "peers": peers(folder, options.quick, options.patience),
        }
    large = [row for row in results["scale"] if row["experts"] >= 10_000]
    logs = [[np.log(row[name]) for row in large] for name in ("experts", "seconds")]
    results["exponent"] = float(np.polyfit(*logs, 1)[0])
    results["targets"] = judged(results)
    results["machine"] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_before": before,
        "load_after": _load(),
        "packages": {name: version(name) for name in PACKAGES},
    }
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results, indent=1, ensure_ascii=False)
    (options.out / "results.json").write_text(text + "\n", encoding="utf-8")
    (options.out / "results.md").write_text(report(results), encoding="utf-8")
    draw_plots(results["peers"], results["scale"], options.out)
    found = flaws(results)
    print("\n".join(found) or "no peer gives everyone more, and nobody is stranded", file=sys.stderr)
    return 1 if found else 0


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if "model name" in line] if info.is_file() else []
    return names[0].partition(":")[2].strip() if names else platform.processor()


if __name__ == "__main__":
    sys.exit(main())
