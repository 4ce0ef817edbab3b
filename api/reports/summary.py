"""The day in figures: `summary.json` and the table in the terminal."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from api.day import Day
from api.files.openings import Openings
from scheduler.estimate import Alarm, remaining, watch
from scheduler.timeline import ZONE


def summary_of(day: Day, read: Openings, on: date, seed: int | None) -> dict[str, Any]:
    """Counts, reasons, guest support and seconds of a day; names nobody who was drawn."""
    plan, problem = day.plan, day.problem
    support = Counter(part.venue_id for booking in plan.bookings for part in booking.guests)
    split = sum(booking.split for booking in plan.bookings)
    return {
        "format": "yidi/summary/1",
        "date": on.isoformat(),
        "seed": seed,
        "projects": len(problem.projects),
        "scheduled": len(plan.bookings),
        "unscheduled": {entry.project_id: f"{entry.code}: {entry.reason}" for entry in plan.unscheduled},
        "same_day": len(plan.bookings) - split,
        "split": split,
        "avoidable_splits": plan.avoidable_splits,
        "on_site": sum(not booking.guests for booking in plan.bookings),
        "draws": len(day.draws),
        "redraws": sum(public["commitment"]["number"] != "1" for public, _ in day.draws.values()),
        "undrawn": day.undrawn,
        "verified": len(day.draws) - len(day.unverified),
        "unverified": day.unverified,
        "violations": len(day.violations),
        "violation_list": [f"{entry.rule}: {entry.subject}: {entry.detail}" for entry in day.violations],
        "watch": _watch(day),
        "few_bids": _few_bids(day, on),
        "assumed_bids": list(read.assumed_bids),
        "guest_support": {venue.venue_id: support[venue.venue_id] for venue in problem.venues},
        "cost": plan.cost,
        "bound": plan.bound,
        "gap": round(plan.gap, 4),
        "last_session": max((f"{b.end.astimezone(ZONE):%Y-%m-%d}" for b in plan.bookings), default=None),
        "bad_rows": [
            {"line": bad.line, "field": bad.field, "value": bad.value, "rule": bad.rule}
            for bad in read.bad_rows
        ],
        "warnings": _warnings(day, read, on),
        "problem_digest": plan.problem_digest,
        "rules_digest": plan.rules_digest,
        "seconds": day.seconds,
    }


def _warnings(day: Day, read: Openings, on: date) -> list[str]:
    """What a planner should know that is no violation."""
    problem = day.problem
    warnings = []
    last = max((booking.end.astimezone(ZONE).date() for booking in day.plan.bookings), default=on)
    if not (problem.calendar.is_certain(on) and problem.calendar.is_certain(last)):
        warnings.append(f"no published calendar covers {on} to {last}: only weekends are taken as days off")
    if not problem.calendar.is_working_day(on):
        warnings.append(f"{on} is no working day; openings fixed for it are evaluated all the same")
    if few := _few_bids(day, on):
        warnings.append(f"{len(few)} projects expect too few bids in every section and will fail when opened")
    if read.assumed_bids:
        warnings.append(
            f"{len(read.assumed_bids)} projects name no bids: bidders.min for each section assumed"
        )
    return warnings


def _watch(day: Day) -> dict[str, Any]:
    """The chance of passing 22:00 with which each evaluation begins, by the rule book's assumption; several days apart.

    The plan keeps it below 1 - split.forecast_quantile; `alarms` lists what the watch would not call calm.
    """
    problem = day.problem
    projects = {project.project_id: project for project in problem.projects}
    chances: dict[str, float] = {}
    alarms: dict[str, str] = {}
    for booking in day.plan.bookings:
        if len(booking.sessions) > 1:
            continue
        project = projects[booking.project_id]
        opening = project.opening_at.astimezone(ZONE).date()
        rules = problem.rule_book.at(opening, project.region, project.kind)
        start = booking.start.astimezone(ZONE)
        seen = watch(remaining(project, rules, (), timedelta()), start, start, rules)
        chances[booking.project_id] = seen.probability
        if seen.alarm is not Alarm.CALM:
            alarms[booking.project_id] = seen.alarm.value
    riskiest = max(chances, key=lambda project_id: (chances[project_id], project_id), default="")
    return {
        "expected_to_pass": round(sum(chances.values()), 2),
        "riskiest": riskiest,
        "probability": round(chances.get(riskiest, 0.0), 4),
        "alarms": alarms,
    }


def _few_bids(day: Day, on: date) -> list[str]:
    """Projects that have fewer than bidders.min bids in every section, as far as the input knows (条例 art. 44)."""
    book = day.problem.rule_book
    return [
        project.project_id
        for project in day.problem.projects
        if max(section.bidders for section in project.sections)
        < book.at(on, project.region, project.kind).bidders_min
    ]
