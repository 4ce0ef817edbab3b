"""Values that are in force together and make no sense together (`NOT_ABOVE`, `BEFORE`)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from scheduler.rules.parameters import BEFORE, NOT_ABOVE
from scheduler.rules.ranges import written
from scheduler.rules.rows import Row, in_force, title

Disagreement = tuple[str, Row, str]
"""The first parameter, its row, and the rule that it breaks."""


def disagreements(rows: Mapping[str, Sequence[Row]]) -> Iterator[Disagreement]:
    """Each pair of rows that are in force together somewhere and turn an order round."""
    for pairs, strictly in ((NOT_ABOVE, False), (BEFORE, True)):
        for first, second in pairs:
            for one, other in _together(rows.get(first, ()), rows.get(second, ())):
                items = one.value if isinstance(one.value, tuple) else (one.value,)
                if any(_after(item, other.value, strictly) for item in items):
                    word = "before" if strictly else "not more than"
                    yield first, one, f"{word} {title(second)}, {written(other.value)} (line {other.line})"


def _after(value: Any, limit: Any, strictly: bool) -> bool:
    return bool(value >= limit if strictly else value > limit)


def _together(first: Sequence[Row], second: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """The pairs of rows that count at once: it is enough to look where and when a row begins or has ended."""
    for region in sorted({row.region for row in (*first, *second)}):
        near = [[row for row in rows if region.startswith(row.region)] for rows in (first, second)]
        both = [row for rows in near for row in rows]
        days = {row.effective_from for row in both}
        days |= {
            row.effective_to + timedelta(days=1) for row in both if row.effective_to not in (None, date.max)
        }
        for kind in sorted({row.kind for row in both}, key=str):
            for on in sorted(days):
                one, other = (in_force(rows, on, region, kind) for rows in near)
                if one is not None and other is not None:
                    yield one, other
