"""Forecasts of draws on the wire: counts and codes, never who; small groups veiled for those who may not know them."""

from typing import Self

from pydantic import BaseModel

from api.services.forecasts import Forecast
from api.veils import veil, veil_said
from scheduler.draw.explain import Chances, Funnel, Relaxation, wording

Count = int | str
"""A number of experts, or "<3"."""


class SaidView(BaseModel):
    """A code that never changes, its facts, and the sentence in English and Chinese."""

    code: str
    facts: dict[str, str]
    parts: list["SaidView"]
    en: str
    zh: str

    @classmethod
    def of(cls, said: wording.Said, least: int) -> Self:
        """What is said, counts of fewer than `least` veiled."""
        told = veil_said(said, least)
        return cls(
            code=told.code,
            facts=dict(told.facts),
            parts=[cls.of(part, least) for part in told.parts],
            en=told.sentence("en"),
            zh=told.sentence("zh"),
        )


class StageView(BaseModel):
    """Grounds of exclusion, how many they take together, null where that would count a small group, and leave."""

    reasons: list[str]
    excluded: Count | None
    left: Count


class SlotForecast(BaseModel):
    """One slot's funnel from the pool to those eligible."""

    slot_id: str
    venue_id: str
    region: str
    codes: list[str]
    seats: int
    pool: Count | None
    stages: list[StageView]
    eligible: Count
    enough: int
    thin: bool

    @classmethod
    def of(cls, funnel: Funnel, least: int) -> Self:
        """The funnel; grounds that exclude too few to be counted are told together with their neighbours."""
        slot, stages = funnel.slot, _stages(funnel, least)
        # With nothing between them, pool and eligible would give away what is veiled.
        bare = len(stages) == 1 and not isinstance(stages[0].excluded, int)
        return cls(
            slot_id=slot.slot_id,
            venue_id=slot.venue_id,
            region=slot.region,
            codes=sorted(slot.requirement.codes),
            seats=slot.seats,
            pool=None if bare else veil(funnel.pool, least),
            stages=stages,
            eligible=veil(funnel.eligible, least),
            enough=funnel.enough,
            thin=funnel.is_thin,
        )


class ChancesView(BaseModel):
    """How equal the chances would be, as exact fractions, and bounds on the number of possible panels, as text."""

    experts: int
    least: str
    most: str
    gini: str
    panels_least: str
    panels_most: str

    @classmethod
    def of(cls, chances: Chances) -> Self:
        """The figures as text: fractions and numbers of any size."""
        return cls(
            experts=chances.experts,
            least=str(chances.least),
            most=str(chances.most),
            gini=str(chances.gini),
            panels_least=str(chances.panels_least),
            panels_most=str(chances.panels_most),
        )


class RelaxationView(BaseModel):
    """What would make the draw possible: how many single steps, how many more experts, and the steps in words."""

    steps: int
    admitted: Count
    said: SaidView

    @classmethod
    def of(cls, offer: Relaxation, least: int) -> Self:
        """The offer, counts of fewer than `least` veiled."""
        said = SaidView.of(wording.relaxation(offer), least)
        return cls(steps=offer.size, admitted=veil(offer.admitted, least), said=said)


class ForecastView(BaseModel):
    """What a draw now would start from; `warnings` name thin slots and what the search could not tell."""

    project_id: str
    possible: bool
    thin: bool
    shortage: SaidView | None
    warnings: list[SaidView]
    slots: list[SlotForecast]
    relaxations: list[RelaxationView]
    chances: ChancesView | None

    @classmethod
    def of(cls, project_id: str, forecast: Forecast, least: int) -> Self:
        """The forecast, counts of fewer than `least` experts veiled; 0 veils nothing."""
        found = forecast.explanation
        short = wording.shortage(found)
        warnings = [*map(wording.thin_pool, found.thin), *wording.remarks(found)]
        # Chances follow from how many share a seat, so they tell small groups too.
        small = any(funnel.eligible < least for funnel in found.funnels)
        chances = None if forecast.chances is None or small else ChancesView.of(forecast.chances)
        return cls(
            project_id=project_id,
            possible=found.shortage is None,
            thin=bool(found.thin),
            shortage=None if short is None else SaidView.of(short, least),
            warnings=[SaidView.of(said, least) for said in warnings],
            slots=[SlotForecast.of(funnel, least) for funnel in found.funnels],
            relaxations=[RelaxationView.of(offer, least) for offer in found.relaxations],
            chances=chances,
        )


def _stages(funnel: Funnel, least: int) -> list[StageView]:
    shown: list[StageView] = []
    reasons: list[str] = []
    excluded = 0
    for stage in funnel.stages:
        if stage.excluded:
            reasons.append(stage.reason.value)
            excluded += stage.excluded
            if excluded >= least and stage.left >= least:
                shown.append(StageView(reasons=reasons, excluded=excluded, left=stage.left))
                reasons, excluded = [], 0
    if not reasons:
        return shown
    if funnel.eligible < least:
        return [*shown, StageView(reasons=reasons, excluded=None, left=veil(funnel.eligible, least))]
    if not shown:
        return [StageView(reasons=reasons, excluded=veil(excluded, least), left=funnel.eligible)]
    last = shown.pop()
    merged, taken = last.reasons + reasons, int(last.excluded or 0) + excluded
    return [*shown, StageView(reasons=merged, excluded=taken, left=funnel.eligible)]
