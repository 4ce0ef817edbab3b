"""The forecast of a running evaluation, narrower with each finished section, and the 22:00 watch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import exp, log, sqrt
from statistics import NormalDist

from scheduler.errors import require
from scheduler.estimate.assumption import Forecast, assumed_spread, level_of, section_time
from scheduler.projects import Project
from scheduler.rules import Rules

MINUTE = timedelta(minutes=1)
SHARED = 0.7
"""Share of the log-variance that all sections of a panel have in common: its own speed (an assumption)."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A section that the panel is done with, and the working time it took."""

    section_id: str
    taken: timedelta

    def __post_init__(self) -> None:
        require(self.taken > timedelta(), "taken", self.taken, "a section takes time")


@dataclass(frozen=True, slots=True)
class Remaining:
    """The work that is left: log-normal, by the mean and deviation of its logarithm; zero minutes when done."""

    median: float
    """Minutes."""
    spread: float

    def quantile(self, level: float) -> float:
        """Minutes that are enough with probability `level`."""
        return self.median * exp(self.spread * NormalDist().inv_cdf(level)) if self.median else 0.0

    def passes(self, minutes: float) -> float:
        """The probability that it takes longer than so many minutes."""
        if not self.median or minutes <= 0:
            return float(bool(self.median))
        return 1 - NormalDist().cdf(log(minutes / self.median) / self.spread)


def remaining(
    project: Project,
    rules: Rules,
    finished: Sequence[Finished],
    worked: timedelta,
    log_ratio: float = 0.0,
    spread: float | None = None,
) -> Remaining:
    """What is left of a running evaluation that has worked for `worked`, sections finished as listed.

    The panel's speed, the ratio of taken to assumed time, is a normal logarithm about `log_ratio` (history's)
    that each finished section updates (normal-normal Bayes). Sections' distributions are combined by moments
    (Fenton 1960); their quantiles are never added.
    """
    variance = (assumed_spread(rules) if spread is None else spread) ** 2
    shared, own = variance * SHARED, variance * (1 - SHARED)
    done = {entry.section_id: entry.taken for entry in finished}
    mean, doubt = log_ratio, shared
    for section in project.sections:
        if section.section_id in done:
            assumed = section_time(project, rules, section.bidders)
            seen = log(max(done[section.section_id] / MINUTE, 1e-9) / max(assumed / MINUTE, 1e-9))
            weight = doubt / (doubt + own)
            mean, doubt = mean + weight * (seen - mean), doubt * own / (doubt + own)
    parts = [
        section_time(project, rules, section.bidders) / MINUTE
        for section in project.sections
        if section.section_id not in done
    ]
    # Setup is done once a section is; the section in progress is credited with the work since the last one.
    credit = max(0.0, (worked - sum(done.values(), timedelta())) / MINUTE - rules.duration_setup / MINUTE)
    if not done and worked < rules.duration_setup:
        parts.append((rules.duration_setup - worked) / MINUTE)
    parts.append(rules.duration_report / MINUTE)
    total = sum(parts)
    # Moments of a sum of log-normals with a common speed and errors of their own.
    squares = sum(part * part for part in parts)
    ratio = 1 + squares / max(total * total, 1e-12) * (exp(own) - 1)
    median = max(0.0, total * exp(mean + own / 2) / sqrt(ratio) - credit)
    floor = rules.duration_report / MINUTE * exp(mean) * 0.5
    return Remaining(max(median, floor), sqrt(doubt + log(ratio)))


def live_forecast(rest: Remaining, worked: timedelta, rules: Rules) -> Forecast:
    """The whole working time: what is done, and what is left."""
    expected = worked + timedelta(minutes=round(rest.quantile(0.5)))
    quantile = worked + timedelta(minutes=round(rest.quantile(level_of(rules))))
    return Forecast(max(expected, MINUTE), max(quantile, MINUTE))


class Alarm(StrEnum):
    """How near a running evaluation is to passing 22:00."""

    CALM = "calm"
    WATCH = "watch"
    WARN = "warn"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Watch:
    """The 22:00 watch of one running evaluation at one moment."""

    probability: float
    """That it ends after the line."""
    alarm: Alarm


def watch(rest: Remaining, now: datetime, worked: timedelta, rules: Rules) -> Watch:
    """The probability of passing split.cutoff_local_time, breaks counted, and what to do about it.

    WATCH from the risk that the rule book accepts (1 - split.forecast_quantile); WARN when passing is likelier
    than not; SPLIT, to propose the split, when it is as good as certain, or likely at a time of
    split.runtime_check or later. `now` carries the rules' local zone.
    """
    cutoff = datetime.combine(now.date(), rules.split_cutoff_local_time, now.tzinfo)
    minutes = _work_until(cutoff - now, worked, rules) / MINUTE
    probability = rest.passes(minutes)
    level = level_of(rules)
    late = (
        any(now.time() >= check for check in rules.split_runtime_check)
        if rules.split_runtime_check
        else False
    )
    if probability > level or (late and probability > 0.5):
        alarm = Alarm.SPLIT
    elif probability > 0.5:
        alarm = Alarm.WARN
    elif probability > 1 - level:
        alarm = Alarm.WATCH
    else:
        alarm = Alarm.CALM
    return Watch(probability, alarm)


def _work_until(span: timedelta, worked: timedelta, rules: Rules) -> timedelta:
    """The work that a time span holds when breaks fall after each eval.break_every of work since the start."""
    done = timedelta()
    every = rules.eval_break_every
    if every <= timedelta():
        return max(span, done)
    stretch = every - worked % every
    while span > timedelta():
        step = min(span, stretch)
        done, span = done + step, span - step - rules.eval_break_length
        stretch = every
    return done
