"""The work that is left of an evaluation, given that its section under way has taken as long as it has.

Sections are log-normal about their assumed times, with the panel's speed in common. That the section under way
is not finished yet says two things: it takes longer than so far (a truncated log-normal), and the panel is
rather slow. Both are in the mixture over the panel's speed that `rest_of` gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, log, sqrt
from statistics import NormalDist

NORMAL = NormalDist()
SPEEDS = 21
"""Speeds of the panel that the mixture tells apart."""
TIMES = 12
"""Equally likely lengths, at each speed, of the section under way."""
PRECISION = 0.1
"""Minutes to which a quantile is found."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What is known of a panel's log-speed (normal), and the log-variance of each section of its own."""

    mean: float
    doubt: float
    own: float


@dataclass(frozen=True, slots=True)
class Case:
    """With probability `weight`: so many minutes of the section under way, then log-normal ones of the others."""

    weight: float
    here: float
    others: float
    """The median of the others; zero when there are none."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """The distribution of the work that is left, as a mixture; without cases nothing is left."""

    cases: tuple[Case, ...] = ()
    spread: float = 0.0
    """The deviation of the logarithm of the others' sum."""

    def quantile(self, level: float) -> float:
        """Minutes that are enough with probability `level`."""
        low, high = 0.0, 1.0
        while self.passes(high) > 1 - level:
            low, high = high, 2 * high
        while high - low > PRECISION:
            middle = (low + high) / 2
            low, high = (middle, high) if self.passes(middle) > 1 - level else (low, middle)
        return high if self.cases else 0.0

    def passes(self, minutes: float) -> float:
        """The probability that it takes longer than so many minutes."""
        if not self.cases or minutes <= 0:
            return float(bool(self.cases))
        scale = self.spread * sqrt(2)
        total = 0.0
        for case in self.cases:
            left = minutes - case.here
            if left <= 0:
                total += case.weight
            elif case.others:
                total += case.weight * erfc(log(left / case.others) / scale) / 2
        return min(total, 1.0)


def rest_of(panel: Panel, here: float, elapsed: float, others: Sequence[float]) -> Remaining:
    """The work left when a part assumed to take `here` minutes has taken `elapsed`, and `others` follow.

    At each speed the part is cut into equally likely lengths beyond `elapsed`, and the others are summed by their
    moments (Fenton 1960). A speed weighs what it did before, times the chance that the part takes that long at it.
    """
    deviation = sqrt(panel.own)
    late = log(max(elapsed, 1e-9) / here)
    # The likeliest speed if the part ended just now: the far end of where speeds need be looked for.
    pulled = panel.doubt / (panel.doubt + panel.own) * max(0.0, late - panel.mean)
    low, high = panel.mean - 4.5 * sqrt(panel.doubt), panel.mean + pulled + 4.5 * sqrt(panel.doubt)
    speeds = [low + (high - low) * nth / (SPEEDS - 1) for nth in range(SPEEDS)]
    weights = [
        -((speed - panel.mean) ** 2) / (2 * panel.doubt) + _log_survival((late - speed) / deviation)
        for speed in speeds
    ]
    top = max(weights)
    shares = [exp(weight - top) for weight in weights]
    whole, total = sum(shares), sum(others)
    squares = sum(other * other for other in others)
    ratio = 1 + squares / max(total * total, 1e-12) * (exp(panel.own) - 1)
    cases = []
    for speed, share in zip(speeds, shares, strict=True):
        if share < 1e-9:
            continue
        beyond = erfc((late - speed) / deviation / sqrt(2)) / 2
        after = total * exp(speed + panel.own / 2) / sqrt(ratio)
        for nth in range(TIMES):
            chance = max(beyond * (TIMES - nth - 0.5) / TIMES, 1e-300)
            length = here * exp(speed - deviation * NORMAL.inv_cdf(min(chance, 1 - 1e-12)))
            cases.append(Case(share / whole / TIMES, max(0.0, length - elapsed), after))
    return Remaining(tuple(cases), sqrt(log(ratio)))


def _log_survival(z: float) -> float:
    """The logarithm of the chance that a standard normal exceeds z; asymptotic where it is below 1e-300."""
    return log(erfc(z / sqrt(2)) / 2) if z < 36 else -z * z / 2 - log(z * sqrt(6.283185307179586))
