"""How good forecasts were: each record judged by a model that knew only what came before it (rolling origin)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp
from statistics import NormalDist

from scheduler.estimate.history import Model, Record, fit

STEP = 25
"""Records between refits."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Forecasts of one kind: how many, the share within the quantile, pinball loss and slack in minutes."""

    name: str
    records: int
    coverage: float
    pinball: float
    slack: float
    """Median minutes between the quantile and what was taken."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The quantile's record: for all, by category, and by few or many sections; and the assumption's beside it."""

    level: float
    strata: tuple[Stratum, ...]
    assumption: Stratum


def calibrate(records: Sequence[Record], level: float, spread: float) -> Calibration:
    """The calibration of forecasts at `level`, the assumption having log-deviation `spread`.

    Pinball loss is the proper score of a quantile: level × shortfall, or (1 - level) × excess.
    """
    ordered = sorted(
        records, key=lambda r: (r.finished_on, r.centre_id, r.category, r.sections, r.bids, r.taken)
    )
    judged: list[tuple[Record, float]] = []
    model: Model | None = None
    for nth, record in enumerate(ordered):
        if nth % STEP == 0:
            model = fit(ordered[:nth])
        if model is not None:
            ratio = model.ratio(record.centre_id, record.category, record.sections, record.bids)
            judged.append((record, _minutes(record) * exp(ratio + model.margin(level))))
    assumed = [(r, _minutes(r) * exp(spread * NormalDist().inv_cdf(level))) for r, _ in judged]
    return Calibration(level, tuple(_strata(judged, level)), _stratum("assumption", assumed, level))


def _strata(judged: list[tuple[Record, float]], level: float) -> Iterator[Stratum]:
    yield _stratum("all", judged, level)
    for category in sorted({record.category for record, _ in judged}):
        yield _stratum(category, [entry for entry in judged if entry[0].category == category], level)
    yield _stratum("1 section", [entry for entry in judged if entry[0].sections == 1], level)
    yield _stratum("2 or more sections", [entry for entry in judged if entry[0].sections > 1], level)


def _stratum(name: str, judged: Sequence[tuple[Record, float]], level: float) -> Stratum:
    errors = sorted(quantile - record.taken.total_seconds() / 60 for record, quantile in judged)
    count = len(errors)
    if not count:
        return Stratum(name, 0, 0.0, 0.0, 0.0)
    loss = sum((1 - level) * error if error >= 0 else -level * error for error in errors)
    within = sum(error >= 0 for error in errors)
    return Stratum(name, count, within / count, loss / count, errors[count // 2])


def _minutes(record: Record) -> float:
    return record.assumed.total_seconds() / 60
