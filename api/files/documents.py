"""JSON documents of the engine's values: one spelling for each value, strict on the way in.

Every document names its format, such as "yidi/plan/1"; JSON Schemas stand in `docs/schemas/`. Times are ISO 8601,
durations "PT90M", sets are sorted lists. An unknown or missing field is refused with its place.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from scheduler.draw import Slot
from scheduler.eligibility import Engagement
from scheduler.errors import BadInput
from scheduler.people import Expert, Pool
from scheduler.planning import (
    Commitment,
    Distance,
    PairCount,
    Plan,
    Problem,
    Quota,
    Session,
    Supply,
    SupportCount,
    Wishes,
)
from scheduler.projects import Project
from scheduler.rules import RuleBook
from scheduler.synthetic import World
from scheduler.timeline import WorkCalendar
from scheduler.venues import Venue

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProblemParts:
    """A problem as its document holds it: the rule book as text."""

    projects: tuple[Project, ...]
    venues: tuple[Venue, ...]
    calendar: WorkCalendar
    rules: str
    commitments: tuple[Commitment, ...] = ()
    pair_history: tuple[PairCount, ...] = ()
    support_history: tuple[SupportCount, ...] = ()
    supply: tuple[Supply, ...] = ()
    distances: tuple[Distance, ...] = ()
    quotas: tuple[Quota, ...] = ()
    durations: tuple[tuple[str, timedelta], ...] = ()
    wishes: Wishes = Wishes()  # noqa: RUF009 - frozen
    seed: int = 0


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """All that one draw needs: the project, its slots and sessions, the pool, and where its experts are engaged."""

    draw_id: str
    project: Project
    slots: tuple[Slot, ...]
    sessions: tuple[Session, ...]
    experts: tuple[Expert, ...]
    rules: str
    centre_id: str = ""
    engagements: tuple[Engagement, ...] = ()

    @property
    def pool(self) -> Pool:
        """The pool of the request."""
        return Pool.of(self.experts)


FORMATS: Mapping[str, type] = {
    "yidi/problem/1": ProblemParts,
    "yidi/plan/1": Plan,
    "yidi/draw-request/1": DrawRequest,
    "yidi/world/1": World,
}


def dump(value: Any) -> str:
    """The document of a value, the same bytes for equal values."""
    kind = next(name for name, own in FORMATS.items() if isinstance(value, own))
    return json.dumps({"format": kind, **to_plain(value)}, ensure_ascii=False, indent=1) + "\n"


def load(kind: type[T], text: str | bytes) -> T:
    """The value in a document; raises `BadInput` naming the place, the value and the rule."""
    name = next(name for name, own in FORMATS.items() if own is kind)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as flaw:
        raise BadInput("document", str(flaw), "valid JSON") from None
    if not isinstance(document, dict) or document.pop("format", None) != name:
        raise BadInput("format", str(document)[:60], f"a document of format {name}")
    try:
        value = TypeAdapter(kind).validate_python(document)
    except ValidationError as refused:
        first = refused.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "document"
        raise BadInput(place, str(first.get("input"))[:60], first["msg"]) from None
    _refuse_unknown(document, to_plain(value), "")
    return value


def problem_document(problem: Problem) -> str:
    """The document of a problem."""
    own = {
        field.name: getattr(problem, field.name) for field in fields(ProblemParts) if field.name != "rules"
    }
    return dump(ProblemParts(rules=problem.rule_book.text, **own))


def load_problem(text: str | bytes) -> Problem:
    """The problem in a document."""
    parts = load(ProblemParts, text)
    own = {field.name: getattr(parts, field.name) for field in fields(parts) if field.name != "rules"}
    return Problem(rule_book=RuleBook.parse(parts.rules, "rules"), **own)


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a format."""
    schema = TypeAdapter(FORMATS[name]).json_schema()
    schema["properties"] = {"format": {"const": name}, **schema["properties"]}
    schema["required"] = ["format", *schema.get("required", [])]
    for part in (schema, *schema.get("$defs", {}).values()):
        if part.get("type") == "object":
            part["additionalProperties"] = False
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name}
    return {**head, **{key: value for key, value in schema.items() if key != "title"}}


def file_name(project_id: str) -> str:
    """The id as a name that is safe in any file system, different for different ids."""
    safe = "".join(char if char.isalnum() or char in "-_" else "-" for char in project_id)[:80]
    return safe if safe == project_id else f"{safe}-{hashlib.sha256(project_id.encode()).hexdigest()[:8]}"


def to_plain(value: Any) -> Any:
    """The value in JSON's terms."""
    match value:
        case Enum():
            plain: Any = value.value
        case datetime() | date() | time():
            plain = value.isoformat()
        case timedelta():
            plain = f"PT{value // timedelta(minutes=1)}M"
        case Fraction():
            plain = str(value)
        case frozenset():
            plain = sorted(
                (to_plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True)
            )
        case tuple() | list():
            plain = [to_plain(item) for item in value]
        case _ if is_dataclass(value):
            plain = {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            plain = value
    return plain


def _refuse_unknown(given: Any, known: Any, place: str) -> None:
    """Raise `BadInput` for a field that the value read does not have."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name in given:
            if name not in known:
                raise BadInput(f"{place}{name}", str(given[name])[:60], "is not a field of the format")
            _refuse_unknown(given[name], known[name], f"{place}{name}.")
    elif isinstance(given, list) and isinstance(known, list):
        for nth, (item, own) in enumerate(zip(given, known, strict=False)):
            _refuse_unknown(item, own, f"{place}{nth}.")
