"""JSON documents of the engine's values: one spelling for each value, strict on the way in.

Every document names its format, such as "yidi/plan/1"; JSON Schemas stand in `docs/schemas/`. Times are ISO 8601
in Beijing time, durations "PT90M", sets are sorted lists. An unknown, missing, repeated or mistyped field is
refused with its place.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from api.files.formats import (
    FORMATS,
    DrawRequest,
    PeopleDocument,
    ProblemDocument,
    WorldDocument,
)
from scheduler.errors import BadInput, require
from scheduler.people import Pool
from scheduler.planning import Problem
from scheduler.rules import RuleBook
from scheduler.synthetic import World
from scheduler.timeline import ZONE

__all__ = [
    "DrawRequest",
    "dump",
    "file_name",
    "load",
    "load_problem",
    "load_world",
    "people_document",
    "problem_document",
    "read_json",
    "world_document",
]

T = TypeVar("T")


def dump(value: Any) -> str:
    """The document of a value, the same bytes for equal values."""
    kind = next(name for name, own in FORMATS.items() if isinstance(value, own))
    return json.dumps({"format": kind, **to_plain(value)}, ensure_ascii=False, indent=1) + "\n"


def load(kind: type[T], text: str | bytes) -> T:
    """The value in a document; raises `BadInput` naming the place, the value and the rule."""
    name = next(name for name, own in FORMATS.items() if own is kind)
    document = read_json(text)
    given = document.pop("format", None) if isinstance(document, dict) else document
    if given != name:
        raise BadInput("format", given if given is None else str(given)[:60], f"a document of format {name}")
    try:
        value: T = _reader(name).validate_json(json.dumps(document), strict=True)
        _refuse_unknown(document, to_plain(value), "")
    except ValidationError as refused:
        first = refused.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "document"
        if first["type"] == "missing":
            raise BadInput(place, None, "is missing") from None
        raise BadInput(place, str(first.get("input"))[:60], first["msg"]) from None
    except OverflowError as flaw:
        raise BadInput("document", str(flaw), "times and durations that a calendar knows") from None
    return value


def read_json(text: str | bytes) -> Any:
    """The JSON value in a text; raises `BadInput` for anything else, and when an object repeats a name."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as flaw:
        raise BadInput("document", str(flaw), "valid JSON") from None


def problem_document(problem: Problem) -> str:
    """The document of a problem."""
    return dump(document_of(problem))


def load_problem(text: str | bytes) -> Problem:
    """The problem in a document."""
    return problem_of(load(ProblemDocument, text))


def document_of(problem: Problem) -> ProblemDocument:
    """The problem as its document holds it."""
    own = {each.name: getattr(problem, each.name) for each in fields(ProblemDocument) if each.name != "rules"}
    return ProblemDocument(rules=problem.rule_book.text, **own)


def problem_of(document: ProblemDocument) -> Problem:
    """The problem that a document holds."""
    own = {each.name: getattr(document, each.name) for each in fields(document) if each.name != "rules"}
    return Problem(rule_book=RuleBook.parse(document.rules, "rules"), **own)


def world_document(world: World) -> str:
    """The document of a world, without names."""
    return dump(WorldDocument(world.centres, world.venues, world.pool.experts, world.organisations))


def people_document(world: World) -> str:
    """The document of who a world's experts are."""
    return dump(PeopleDocument(world.people))


def load_world(text: str | bytes, people: str | bytes | None = None) -> World:
    """The world in a document, with the names in another if there is one; raises `BadInput` for an id given twice."""
    parts = load(WorldDocument, text)
    _ids_come_once("centre_id", (centre.centre_id for centre in parts.centres))
    _ids_come_once("venue_id", (venue.venue_id for venue in parts.venues))
    _ids_come_once("room_id", (room.room_id for venue in parts.venues for room in venue.rooms))
    known = load(PeopleDocument, people).people if people is not None else ()
    return World(parts.centres, parts.venues, Pool.of(parts.experts), parts.organisations, known)


def _ids_come_once(field: str, ids: Iterable[str]) -> None:
    """The service knows centres, venues and rooms by id alone: of two with one id the first would be lost."""
    seen: set[str] = set()
    for one in ids:
        require(one not in seen, field, one, "an id comes once in a world")
        seen.add(one)


def file_name(project_id: str) -> str:
    """The id as a name that is safe in any file system, different for different ids."""
    safe = "".join(char if char.isalnum() or char in "-_" else "-" for char in project_id)[:40]
    return safe if safe == project_id else f"{safe}-{hashlib.sha256(project_id.encode()).hexdigest()[:8]}"


def to_plain(value: Any) -> Any:
    """The value in JSON's terms."""
    match value:
        case Enum():
            plain: Any = value.value
        case datetime():
            plain = value.astimezone(ZONE).isoformat()
        case date() | time():
            plain = value.isoformat()
        case timedelta():
            plain = _duration(value)
        case Fraction():
            plain = str(value)
        case frozenset():
            plain = sorted(
                (to_plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True)
            )
        case tuple() | list():
            plain = [to_plain(item) for item in value]
        case _ if is_dataclass(value):
            plain = {each.name: to_plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            plain = value
    return plain


def _duration(length: timedelta) -> str:
    """Minutes when they are whole, else seconds to the microsecond."""
    minutes, rest = divmod(length, timedelta(minutes=1))
    if not rest:
        return f"PT{minutes}M"
    whole, micro = divmod(length, timedelta(seconds=1))
    return f"PT{whole}.{micro // timedelta(microseconds=1):06d}S"


@cache
def _reader(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(FORMATS[name])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is given twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


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
