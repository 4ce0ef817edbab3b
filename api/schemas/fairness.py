"""A look back over past draws on the wire and in files: format `yidi/fairness/1`."""

from typing import Literal, Self

from pydantic import BaseModel

from scheduler.fairness import (
    ExpertFinding,
    GroupFinding,
    GroupKind,
    LookBack,
    PairFinding,
    RegularFinding,
    Spread,
    Verdict,
)


class VerdictView(BaseModel):
    """A p-value, and what is left of it after correction (Holm; Benjamini-Hochberg's false discovery rate)."""

    p: float
    holm: float
    fdr: float

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """The view of a verdict."""
        return cls(p=verdict.p, holm=verdict.holm, fdr=verdict.fdr)


class SpreadView(BaseModel):
    """Least, most and Gini coefficient of one number per expert."""

    least: float
    most: float
    gini: float

    @classmethod
    def of(cls, spread: Spread) -> Self:
        """The view of a spread."""
        return cls(least=spread.least, most=spread.most, gini=spread.gini)


class ComparedView(BaseModel):
    """A figure of the draws, its average by honest chance, and the p-value of one as high."""

    observed: float
    expected: float
    p: float


class GroupView(BaseModel):
    """How often a group came up (`count`), and how evenly among its experts (`within`)."""

    kind: GroupKind
    name: str
    experts: int
    draws: int
    expected: float
    observed: int
    exact: bool
    count: VerdictView
    within: VerdictView
    selections: SpreadView
    chances: SpreadView

    @classmethod
    def of(cls, found: GroupFinding) -> Self:
        """The view of a finding on a group."""
        return cls(
            kind=found.kind,
            name=found.name,
            experts=found.experts,
            draws=found.draws,
            expected=found.expected,
            observed=found.observed,
            exact=found.exact,
            count=VerdictView.of(found.count),
            within=VerdictView.of(found.within),
            selections=SpreadView.of(found.selections),
            chances=SpreadView.of(found.chances),
        )


class ExpertCountView(BaseModel):
    """How often an expert was drawn, by the id of the pool, against what the chances say."""

    expert_id: str
    draws: int
    expected: float
    observed: int
    verdict: VerdictView

    @classmethod
    def of(cls, found: ExpertFinding) -> Self:
        """The view of a finding on an expert."""
        return cls(
            expert_id=found.expert_id,
            draws=found.draws,
            expected=found.expected,
            observed=found.observed,
            verdict=VerdictView.of(found.verdict),
        )


class RegularView(BaseModel):
    """How often one expert was drawn for one centre (常委专家)."""

    expert_id: str
    centre_id: str
    draws: int
    expected: float
    observed: int
    verdict: VerdictView

    @classmethod
    def of(cls, found: RegularFinding) -> Self:
        """The view of a finding on an expert at a centre."""
        return cls(
            expert_id=found.expert_id,
            centre_id=found.centre_id,
            draws=found.draws,
            expected=found.expected,
            observed=found.observed,
            verdict=VerdictView.of(found.verdict),
        )


class PairView(BaseModel):
    """How often two experts met; `p` is corrected for all pairs."""

    one: str
    other: str
    together: int
    expected: float
    p: float

    @classmethod
    def of(cls, found: PairFinding) -> Self:
        """The view of a finding on a pair."""
        return cls(
            one=found.one, other=found.other, together=found.together, expected=found.expected, p=found.p
        )


class FairnessView(BaseModel):
    """A look back over past draws; lists are ranked, the most striking first.

    `estimated` counts draws list by list, whose chances are estimates; `unopened` draws left out because their result
    is not public yet; `suppressed` groups not shown because they, or what could be inferred from them, tell of fewer
    than disclose.min_group experts.
    """

    format: Literal["yidi/fairness/1"] = "yidi/fairness/1"
    draws: int
    estimated: int
    seats: int
    unopened: int
    replays: int
    seed: str
    everyone: GroupView
    inequality: ComparedView
    repeats: ComparedView
    groups: list[GroupView]
    suppressed: int
    experts: list[ExpertCountView]
    regulars: list[RegularView]
    pairs: list[PairView]

    @classmethod
    def of(cls, found: LookBack, unopened: int = 0) -> Self:
        """The whole look back, ids and all: for those who may have them."""
        return cls(
            draws=found.draws,
            estimated=found.estimated,
            seats=found.seats,
            unopened=unopened,
            replays=found.replays,
            seed=found.seed,
            everyone=GroupView.of(found.everyone),
            inequality=ComparedView(
                observed=found.inequality.observed, expected=found.inequality.expected, p=found.inequality.p
            ),
            repeats=ComparedView(
                observed=found.repeats.observed, expected=found.repeats.expected, p=found.repeats.p
            ),
            groups=[GroupView.of(group) for group in found.groups],
            suppressed=0,
            experts=[ExpertCountView.of(one) for one in found.experts],
            regulars=[RegularView.of(one) for one in found.regulars],
            pairs=[PairView.of(one) for one in found.pairs],
        )
