"""Forecasts of how long an evaluation takes (预计时长)."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from scheduler.projects import Category, Project
from scheduler.rules import Rules
from scheduler.timeline import MINUTE


@dataclass(frozen=True, slots=True)
class Forecast:
    """Working time of one evaluation, breaks apart: expected, and not exceeded with the rule's quantile."""

    expected: timedelta
    quantile: timedelta


def forecast(project: Project, rules: Rules) -> Forecast:
    """The documented assumption until there is history: setup + sections × base + bids × per bidder + report.

    The panel works its sections one after another; the quantile is `duration.quantile_factor` times the
    expectation, rounded up to the minute.
    """
    base, per_bidder = {
        Category.WORKS: (rules.duration_base_works, rules.duration_per_bidder_works),
        Category.WORKS_LOW_PRICE: (
            rules.duration_base_works_low_price,
            rules.duration_per_bidder_works_low_price,
        ),
        Category.SERVICES: (rules.duration_base_services, rules.duration_per_bidder_services),
        Category.GOODS: (rules.duration_base_goods, rules.duration_per_bidder_goods),
    }[project.category]
    sections = len(project.sections) * base + project.bids * per_bidder
    expected = rules.duration_setup + sections + rules.duration_report
    return Forecast(expected, ceil(rules.duration_quantile_factor * (expected // MINUTE)) * MINUTE)
