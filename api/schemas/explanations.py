"""Explanations of plans on the wire: other projects appear by their serials only."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from api.services.explanations import Explained
from scheduler.planning.explain import Clash, Clashing, Help
from scheduler.planning.outcome import Booking
from scheduler.planning.reasons.said import Said

PROJECTS = ("projects", "other")
VENUES = ("guest", "guests", "venue")
"""Facts that name other projects, or venues, several of them with commas between."""


class SentenceView(BaseModel):
    """A code that never changes, its facts, and the sentence in English and Chinese, which calls venues by name."""

    code: str
    facts: dict[str, str]
    en: str
    zh: str

    @classmethod
    def of(cls, said: Said, names: Explained) -> Self:
        """What is said, with serials instead of projects."""
        facts = {
            name: _named(value, names.serials, "—") if name in PROJECTS else value
            for name, value in said.facts.items()
        }
        spoken = {
            name: _named(value, names.venues) if name in VENUES else value for name, value in facts.items()
        }
        told = replace(said, facts=spoken)
        return cls(code=said.code, facts=facts, en=told.sentence("en"), zh=told.sentence("zh"))


def _named(text: str, names: Mapping[str, str], unknown: str = "") -> str:
    """Each of the ids in the text by its name."""
    return ", ".join(names.get(each, unknown or each) for each in text.split(", ")) if text else ""


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
    def of(cls, found: Help, names: Explained) -> Self:
        """The help, with serials instead of projects."""
        return cls(
            kind=found.kind, said=SentenceView.of(found.said, names), place=PlaceView.of(found.booking)
        )


class ClashingView(BaseModel):
    """One of the rules: the parameter that states it with its source, and the place without it alone."""

    rule: str
    parameter: str
    source: str
    said: SentenceView
    alone: PlaceView | None

    @classmethod
    def of(cls, rule: Clashing, names: Explained) -> Self:
        """The rule of a clash."""
        return cls(
            rule=rule.name,
            parameter=rule.parameter,
            source=rule.source,
            said=SentenceView.of(rule.said, names),
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
    def of(cls, found: Clash, names: Explained) -> Self:
        """The clash as it was found."""
        return cls(
            goal=found.goal,
            proven=found.proven,
            plans=found.plans,
            said=SentenceView.of(found.said, names),
            rules=[ClashingView.of(rule, names) for rule in found.rules],
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
        found = explained.explanation
        return cls(
            project_id=found.project_id,
            serial=explained.serials[found.project_id],
            facts=[SentenceView.of(said, explained) for said in found.facts],
            helps=[HelpView.of(each, explained) for each in found.helps],
            clash=None if explained.clash is None else ClashView.of(explained.clash, explained),
        )
