"""From a rule book's text to its rows: any flaw is refused by file, line, name, value and rule."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any, get_args

from scheduler.errors import BadRules
from scheduler.projects import ProcurementKind
from scheduler.rules.agreement import disagreements
from scheduler.rules.ranges import UNITS, written
from scheduler.rules.rows import MANDATORY, NAMES, Row, is_for_all_kinds, plain, ranges, title

STRENGTHS = frozenset("LRSPA")
"""L law or regulation, R ministry rule, S seed plan, P local practice, A assumption."""

ROW_KEYS = frozenset(
    ("value", "strength", "source", "effective_from", "effective_to", "kind", "region", "note")
)


def read(text: str, file: str) -> tuple[str, dict[str, list[Row]]]:
    """The version and the rows of each parameter; raises `BadRules`."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as flaw:
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
            if name not in NAMES or title(name) != f"{group}.{parameter}" or not isinstance(entries, list):
                raise BadRules(
                    file, reader.line(f"{group}.{parameter}"), f"{group}.{parameter}", "unknown parameter"
                )
            rows[name] = reader.rows(name, entries)
    for name in NAMES:
        if name in MANDATORY and not rows.get(name):
            raise BadRules(file, 1, title(name), "missing parameter")
    for name, row, rule in disagreements(rows):
        raise BadRules(file, row.line, title(name), rule, written(row.value))
    return version, rows


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

    def rows(self, name: str, entries: list[Any]) -> list[Row]:
        """The rows of one parameter, of which no two hold from one day for the same kind and region."""
        found: dict[tuple[Any, ...], Row] = {}
        for nth, entry in enumerate(entries):
            row = self.row(name, nth, entry)
            if (other := found.setdefault((row.kind, row.region, row.effective_from), row)) is not row:
                rule = f"the row of line {other.line} holds from the same day for the same kind and region"
                raise BadRules(self.file, row.line, title(name), rule, written(row.value))
        return list(found.values())

    def row(self, name: str, nth: int, entry: Any) -> Row:
        """One row, each of whose keys is as it must be."""
        line = self.line(title(name), nth)

        def demand(holds: bool, key: str, rule: str) -> None:
            if not holds:
                raise BadRules(self.file, line, title(name), f"{key}: {rule}", written(entry.get(key)))

        if not isinstance(entry, dict):
            raise BadRules(
                self.file, line, title(name), "a row is a table with its value and source", written(entry)
            )
        for key in sorted(entry.keys() - ROW_KEYS):
            demand(False, key, f"unknown key; a row has {', '.join(sorted(ROW_KEYS))}")
        for key in ("value", "strength", "source", "effective_from"):
            if key not in entry:
                raise BadRules(self.file, line, title(name), f"a row gives its {key}")
        strength, source, region = entry["strength"], entry["source"], entry.get("region", "")
        since, until, kind = entry["effective_from"], entry.get("effective_to"), entry.get("kind")
        demand(_one_of(strength, STRENGTHS), "strength", f"one of {', '.join(sorted(STRENGTHS))}")
        demand(isinstance(source, str) and bool(source.strip()), "source", "a row names its source")
        demand(type(since) is date, "effective_from", "a date such as 2026-01-01")
        demand(type(until) in (date, type(None)), "effective_to", "a date such as 2026-01-01")
        demand(until is None or until >= since, "effective_to", f"not before effective_from, {since}")
        demand(
            isinstance(region, str) and re.fullmatch("[0-9]{0,6}", region) is not None,
            "region",
            "up to 6 digits, the beginning of a GB/T 2260 code",
        )
        kinds = tuple(each.value for each in ProcurementKind)
        demand(kind is None or _one_of(kind, kinds), "kind", f"one of {', '.join(kinds)}")
        demand(kind is None or not is_for_all_kinds(name), "kind", "one value for all kinds of procurement")
        return Row(
            value=self.value(name, line, entry["value"]),
            strength=strength,
            source=source,
            effective_from=since,
            effective_to=until,
            kind=None if kind is None else ProcurementKind(kind),
            region=region,
            line=line,
        )

    def value(self, name: str, line: int, raw: Any) -> Any:
        """The value that is written, of the parameter's type and inside its range."""
        try:
            value = _convert(plain(name), raw)
        except ValueError as flaw:
            raise BadRules(self.file, line, title(name), str(flaw), written(raw)) from None
        items = value if isinstance(value, tuple) else (value,)
        if len(set(items)) < len(items):
            raise BadRules(self.file, line, title(name), "each is listed once", written(raw))
        for allowed in ranges(name):
            if not all(allowed.holds(item) for item in items):
                raise BadRules(self.file, line, title(name), str(allowed), written(raw))
        return value


def _one_of(given: Any, words: Any) -> bool:
    return isinstance(given, str) and given in words


def _duration(raw: Any) -> timedelta:
    match = re.fullmatch(r"([0-9]{1,9}) (s|min|h|d)", raw) if isinstance(raw, str) else None
    try:
        if match:
            return int(match[1]) * UNITS[match[2]]
    except OverflowError:
        pass
    raise ValueError("a duration such as '30 min' (s, min, h, d)")


def _fraction(raw: Any) -> Fraction:
    if not isinstance(raw, str) or not re.fullmatch(r"[0-9]{1,18}(/0*[1-9][0-9]{0,17})?", raw):
        raise ValueError("an exact fraction such as '2/3'")
    return Fraction(raw)


def _clock(raw: Any) -> time:
    if not isinstance(raw, time):
        raise ValueError("a local time such as 22:00:00")
    return raw


def _exactly(kind: type, told: str) -> Callable[[Any], Any]:
    def convert(raw: Any) -> Any:
        if type(raw) is not kind:
            raise ValueError(told)
        return raw

    return convert


_CONVERTERS: dict[Any, Callable[[Any], Any]] = {
    int: _exactly(int, "a whole number"),
    bool: _exactly(bool, "true or false"),
    str: _exactly(str, "a word"),
    Fraction: _fraction,
    timedelta: _duration,
    time: _clock,
}


def _convert(kind: Any, raw: Any) -> Any:
    parts = get_args(kind)
    if Ellipsis in parts:
        if not isinstance(raw, list):
            raise ValueError("a list")
        return tuple(_CONVERTERS[parts[0]](item) for item in raw)
    return _CONVERTERS[parts[0] if parts else kind](raw)
