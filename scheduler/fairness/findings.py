"""What a look back finds: per expert, per group, per pair, and over all."""

from dataclasses import dataclass
from enum import StrEnum


class GroupKind(StrEnum):
    """How candidacies are grouped: all, by asking centre, by specialty asked for, by the candidate's employer."""

    ALL = "all"
    CENTRE = "centre"
    SPECIALTY = "specialty"
    EMPLOYER = "employer"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A p-value, and what is left of it after correction for all tests of its family (Holm; Benjamini-Hochberg)."""

    p: float
    holm: float
    fdr: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the most and the Gini coefficient of one number per expert."""

    least: float
    most: float
    gini: float


@dataclass(frozen=True, slots=True)
class ExpertFinding:
    """How often an expert was drawn, against the sum of the chances in the `draws` the expert could be drawn in."""

    expert_id: str
    draws: int
    expected: float
    observed: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RegularFinding:
    """How often one expert was drawn for one centre; the verdict asks only whether too often (常委专家)."""

    expert_id: str
    centre_id: str
    draws: int
    expected: float
    observed: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PairFinding:
    """How often two experts met on panels of draws one of them was drawn in; `p` is corrected for all pairs.

    `expected` is the average over the replays.
    """

    one: str
    other: str
    together: int
    expected: float
    p: float


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """A group's draws together (`count`), and how evenly they fell among its experts (`within`).

    `exact` tells whether the verdict on the count is computed exactly or by Monte Carlo.
    """

    kind: GroupKind
    name: str
    experts: int
    draws: int
    expected: float
    observed: int
    exact: bool
    count: Verdict
    within: Verdict
    selections: Spread
    chances: Spread


@dataclass(frozen=True, slots=True)
class Repeats:
    """Pairs of draws in which the same two experts met: found, on average by chance, and the p-value.

    Two who met three times count three: the more one pair repeats, the more it weighs.
    """

    observed: int
    expected: float
    p: float


@dataclass(frozen=True, slots=True)
class Inequality:
    """The Gini coefficient of selections: found, on average by honest chance, and the p-value of one as high."""

    observed: float
    expected: float
    p: float


@dataclass(frozen=True, slots=True)
class LookBack:
    """All findings on a set of draws; lists are ranked, the most striking first.

    `estimated` counts draws whose chances are estimates. `pairs` and `regulars` list those who met, or served one
    centre, at least twice.
    """

    draws: int
    estimated: int
    seats: int
    replays: int
    seed: str
    everyone: GroupFinding
    inequality: Inequality
    repeats: Repeats
    experts: tuple[ExpertFinding, ...]
    groups: tuple[GroupFinding, ...]
    regulars: tuple[RegularFinding, ...]
    pairs: tuple[PairFinding, ...]
