"""The forecast of a running evaluation, narrower with each finished section, and the 22:00 watch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import log

from scheduler.errors import require
from scheduler.estimate.assumption import Forecast, assumed_spread, level_of, section_time
from scheduler.estimate.remaining import Panel, Remaining, rest_of
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
    that each finished section updates (normal-normal Bayes). The section under way, the first that is not
    finished, is known to take longer than it has taken so far. The report belongs to the last section:
    what ends it is the report.
    """
    variance = max(assumed_spread(rules) if spread is None else spread, 0.01) ** 2
    shared, own = variance * SHARED, variance * (1 - SHARED)
    done = {entry.section_id: entry.taken for entry in finished}
    mean, doubt = log_ratio, shared
    for section in project.sections:
        if section.section_id in done:
            assumed = max(section_time(project, rules, section.bidders) / MINUTE, 1.0)
            seen = log(max(done[section.section_id] / MINUTE, 1e-9) / assumed)
            weight = doubt / (doubt + own)
            mean, doubt = mean + weight * (seen - mean), doubt * own / (doubt + own)
    parts = [
        max(section_time(project, rules, section.bidders) / MINUTE, 1.0)
        for section in project.sections
        if section.section_id not in done
    ]
    if not parts:
        return Remaining()
    setup, since = rules.duration_setup, worked - sum(done.values(), timedelta())
    report = rules.duration_report / MINUTE
    if len(parts) == 1:
        parts[0] += report
    else:
        parts.append(report)
    ahead = max(timedelta(), setup - worked) / MINUTE if not done else 0.0
    parts += [ahead] if ahead else []
    elapsed = max(0.0, (since - setup) / MINUTE)
    return rest_of(Panel(mean, doubt, own), parts[0], elapsed, parts[1:])


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


def watch(
    rest: Remaining, now: datetime, since: datetime, rules: Rules, later: timedelta = timedelta()
) -> Watch:
    """The probability of passing split.cutoff_local_time in a session since `since`, and what to do about it.

    WATCH above split.watch_probability, WARN above split.warn_probability; SPLIT, to propose the split, above
    split.propose_probability, and from the first of split.runtime_check on already where WARN begins. What sessions
    booked on later days hold (`later`) need not be done before the line. Breaks fall
    after each eval.break_every of work; one that is under way counts for what is left of it. `now` carries the
    rules' local zone.
    """
    cutoff = datetime.combine(now.date(), rules.split_cutoff_local_time, now.tzinfo)
    minutes = (_work_in(cutoff - since, rules) - _work_in(now - since, rules) + later) / MINUTE
    probability = rest.passes(minutes)
    late = any(now.time() >= check for check in rules.split_runtime_check)
    propose = rules.split_warn_probability if late else rules.split_propose_probability
    if probability > propose:
        alarm = Alarm.SPLIT
    elif probability > rules.split_warn_probability:
        alarm = Alarm.WARN
    elif probability > rules.split_watch_probability:
        alarm = Alarm.WATCH
    else:
        alarm = Alarm.CALM
    return Watch(probability, alarm)


def _work_in(span: timedelta, rules: Rules) -> timedelta:
    """The work that a session of that length holds, its breaks taken out."""
    every = rules.eval_break_every
    if every <= timedelta():
        return span
    rounds, rest = divmod(max(span, timedelta()), every + rules.eval_break_length)
    return rounds * every + min(every, rest)
