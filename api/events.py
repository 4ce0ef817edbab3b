"""Events as values: what happened (`Event`), and its place in one topic (`Entry`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `sealed` facts are personal and stay out of the digest chain's clear text."""

    event_id: str
    kind: str
    at: datetime
    actor: str
    facts: Facts
    sealed: Facts | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event at its offset in a topic, and at its position in the ledger."""

    topic: str
    offset: int
    position: int
    event: Event


@dataclass(frozen=True, slots=True)
class Place:
    """Where a topic stands: its last offset, the last one no longer replayable, and the last event's id."""

    head: int
    floor: int
