"""The results in Markdown."""

from math import sqrt
from typing import Any


def cell(value: Any) -> str:
    """A figure as a table shows it."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> str:
    """The rows' columns."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(cell(row.get(column)) for column in columns) + " |" for row in rows]
    return "\n".join(lines)


def with_error(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the standard error of a chance that was only estimated."""
    if "minimum" in row or "draws" not in row:
        return row
    chance, half = row["min_chance"], (row["draws"] - row["dead_ends"]) / 2
    return {**row, "±": sqrt(chance * (1 - chance) / half)}


PEERS = (
    "instance", "contender", "seconds", "min_chance", "±", "minimum", "gini", "draws", "panels", "panels_possible",
    "dead_ends", "peak_mb", "above_imports_mb", "killed_after",
)  # fmt: skip
SCALE = (
    "experts", "eligible", "seconds", "worst_of_five", "cpu_seconds", "hash_pass", "ratio", "peak_mb",
    "above_imports_mb",
)  # fmt: skip
POOLS = ("size", "eligible", "read", "screen", "commit", "complete", "verify", "all_but_verify", "cpu")
JOINT = (
    "day",
    "way",
    "projects",
    "experts",
    "seconds",
    "cpu_seconds",
    "stranded",
    "panels_passed_over",
    "seated",
)


def report(results: dict[str, Any]) -> str:
    """All results, with what they were measured on."""
    machine = results["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    targets = [{"target": t["target"], "bound": t["bound"], "seen": t["seen"], "CPU": t.get("cpu"),
                "met": "yes" if t["met"] else "**no**"} for t in results["targets"]]  # fmt: skip
    return f"""# The draw: results

Made by `python -m benchmarks.draw`, all in one run. Python {machine["python"]}, {machine["cores"]} cores
({machine["processor"]}), {machine["system"]}; {packages}. Load average {machine["load_before"]} before and
{machine["load_after"]} after: where it exceeds the cores, seconds are those of a crowded machine, and CPU seconds
tell what the program itself took.

## Targets

{table(targets, ("target", "bound", "seen", "CPU", "met"))}

## Beside the peers

Seven seats, a home and a guest centre with 30 specialties, one member an employer; every contender in a process
of its own. `seconds` is one panel from arrays, for sortition-algorithms the lottery alone. `min_chance` is exact
for Yidi (`minimum`), stated by sortition-algorithms, and for the others estimated over `draws`: the one drawn least
in half of them, counted in the other half, with its standard error (±). `panels` are different panels among the
draws, `panels_possible` all that a lottery of sortition-algorithms can ever give.

{table([with_error(row) for row in results["peers"]], PEERS)}

![Least chances](chances.svg)

## Scale

From arrays to the panel, best of five, beside hashing each eligible id once. Seconds grow as
N^{results["exponent"]:.2f} from 10,000 experts on.

{table(results["scale"], SCALE)}

![Seconds](scale.svg)

## From a CSV file to a certificate

Seconds of each step; `all_but_verify` is from the file to the signed certificate, `cpu` its CPU seconds.

{table(results["pools"], POOLS)}

## Draws made together

All projects overlap, and all can be served by construction. One by one, each project draws from who is left.

{table(results["joint"], JOINT)}
"""
