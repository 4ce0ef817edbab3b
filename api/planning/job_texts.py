"""Jobs of a plan and their answers as texts, which any machine reads: one spelling for each, no code inside."""

import hashlib
import json
from dataclasses import dataclass, fields
from typing import Any

from pydantic import TypeAdapter

from api.files.documents import document_of, problem_of, to_plain
from api.files.formats import ProblemDocument
from scheduler.planning.outcome import Booking, Plan
from scheduler.planning.problem import Commitment, PairCount
from scheduler.planning.shards.jobs import BoundHomes, HomesBound, Job, PlanPart
from scheduler.planning.shards.repair import Level, Repair, Repaired


@dataclass(frozen=True, slots=True)
class BoundHomesText:
    """What `BoundHomes` is asked."""

    problem: ProblemDocument
    crossing: tuple[str, ...]
    any_crosses: bool


@dataclass(frozen=True, slots=True)
class PlanPartText:
    """What `PlanPart` is asked."""

    problem: ProblemDocument
    iterations: int
    wished: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class RepairText:
    """What `Repair` is asked."""

    problem: ProblemDocument
    bookings: tuple[Booking, ...]
    about: tuple[str, ...]
    levels: tuple[Level, ...]
    met: tuple[PairCount, ...]
    limits: tuple[tuple[str, int], ...]
    digits: int
    iterations: int


_JOBS: dict[str, tuple[Any, TypeAdapter[Any], TypeAdapter[Any]]] = {
    "homes": (BoundHomes, TypeAdapter(BoundHomesText), TypeAdapter(HomesBound)),
    "part": (PlanPart, TypeAdapter(PlanPartText), TypeAdapter(Plan)),
    "repair": (Repair, TypeAdapter(RepairText), TypeAdapter(Repaired | None)),
}
"""By kind: the job, what it is asked, and what it answers."""


def request_of(job: Job[Any]) -> str:
    """The text that asks for the job, the same for equal jobs."""
    kind = next(name for name, (own, _, _) in _JOBS.items() if isinstance(job, own))
    asked = {each.name: getattr(job, each.name) for each in fields(job)}  # type: ignore[arg-type]
    plain = {name: to_plain(value) for name, value in (asked | {"problem": document_of(job.problem)}).items()}
    return json.dumps([kind, plain], ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def job_of(request: str) -> Job[Any]:
    """The job that a text asks for."""
    kind, plain = json.loads(request)
    act, reader, _ = _JOBS[kind]
    asked = reader.validate_json(json.dumps(plain), strict=True)
    given = {each.name: getattr(asked, each.name) for each in fields(asked) if each.name != "problem"}
    made: Job[Any] = act(problem=problem_of(asked.problem), **given)
    return made


def id_of(request: str) -> str:
    """The fingerprint of a request."""
    return "sha256:" + hashlib.sha256(request.encode()).hexdigest()


def answer_text(answer: object) -> str:
    """The answer as a text."""
    return json.dumps(to_plain(answer), ensure_ascii=False, separators=(",", ":"))


def answer_of(job: Job[Any], text: str) -> Any:
    """The answer to a job in a text."""
    reader = next(reader for own, _, reader in _JOBS.values() if isinstance(job, own))
    return reader.validate_json(text, strict=True)
