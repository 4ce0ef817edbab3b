"""The master program of the lottery over patterns, solved in exact fractions.

Maximise the rise t so that each open atom's members sit with chance ≥ level + t, each fixed atom's with its own c:
    Σ_p weight_p · count_p[a] = size_a · (level + t) + slack_a  or  size_a · c_a,    and Σ_p weight_p = 1.
Revised simplex with Bland's rule (1977), which never cycles; the basis is inverted as it goes.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

Column = tuple[str, int]
"""("pattern", number), ("slack", atom), ("rise", 0), or ("unit", row): one that must stay at 0."""

ORDER = ("unit", "rise", "slack", "pattern")
"""Bland's rule needs one order of all columns."""

ZERO, ONE = Fraction(0), Fraction(1)


class Master:
    """The program over the patterns added so far."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes, self.rows = list(sizes), len(sizes) + 1
        self.patterns: list[tuple[int, ...]] = []
        self.level = ZERO
        self.fixed: dict[int, Fraction] = {}
        self.basis: list[Column] = []
        self.inverse: list[list[Fraction]] = []

    def add(self, counts: Sequence[int]) -> None:
        """The pattern can be used from now on."""
        self.patterns.append(tuple(counts))
        if not self.basis:
            self._start([("pattern", 0)])

    def raise_level(self) -> tuple[Fraction, list[Fraction], Fraction]:
        """The highest level with the patterns known, each atom's price, and the most a known pattern is worth."""
        while True:
            costs = [ONE if column == ("rise", 0) else ZERO for column in self.basis]
            duals = [
                sum((cost * row[nth] for cost, row in zip(costs, self.inverse, strict=True) if cost), ZERO)
                for nth in range(self.rows)
            ]
            entering = next((column for column in self._columns() if self._gain(column, duals) > 0), None)
            if entering is None:
                prices = [-dual for dual in duals[:-1]]
                return self.level + self._value(("rise", 0)), prices, duals[-1]
            self._enter(entering)

    def fix(self, atoms: Sequence[int]) -> None:
        """These atoms have the present level for good, and the next is sought above it."""
        used = [column for column in self.basis if column != ("rise", 0) and self._value(column)]
        self.level += self._value(("rise", 0))
        self.fixed.update(dict.fromkeys(atoms, self.level))
        self._start(used)

    def weights(self) -> list[tuple[tuple[int, ...], Fraction]]:
        """The patterns used, with their weights."""
        used = [
            (self.patterns[column[1]], self._value(column)) for column in self.basis if column[0] == "pattern"
        ]
        return sorted((pattern, weight) for pattern, weight in used if weight)

    def _columns(self) -> Iterator[Column]:
        yield ("rise", 0)
        yield from (("slack", atom) for atom in range(len(self.sizes)) if atom not in self.fixed)
        yield from (("pattern", number) for number in range(len(self.patterns)))

    def _vector(self, column: Column) -> list[Fraction]:
        kind, number = column
        if kind == "pattern":
            return [*map(Fraction, self.patterns[number]), ONE]
        vector = [ZERO] * self.rows
        if kind == "rise":
            for atom, size in enumerate(self.sizes):
                vector[atom] = ZERO if atom in self.fixed else Fraction(-size)
        else:
            vector[number] = ONE if kind == "unit" else -ONE
        return vector

    def _right(self) -> list[Fraction]:
        return [size * self.fixed.get(atom, self.level) for atom, size in enumerate(self.sizes)] + [ONE]

    def _value(self, column: Column) -> Fraction:
        if column not in self.basis:
            return ZERO
        row, right = self.inverse[self.basis.index(column)], self._right()
        return sum((part * amount for part, amount in zip(row, right, strict=True)), ZERO)

    def _gain(self, column: Column, duals: Sequence[Fraction]) -> Fraction:
        if column in self.basis:
            return ZERO
        own = ONE if column[0] == "rise" else ZERO
        return own - sum((d * v for d, v in zip(duals, self._vector(column), strict=True) if v), ZERO)

    def _enter(self, column: Column) -> None:
        vector = self._vector(column)
        step = [sum((p * v for p, v in zip(row, vector, strict=True) if v), ZERO) for row in self.inverse]
        right = self._right()
        ratios = []
        for nth, (along, row) in enumerate(zip(step, self.inverse, strict=True)):
            if along > 0 or (along and self.basis[nth][0] == "unit"):
                value = sum((part * amount for part, amount in zip(row, right, strict=True)), ZERO)
                kind, number = self.basis[nth]
                ratios.append((abs(value / along), ORDER.index(kind), number, nth))
        self._pivot(min(ratios)[3], column, step)

    def _pivot(self, at: int, column: Column, step: Sequence[Fraction]) -> None:
        self.basis[at] = column
        divisor = step[at]
        self.inverse[at] = [value / divisor for value in self.inverse[at]]
        for nth, factor in enumerate(step):
            if nth != at and factor:
                pivot = self.inverse[at]
                self.inverse[nth] = [a - factor * b for a, b in zip(self.inverse[nth], pivot, strict=True)]

    def _start(self, used: Sequence[Column]) -> None:
        """A basis that holds what is used, slacks of open atoms, and units where nothing else is left."""
        self.basis = [("unit", row) for row in range(self.rows)]
        self.inverse = [[ONE if row == nth else ZERO for nth in range(self.rows)] for row in range(self.rows)]
        slacks = [("slack", atom) for atom in range(len(self.sizes)) if atom not in self.fixed]
        for column in dict.fromkeys((*sorted(used), *slacks)):
            vector = self._vector(column)
            step = [sum((p * v for p, v in zip(row, vector, strict=True) if v), ZERO) for row in self.inverse]
            free = [nth for nth in range(self.rows) if step[nth] and self.basis[nth][0] == "unit"]
            if free:
                # Rows of fixed atoms have no slack to come: patterns take those first.
                self._pivot(
                    min(free, key=lambda nth: (nth not in self.fixed and nth != self.rows - 1, nth)),
                    column,
                    step,
                )
