"""The best plans known of the frozen instances, at the weights in force: kept with date, planner and command."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scheduler.planning import Problem

FILE = Path(__file__).parent / "best_known.json"
MARGIN = 1.1
"""A plan of Yidi may cost so much of the best known."""

Known = dict[str, dict[str, Any]]


def load(problem: Problem, file: Path = FILE) -> Known:
    """What is known at the weights of the problem; nothing when they have changed since."""
    if not file.exists():
        return {}
    kept = json.loads(file.read_text(encoding="utf-8"))
    found: Known = kept["instances"] if kept["weights"] == asdict(problem.wishes) else {}
    return found


def save(problem: Problem, known: Known, file: Path = FILE) -> None:
    """Keep what is known, with the weights at which it holds."""
    text = json.dumps({"weights": asdict(problem.wishes), "instances": known}, indent=1, sort_keys=True)
    file.write_text(text + "\n", encoding="utf-8")


def standing(row: dict[str, Any]) -> tuple[int, int, int]:
    """By what plans are compared: projects without a place, avoidable splits, cost."""
    return row["unscheduled"], row["avoidable"], row["cost"]


def flaw(row: dict[str, Any], known: Known) -> str:
    """What is wrong with a plan of Yidi: a broken rule, or that it is too far from the best known; else nothing."""
    if row["cost"] is None:
        return f"{row['instance']}: no plan"
    if row["violations"] or row["first_violations"]:
        return (
            f"{row['instance']}: {row['violations']} violations, {row['first_violations']} in the first plan"
        )
    best = known.get(row["instance"])
    if best and (row["cost"] > MARGIN * best["cost"] or row["unscheduled"] > best["unscheduled"]):
        return f"{row['instance']}: cost {row['cost']}, {row['unscheduled']} unscheduled; best known {best}"
    return ""


def learn(rows: list[dict[str, Any]], known: Known, date: str, command: str) -> Known:
    """What is known after these rows: of legal plans of any planner the best."""
    after = dict(known)
    for row in rows:
        if row["cost"] is None or row["violations"]:
            continue
        name = row["instance"]
        if name not in after or standing(row) < standing(after[name]):
            facts = {key: row[key] for key in ("cost", "unscheduled", "avoidable", "planner")}
            after[name] = {**facts, "date": date, "command": command}
    return after
