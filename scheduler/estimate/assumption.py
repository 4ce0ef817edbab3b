"""The forecast from the rule book alone: what holds until there is history."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import ceil, exp, log
from statistics import NormalDist

from scheduler.errors import require
from scheduler.projects import Category, Project
from scheduler.rules import Rules

ASSUMED_QUANTILE = Fraction(4, 5)
"""`duration.quantile_factor` is the ratio of this quantile to the expectation."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Working time without breaks: what is expected, and what the rule book's quantile does not pass."""

    expected: timedelta
    quantile: timedelta

    def __post_init__(self) -> None:
        require(self.expected > timedelta(), "expected", self.expected, "an evaluation takes time")
        require(self.quantile > timedelta(), "quantile", self.quantile, "an evaluation takes time")


def forecast(project: Project, rules: Rules) -> Forecast:
    """The assumption: setup + sections × base + bids × per bidder + report, one section after the other.

    The quantile is log-normal about the expectation, with the spread that makes the 80 % quantile
    `duration.quantile_factor` times it; at split.forecast_quantile = 4/5 it is exactly that product.
    Both are rounded up to whole minutes.
    """
    sections = sum((section_time(project, rules, s.bidders) for s in project.sections), timedelta())
    expected = max(rules.duration_setup + sections + rules.duration_report, timedelta(minutes=1))
    return Forecast(_minutes_up(Fraction(1), expected), _minutes_up(_factor(rules), expected))


def section_time(project: Project, rules: Rules, bidders: int) -> timedelta:
    """The time that one section with so many bids is assumed to take."""
    base, per_bidder = {
        Category.WORKS: (rules.duration_base_works, rules.duration_per_bidder_works),
        Category.WORKS_LOW_PRICE: (
            rules.duration_base_works_low_price,
            rules.duration_per_bidder_works_low_price,
        ),
        Category.SERVICES: (rules.duration_base_services, rules.duration_per_bidder_services),
        Category.GOODS: (rules.duration_base_goods, rules.duration_per_bidder_goods),
    }[project.category]
    return base + bidders * per_bidder


def assumed_spread(rules: Rules) -> float:
    """The standard deviation of the logarithm that the rule book's factor implies."""
    return log(rules.duration_quantile_factor) / NormalDist().inv_cdf(float(ASSUMED_QUANTILE))


def level_of(rules: Rules) -> float:
    """split.forecast_quantile, kept off the ends."""
    return min(max(float(rules.split_forecast_quantile), 0.01), 0.99)


def _factor(rules: Rules) -> Fraction:
    if rules.split_forecast_quantile == ASSUMED_QUANTILE:
        return rules.duration_quantile_factor
    return Fraction(exp(assumed_spread(rules) * NormalDist().inv_cdf(level_of(rules))))


def _minutes_up(factor: Fraction, time: timedelta) -> timedelta:
    seconds = factor * (time // timedelta(seconds=1))
    return timedelta(minutes=ceil(seconds / 60))
