"""The rule book (规则参数): dated, sourced parameters, parsed once, strictly, frozen and fingerprinted.

`RuleBook.parse` reads TOML in which each `[[group.parameter]]` is one row: a value with its strength, source
and dates, and optionally the kind of procurement and the region (a GB/T 2260 prefix) it holds for.
`RuleBook.at` gives the `Rules` in force on a day. A later revision of a law is a new row.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any, Self

from scheduler.errors import SchedulerError
from scheduler.projects import ProcurementKind
from scheduler.rules.parameters import Rules
from scheduler.rules.reading import read
from scheduler.rules.rows import MANDATORY, NAMES, Row, in_force, title

__all__ = ["Row", "RuleBook", "Rules", "default_rule_book"]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rows, with the text they came from and its digest; both are stored with each plan and draw."""

    version: str
    text: str
    digest: str
    rows: tuple[tuple[str, tuple[Row, ...]], ...]

    @classmethod
    def parse(cls, text: str, file: str = "rules.toml") -> Self:
        """The rule book written in `text`; raises `BadRules` with file, line, name, value and rule on any flaw."""
        version, rows = read(text, file)
        digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        return cls(version, text, digest, tuple((name, tuple(rows[name])) for name in sorted(rows)))

    def at(self, on: date, region: str, kind: ProcurementKind) -> Rules:
        """The rules in force on a day, in a region, for a kind of procurement."""
        rows = dict(self.rows)
        return Rules(**{name: _in_force(name, rows.get(name, ()), on, region, kind) for name in NAMES})

    def value(self, name: str, on: date, region: str, kind: ProcurementKind | None = None) -> Any:
        """One parameter there and then; without a kind, rows for one kind alone do not count.

        Raises `NoRuleInForce` when a mandatory parameter has no row.
        """
        return _in_force(name, dict(self.rows).get(name, ()), on, region, kind)


def _in_force(name: str, rows: tuple[Row, ...], on: date, region: str, kind: ProcurementKind | None) -> Any:
    row = in_force(rows, on, region, kind)
    if row is None and name in MANDATORY:
        raise NoRuleInForce(title(name), on, region, kind)
    return None if row is None else row.value


class NoRuleInForce(SchedulerError):
    """A mandatory parameter has no row for that day, region and kind."""

    code = "no_rule_in_force"

    def __init__(self, parameter: str, on: date, region: str, kind: str | None) -> None:
        super().__init__(parameter, on, region, kind)
        self.parameter, self.on, self.region, self.kind = parameter, on, region, kind

    @property
    def facts(self) -> dict[str, str]:
        return {
            "parameter": self.parameter,
            "on": str(self.on),
            "region": self.region,
            "kind": str(self.kind),
        }

    def __str__(self) -> str:
        kind = self.kind or "every kind"
        return f"{self.parameter}: no value in force on {self.on} in {self.region} for {kind}"


def default_rule_book() -> RuleBook:
    """The rule book that comes with Yidi, with the values of the laws it cites."""
    text = files("scheduler.rules").joinpath("default.toml").read_text(encoding="utf-8")
    return RuleBook.parse(text, "default.toml")
