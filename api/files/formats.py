"""What each document holds: the engine's values, with the rule book as its text and names kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from scheduler.draw import PanelQuota, Slot
from scheduler.eligibility import Engagement
from scheduler.people import Expert, Pool
from scheduler.planning import (
    Booking,
    Commitment,
    Distance,
    PairCount,
    Plan,
    Quota,
    Refusal,
    Session,
    Supply,
    SupportCount,
    Wishes,
)
from scheduler.projects import Project
from scheduler.synthetic import Organisation, Person
from scheduler.timeline import WorkCalendar
from scheduler.venues import Centre, Venue


@dataclass(frozen=True, slots=True)
class WorldDocument:
    """A world without names: who an expert is stands in a `PeopleDocument`."""

    centres: tuple[Centre, ...]
    venues: tuple[Venue, ...]
    experts: tuple[Expert, ...]
    organisations: tuple[Organisation, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleDocument:
    """Who the experts are: secret until the rules unlock names."""

    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class ProblemDocument:
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
    refusals: tuple[Refusal, ...] = ()
    begun: tuple[Booking, ...] = ()
    withdrawn: tuple[str, ...] = ()
    wishes: Wishes | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """All that one draw needs: the project, its slots and sessions, the pool, and where its experts are engaged.

    `seats` is needed only where slots leave a choice: the members to be drawn in all. `quotas` say how many of
    some experts are drawn at least and at most, wherever they sit, besides those of the rules.
    """

    draw_id: str
    project: Project
    slots: tuple[Slot, ...]
    sessions: tuple[Session, ...]
    experts: tuple[Expert, ...]
    rules: str
    centre_id: str = ""
    engagements: tuple[Engagement, ...] = ()
    seats: int | None = None
    quotas: tuple[PanelQuota, ...] = ()

    @property
    def pool(self) -> Pool:
        """The pool of the request."""
        return Pool.of(self.experts)


FORMATS: Mapping[str, type] = {
    "yidi/problem/1": ProblemDocument,
    "yidi/plan/1": Plan,
    "yidi/draw-request/1": DrawRequest,
    "yidi/world/1": WorldDocument,
    "yidi/people/1": PeopleDocument,
}
"""The value that each format holds; a change that old readers misread is a new number."""
