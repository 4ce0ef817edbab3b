"""The rule book (规则参数): dated, sourced parameters, parsed once, strictly, frozen and fingerprinted.

`RuleBook.parse` reads TOML in which each `[[group.parameter]]` is one row: a value with its strength, source
and dates, and optionally the kind of procurement and the region (a GB/T 2260 prefix) it holds for.
`RuleBook.at` gives the `Rules` in force on a day. A later revision of a law is a new row.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, time, timedelta
from fractions import Fraction
from importlib.resources import files
from typing import Any, Self, get_args

from scheduler.errors import BadRules, SchedulerError
from scheduler.projects import Exemption, ProcurementKind
from scheduler.rules.parameters import Rules

__all__ = ["RuleBook", "Rules", "default_rule_book"]

STRENGTHS = frozenset("LRSPA")
"""L law or regulation, R ministry rule, S seed plan, P local practice, A assumption."""

ROW_KEYS = frozenset(
    ("value", "strength", "source", "effective_from", "effective_to", "kind", "region", "note")
)

CHOICES = {
    "draw_method": frozenset(("equal", "sequential", "panels")),
    "remote_exempt": frozenset(exemption.value for exemption in Exemption),
    "remote_guest_choice": frozenset(("random", "nearest")),
    "remote_guest_scope": frozenset(("other_county", "other_prefecture")),
    "support_period": frozenset(("month", "year")),
}
"""The words that a parameter may be, where code tells them apart: a mistyped one would quietly mean the other."""

UNITS = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One dated value of one parameter."""

    value: Any
    strength: str
    source: str
    effective_from: date
    effective_to: date | None
    kind: ProcurementKind | None
    region: str

    def holds(self, on: date, region: str, kind: ProcurementKind | None) -> bool:
        """Whether the row is in force there and then."""
        return (
            self.effective_from <= on
            and (self.effective_to is None or on <= self.effective_to)
            and region.startswith(self.region)
            and self.kind in (None, kind)
        )

    @property
    def precedence(self) -> tuple[bool, int, date]:
        """Of several rows in force the kind's own wins, then the narrower region, then the later."""
        return (self.kind is not None, len(self.region), self.effective_from)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rows, with the text they came from and its digest; both are stored with each plan and draw."""

    version: str
    text: str
    digest: str
    rows: tuple[tuple[str, tuple[Row, ...]], ...]

    @classmethod
    def parse(cls, text: str, file: str = "rules.toml") -> Self:
        """The rule book written in `text`; raises `BadRules` with file, line and name on any flaw."""
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as flaw:
            line = re.search(r"line (\d+)", str(flaw))
            raise BadRules(file, int(line[1]) if line else 1, "TOML", str(flaw)) from None
        version = document.pop("version", None)
        if not isinstance(version, str):
            raise BadRules(file, 1, "version", "a rule book names its version")
        reader = _Reader(text, file)
        rows: dict[str, list[Row]] = {}
        for group, parameters in document.items():
            if not isinstance(parameters, dict):
                raise BadRules(file, reader.line(group), group, "unknown parameter")
            for parameter, entries in parameters.items():
                name = f"{group}_{parameter}"
                if name not in _TYPES or not isinstance(entries, list):
                    raise BadRules(
                        file, reader.line(f"{group}.{parameter}"), f"{group}.{parameter}", "unknown parameter"
                    )
                rows[name] = [reader.row(group, parameter, nth, entry) for nth, entry in enumerate(entries)]
        for name, kind in _TYPES.items():
            if name not in rows and type(None) not in get_args(kind):
                raise BadRules(file, 1, name.replace("_", ".", 1), "missing parameter")
        digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        return cls(version, text, digest, tuple((name, tuple(rows[name])) for name in sorted(rows)))

    def at(self, on: date, region: str, kind: ProcurementKind) -> Rules:
        """The rules in force on a day, in a region, for a kind of procurement."""
        rows = dict(self.rows)
        return Rules(**{name: _in_force(name, rows.get(name, ()), on, region, kind) for name in _TYPES})

    def value(self, name: str, on: date, region: str, kind: ProcurementKind | None = None) -> Any:
        """One parameter there and then; without a kind, rows for one kind alone do not count.

        Raises `NoRuleInForce` when a mandatory parameter has no row.
        """
        return _in_force(name, dict(self.rows).get(name, ()), on, region, kind)


def _in_force(name: str, rows: tuple[Row, ...], on: date, region: str, kind: ProcurementKind | None) -> Any:
    holding = [row for row in rows if row.holds(on, region, kind)]
    if holding:
        return max(holding, key=lambda row: row.precedence).value
    if type(None) not in get_args(_TYPES[name]):
        raise NoRuleInForce(name.replace("_", ".", 1), on, region, kind)
    return None


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


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    file: str

    def line(self, name: str, nth: int = 0) -> int:
        """The line of the nth `[[name]]`, or of the first mention of its last part."""
        headers = [
            m.start() for m in re.finditer(rf"^[ \t]*\[\[?\s*{re.escape(name)}\s*\]", self.text, re.MULTILINE)
        ]
        if len(headers) > nth:
            return self.text.count("\n", 0, headers[nth]) + 1
        mention = re.search(rf"^\W*{re.escape(name.rpartition('.')[2])}\b", self.text, re.MULTILINE)
        return self.text.count("\n", 0, mention.end()) + 1 if mention else 1

    def row(self, group: str, parameter: str, nth: int, entry: dict[str, Any]) -> Row:
        name = f"{group}.{parameter}"

        def refuse(rule: str) -> BadRules:
            return BadRules(self.file, self.line(name, nth), name, rule)

        if unknown := sorted(set(entry) - ROW_KEYS):
            raise refuse(f"unknown key {unknown[0]!r}")
        for key in ("value", "strength", "source", "effective_from"):
            if key not in entry:
                raise refuse(f"a row gives its {key}")
        if entry["strength"] not in STRENGTHS:
            raise refuse(f"strength is one of {', '.join(sorted(STRENGTHS))}, not {entry['strength']!r}")
        if not isinstance(entry["source"], str) or not entry["source"]:
            raise refuse("a row names its source")
        for key in ("effective_from", "effective_to"):
            if type(entry.get(key)) not in (date, type(None)):
                raise refuse(f"{key} is a date, such as 2026-01-01")
        try:
            kind = ProcurementKind(entry["kind"]) if "kind" in entry else None
            value = _convert(_TYPES[f"{group}_{parameter}"], entry["value"])
        except ValueError as flaw:
            raise refuse(str(flaw)) from None
        choices = CHOICES.get(f"{group}_{parameter}")
        for given in value if isinstance(value, tuple) else (value,):
            if choices is not None and given not in choices:
                raise refuse(f"one of {', '.join(sorted(choices))}, not {given!r}")
        return Row(
            value=value,
            strength=entry["strength"],
            source=entry["source"],
            effective_from=entry["effective_from"],
            effective_to=entry.get("effective_to"),
            kind=kind,
            region=str(entry.get("region", "")),
        )


def _duration(raw: Any) -> timedelta:
    match = re.fullmatch(r"(\d+) (s|min|h|d)", str(raw))
    if not match:
        raise ValueError(f"{raw!r} is not a duration such as '30 min' (s, min, h, d)")
    return int(match[1]) * UNITS[match[2]]


def _fraction(raw: Any) -> Fraction:
    if not isinstance(raw, str) or not re.fullmatch(r"\d+(/[1-9]\d*)?", raw):
        raise ValueError(f"{raw!r} is not an exact fraction such as '2/3'")
    return Fraction(raw)


def _clock(raw: Any) -> time:
    if not isinstance(raw, time):
        raise ValueError(f"{raw!r} is not a local time such as 22:00:00")
    return raw


def _exactly(kind: type) -> Callable[[Any], Any]:
    def convert(raw: Any) -> Any:
        if type(raw) is not kind:
            raise ValueError(f"{raw!r} is not of type {kind.__name__}")
        return raw

    return convert


_CONVERTERS: dict[Any, Callable[[Any], Any]] = {
    int: _exactly(int),
    bool: _exactly(bool),
    str: _exactly(str),
    Fraction: _fraction,
    timedelta: _duration,
    time: _clock,
}
_TYPES: dict[str, Any] = {field.name: field.type for field in fields(Rules)}


def _convert(kind: Any, raw: Any) -> Any:
    parts = get_args(kind)
    if Ellipsis in parts:
        if not isinstance(raw, list):
            raise ValueError(f"{raw!r} is not a list")
        return tuple(_CONVERTERS[parts[0]](item) for item in raw)
    return _CONVERTERS[parts[0] if parts else kind](raw)
