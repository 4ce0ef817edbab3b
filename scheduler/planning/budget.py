"""How much a search may do, and what it tells while it works."""

from dataclasses import dataclass

from scheduler.errors import require


@dataclass(frozen=True, slots=True)
class Budget:
    """Iterations of search, and exact exchanges after it: measures that give the same plan on every machine.

    Exchanges (`search/exchange.py`) are tried where somebody waits on a crowded prefecture's day; each takes some
    three seconds, as long as a few thousand iterations.

    The default suits a province's day; `suited_to` knows what other sizes take. Wall clocks stay outside the
    engine: a caller that must answer by a time passes `stop`, and then the plan depends on the machine; that it
    is legal, and the bound, do not.
    """

    iterations: int = 8_000
    exchanges: int = 0

    def __post_init__(self) -> None:
        require(self.iterations >= 0, "iterations", self.iterations, "a budget is not negative")
        require(self.exchanges >= 0, "exchanges", self.exchanges, "a budget is not negative")

    @classmethod
    def suited_to(cls, projects: int) -> "Budget":
        """What pays for so many projects: some five to ten seconds of one core up to a province's day.

        The few projects of a prefecture crowd in few rooms, where every iteration is quick and the last avoidable
        split is found late; beyond some hundreds each project needs its share. Where a prefecture is so crowded
        that exchanges pay, they take up to two minutes more.
        """
        return cls(max(24_000 - 40 * projects, 8_000, 20 * projects), exchanges=40)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands: its phase, iterations and exchanges done, the best cost and the proven bound."""

    phase: str
    iterations: int
    cost: int
    bound: int
    exchanges: int = 0

    @property
    def gap(self) -> float:
        """How far the cost may be above the best possible, as a share of the cost."""
        return 0.0 if self.cost <= 0 else max(0, self.cost - self.bound) / self.cost
