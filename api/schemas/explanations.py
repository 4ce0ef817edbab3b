"""Explanations of plans on the wire: other projects appear by their serials only."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from api.services.explanations import Explained
from scheduler.planning.explain import Clash, Clashing, Help
from scheduler.planning.outcome import Booking
from scheduler.planning.said import Said

NAMES = ("projects", "other")
"""Facts that name other projects, several of them with commas between."""


class SentenceView(BaseModel):
    """A code that never changes, its facts, and the sentence in English and Chinese."""

    code: str
    facts: dict[str, str]
    en: str
    zh: str

    @classmethod
    def of(cls, said: Said, serials: Mapping[str, str]) -> Self:
        """What is said, with serials instead of projects."""
        facts = {
            name: ", ".join(serials.get(each, "—") for each in value.split(", "))
            if name in NAMES and value
            else value
            for name, value in said.facts.items()
        }
        told = replace(said, facts=facts)
        return cls(code=said.code, facts=facts, en=told.sentence("en"), zh=told.sentence("zh"))


class PlaceView(BaseModel):
    """When and where the project would sit."""

    start: datetime
    end: datetime
    venue_ids: list[str]
    room_ids: list[str]

    @classmethod
    def of(cls, booking: Booking) -> Self:
        """The place of a booking, home first."""
        return cls(
            start=booking.start,
            end=booking.end,
            venue_ids=[part.venue_id for part in booking.parts],
            room_ids=[part.room_id for part in booking.parts],
        )


class HelpView(BaseModel):
    """What would give the project a better place, and the place; the checker passed it."""

    kind: str
    said: SentenceView
    place: PlaceView

    @classmethod
    def of(cls, found: Help, serials: Mapping[str, str]) -> Self:
        """The help, with serials instead of projects."""
        return cls(
            kind=found.kind, said=SentenceView.of(found.said, serials), place=PlaceView.of(found.booking)
        )


class ClashingView(BaseModel):
    """One of the rules: the parameter that states it with its source, and the place without it alone."""

    rule: str
    parameter: str
    source: str
    said: SentenceView
    alone: PlaceView | None

    @classmethod
    def of(cls, rule: Clashing) -> Self:
        """The rule of a clash."""
        return cls(
            rule=rule.name,
            parameter=rule.parameter,
            source=rule.source,
            said=SentenceView.of(rule.said, {}),
            alone=None if rule.alone is None else PlaceView.of(rule.alone),
        )


class ClashView(BaseModel):
    """A smallest set of rules that together keep the project from the goal; `proven`, or only not found otherwise."""

    goal: str
    proven: bool
    plans: int
    said: SentenceView
    rules: list[ClashingView]

    @classmethod
    def of(cls, found: Clash) -> Self:
        """The clash as it was found."""
        return cls(
            goal=found.goal,
            proven=found.proven,
            plans=found.plans,
            said=SentenceView.of(found.said, {}),
            rules=[ClashingView.of(rule) for rule in found.rules],
        )


class ExplanationView(BaseModel):
    """Why the project is where it is, or nowhere; what would help; and, if asked for, which rules clash.

    Where nothing helps, nothing was found; `clash` is null when it was not asked for or nothing is to be wished.
    """

    project_id: str
    serial: str
    facts: list[SentenceView]
    helps: list[HelpView]
    clash: ClashView | None

    @classmethod
    def of(cls, explained: Explained) -> Self:
        """The explanation, other projects by their serials."""
        found, serials = explained.explanation, explained.serials
        return cls(
            project_id=found.project_id,
            serial=serials[found.project_id],
            facts=[SentenceView.of(said, serials) for said in found.facts],
            helps=[HelpView.of(each, serials) for each in found.helps],
            clash=None if explained.clash is None else ClashView.of(explained.clash),
        )
