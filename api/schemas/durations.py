"""How good forecasts of durations have been, on the wire."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel

from models.durations import DurationModelRow
from scheduler.estimate.history import CONFORMAL, FEWEST


class StratumView(BaseModel):
    """Forecasts of one kind beside what the rule book's assumption would have said of the same evaluations.

    `coverage` is the share that the quantile was enough for, `pinball` its mean loss in minutes, `slack` the median
    of the minutes left over. With `few` records none of this is to be relied on.
    """

    group: Literal["all", "category", "size", "centre"]
    name: str
    records: int
    few: bool
    coverage: float
    pinball: float
    slack: float
    assumed_coverage: float
    assumed_pinball: float


class DurationsView(BaseModel):
    """The model of durations in use and its calibration by rolling origin (each judged by what came before it).

    `basis` is the rule book's assumption until `fewest` evaluations are finished; with less than `conformal` records
    the quantile is a normal one, widened.
    """

    basis: Literal["assumption", "history"]
    finished: int
    fewest: int = FEWEST
    conformal: int = CONFORMAL
    version: int | None = None
    durations_digest: str = ""
    records: int = 0
    trained_at: datetime | None = None
    level: float | None = None
    strata: list[StratumView] = []

    @classmethod
    def of(cls, row: DurationModelRow | None, finished: int, centres: frozenset[str] | None) -> Self:
        """What is shown of the model; of the centres only these, or all."""
        if row is None:
            return cls(basis="assumption", finished=finished)
        strata: list[dict[str, Any]] = row.calibration["strata"]
        return cls(
            basis="history",
            finished=finished,
            version=row.version,
            durations_digest=row.digest,
            records=row.records,
            trained_at=row.trained_at,
            level=row.calibration["level"],
            strata=[
                StratumView(**stratum)
                for stratum in strata
                if stratum["group"] != "centre" or centres is None or stratum["name"] in centres
            ],
        )
