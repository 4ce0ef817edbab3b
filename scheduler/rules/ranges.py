"""What values of a parameter make sense, and how values and ranges are written."""

from dataclasses import dataclass
from datetime import time, timedelta
from fractions import Fraction
from typing import Any, Generic, TypeVar

Value = TypeVar("Value", int, Fraction, timedelta)

UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "min": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}


@dataclass(frozen=True, slots=True)
class Between(Generic[Value]):
    """Values from `least` to `most`; `above`: more than `least`; `step`: whole multiples of it."""

    least: Value
    most: Value
    above: bool = False
    step: Value | None = None

    def holds(self, value: Any) -> bool:
        """Whether the value makes sense."""
        reaches = value > self.least if self.above else value >= self.least
        return bool(reaches and value <= self.most and (self.step is None or not value % self.step))

    def __str__(self) -> str:
        first, most = written(self.least), written(self.most)
        told = f"more than {first} and at most {most}" if self.above else f"from {first} to {most}"
        return told if self.step is None else f"{told}, in steps of {written(self.step)}"


@dataclass(frozen=True, slots=True)
class WholeMinutes:
    """Times of the day without seconds: the planner counts in minutes."""

    def holds(self, value: time) -> bool:
        """Whether the value makes sense."""
        return value.second == value.microsecond == 0

    def __str__(self) -> str:
        return "a time in whole minutes"


@dataclass(frozen=True, slots=True)
class OneOf:
    """The words that code tells apart: a mistyped one would quietly mean another."""

    words: frozenset[str]

    def holds(self, value: str) -> bool:
        """Whether the value makes sense."""
        return value in self.words

    def __str__(self) -> str:
        return f"one of {', '.join(sorted(self.words))}"


@dataclass(frozen=True, slots=True)
class ForAllKinds:
    """No value of its own for one kind of procurement: a plan weighs projects of all kinds together."""


Range = Between[Any] | WholeMinutes | OneOf


def words(*allowed: str) -> OneOf:
    """One of these words."""
    return OneOf(frozenset(allowed))


def written(value: Any) -> str:
    """A value as a rule book writes it."""
    if isinstance(value, timedelta):
        unit, size = next((u for u in UNITS.items() if not value % u[1]), ("s", UNITS["s"]))
        return "0 min" if not value else f"{value // size} {unit}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(written(item) for item in value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
