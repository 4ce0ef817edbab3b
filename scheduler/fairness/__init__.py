"""Statistics over past draws (抽取公平性): were they as even as their stated chances promise?"""

from scheduler.fairness.certificates import common_seed, past_draw
from scheduler.fairness.findings import (
    ExpertFinding,
    GroupFinding,
    GroupKind,
    Inequality,
    LookBack,
    PairFinding,
    RegularFinding,
    Repeats,
    Spread,
    Verdict,
)
from scheduler.fairness.history import PastDraw, Stratum
from scheduler.fairness.lookback import look_back

__all__ = [
    "ExpertFinding",
    "GroupFinding",
    "GroupKind",
    "Inequality",
    "LookBack",
    "PairFinding",
    "PastDraw",
    "RegularFinding",
    "Repeats",
    "Spread",
    "Stratum",
    "Verdict",
    "common_seed",
    "look_back",
    "past_draw",
]
