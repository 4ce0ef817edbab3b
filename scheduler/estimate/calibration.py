"""How good forecasts were: each record judged by a model that knew only what came before it (rolling origin)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp
from statistics import NormalDist

from scheduler.estimate.history import Model, Record, fit

STEP = 25
"""Records between refits."""
FEW = 30
"""Records below which a stratum's coverage says little: its standard error is above 0.07 at 4/5."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Forecasts of one kind beside the assumption's of the same evaluations.

    Coverage is the share that the quantile was enough for. Pinball loss, in minutes, is the proper score of a
    quantile: level x shortfall, or (1 - level) x excess. Slack is the median of the minutes left over.
    """

    group: str
    """all, category, centre, or size."""
    name: str
    records: int
    few: bool
    """Too few records to judge by."""
    coverage: float
    pinball: float
    slack: float
    assumed_coverage: float
    assumed_pinball: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The record of the quantile `level`: over all, by category, by size and by centre; none before FEWEST."""

    level: float
    strata: tuple[Stratum, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    record: Record
    error: float
    """Minutes between the quantile and what was taken."""
    assumed: float


def calibrate(records: Sequence[Record], level: float, spread: float) -> Calibration:
    """The calibration of forecasts at `level`, the assumption having log-deviation `spread`."""
    ordered = sorted(
        records, key=lambda r: (r.finished_on, r.centre_id, r.category, r.sections, r.bids, r.taken)
    )
    factor = exp(spread * NormalDist().inv_cdf(level))
    judged: list[_Judged] = []
    model: Model | None = None
    margin = 0.0
    for nth, record in enumerate(ordered):
        if nth % STEP == 0 and (model := fit(ordered[:nth])) is not None:
            margin = model.margin(level)
        if model is not None:
            ratio = model.ratio(record.centre_id, record.category, record.sections, record.bids)
            assumed, taken = _minutes(record), record.taken.total_seconds() / 60
            judged.append(_Judged(record, assumed * exp(ratio + margin) - taken, assumed * factor - taken))
    return Calibration(level, tuple(_strata(judged, level)))


def _strata(judged: list[_Judged], level: float) -> Iterator[Stratum]:
    groups: tuple[tuple[str, Callable[[Record], str]], ...] = (
        ("all", lambda record: ""),
        ("category", lambda record: record.category.value),
        ("size", lambda record: _size(record.sections)),
        ("centre", lambda record: record.centre_id),
    )
    for group, key in groups:
        members: dict[str, list[_Judged]] = {}
        for entry in judged:
            members.setdefault(key(entry.record), []).append(entry)
        for name, entries in sorted(members.items()):
            yield _stratum(group, name, entries, level)


def _size(sections: int) -> str:
    """One section, two or three, or more."""
    return "1" if sections == 1 else "2-3" if sections <= 3 else "4+"


def _stratum(group: str, name: str, entries: Sequence[_Judged], level: float) -> Stratum:
    errors = sorted(entry.error for entry in entries)
    assumed = [entry.assumed for entry in entries]
    count = len(errors)
    return Stratum(
        group=group,
        name=name,
        records=count,
        few=count < FEW,
        coverage=sum(error >= 0 for error in errors) / count,
        pinball=_pinball(errors, level),
        slack=errors[count // 2],
        assumed_coverage=sum(error >= 0 for error in assumed) / count,
        assumed_pinball=_pinball(assumed, level),
    )


def _pinball(errors: Sequence[float], level: float) -> float:
    return sum((1 - level) * error if error >= 0 else -level * error for error in errors) / len(errors)


def _minutes(record: Record) -> float:
    return record.assumed.total_seconds() / 60
