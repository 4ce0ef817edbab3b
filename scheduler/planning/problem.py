"""What a plan must answer: projects, venues, calendar, rules, and what is known of supply and history."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import pairwise, takewhile
from typing import Any

from scheduler.errors import BadInput, require
from scheduler.planning.outcome import Booking
from scheduler.planning.wishes import Wishes
from scheduler.projects import Project
from scheduler.rules import RuleBook
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Venue

BY_RULES: Any = None
"""Wishes that are left out."""

LARGEST = 1_000_000
"""The largest number of seats, bids, supports, experts, kilometres, or weight of a wish, that a problem holds."""

SOME_DAY = date(2026, 1, 1)
"""The day whose weights a problem without projects states; it weighs nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Commitment:
    """A room already taken from `start` to `end`, by whatever is not in this problem."""

    venue_id: str
    room_id: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        require(self.start.tzinfo is not None, "start", self.start, "times carry their time zone")
        require(self.start < self.end, "end", self.end, "a commitment ends after it starts")


@dataclass(frozen=True, slots=True, order=True)
class PairCount:
    """How many projects of a home had the guest within `remote.pair_window` before this plan."""

    home: str
    guest: str
    projects: int

    def __post_init__(self) -> None:
        require(self.projects >= 0, "projects", self.projects, "a count is not negative")


@dataclass(frozen=True, slots=True, order=True)
class SupportCount:
    """How many projects a venue has supported as guest in the period so far (客场支持项目数)."""

    venue_id: str
    projects: int

    def __post_init__(self) -> None:
        require(self.projects >= 0, "projects", self.projects, "a count is not negative")


@dataclass(frozen=True, slots=True)
class Supply:
    """Experts of a region whom projects may count on, for seats that require exactly `codes`, on one day.

    Without codes it bounds the seats of every specialty together; without `day` it holds each day. Of two
    rows for the same region and codes the one that names the day holds. Where no row is, nothing bounds.
    """

    region: str
    codes: frozenset[str]
    experts: int
    day: date | None = None

    def __post_init__(self) -> None:
        require(self.experts >= 0, "experts", self.experts, "supply is not negative")


@dataclass(frozen=True, slots=True, order=True)
class Distance:
    """How far a guest venue is from a home venue, for the nearest-centre mode (就近)."""

    home: str
    guest: str
    kilometres: int


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A venue that will not be guest to a project: it said no, or did not answer in time."""

    project_id: str
    venue_id: str


@dataclass(frozen=True, slots=True, order=True)
class Quota:
    """At most `projects` of home venues in one region may have guests in another (跨州市配额).

    Regions are GB/T 2260 prefixes: "5323" is all of Chuxiong.
    """

    home_region: str
    guest_region: str
    projects: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that bears on a plan, ordered by id, so that the order of input never matters.

    `durations` are working times known better than by the rule book's formula
    (history, live forecast), as pairs of project id and quantile. Bookings in `begun` have started: they
    stay where they are, and what they lack of work is done in the same rooms. `withdrawn` names the home of
    each support that a cancelled project would have had: a share once granted is not taken back for it.
    """

    projects: tuple[Project, ...]
    venues: tuple[Venue, ...]
    calendar: WorkCalendar
    rule_book: RuleBook
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
    wishes: Wishes = BY_RULES
    """Left out: those of the rule book in the region that all projects share, on the day of the first opening."""
    seed: int = 0

    def __post_init__(self) -> None:
        for name in (
            "commitments",
            "pair_history",
            "support_history",
            "distances",
            "quotas",
            "durations",
            "refusals",
            "withdrawn",
        ):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name))))
        for name, key in (("projects", "project_id"), ("venues", "venue_id")):
            values = sorted(getattr(self, name), key=lambda value: str(getattr(value, key)))
            object.__setattr__(self, name, tuple(values))
            ids = [getattr(value, key) for value in values]
            if len(set(ids)) < len(ids):
                twice = next(one for one, other in pairwise(ids) if one == other)
                raise BadInput(key, twice, "an id comes once")
        begun = sorted(self.begun, key=lambda booking: booking.project_id)
        object.__setattr__(self, "begun", tuple(begun))
        order = sorted(self.supply, key=lambda s: (s.region, sorted(s.codes), s.day or date.min, s.experts))
        object.__setattr__(self, "supply", tuple(order))
        for project_id, work in self.durations:
            require(work > timedelta(), "durations", project_id, "an evaluation takes time")
        for project in self.projects:
            year = project.opening_at.year
            require(1950 <= year <= 9900, "opening_at", project.opening_at, "a year that calendars know")
        for field, value in self._numbers():
            require(value <= LARGEST, field, value, f"no more than {LARGEST}")
        if self.wishes is BY_RULES:
            object.__setattr__(self, "wishes", self._own_wishes())

    def _numbers(self) -> Iterator[tuple[str, int]]:
        """What is counted, measured or weighed: products of two and sums of many stay within a machine's integers."""
        yield from (("seats", room.seats) for venue in self.venues for room in venue.rooms)
        yield from (("bidders", section.bidders) for project in self.projects for section in project.sections)
        yield from (("projects", pair.projects) for pair in self.pair_history)
        yield from (("projects", support.projects) for support in self.support_history)
        yield from (("experts", supply.experts) for supply in self.supply)
        yield from (("kilometres", distance.kilometres) for distance in self.distances)
        if self.wishes is not BY_RULES:
            yield from ((each.name, getattr(self.wishes, each.name)) for each in fields(self.wishes))

    def _own_wishes(self) -> Wishes:
        regions = [project.region for project in self.projects] or [""]
        shared = takewhile(lambda pair: pair[0] == pair[1], zip(min(regions), max(regions), strict=False))
        openings = [project.opening_at.astimezone(ZONE).date() for project in self.projects]
        return Wishes.of(self.rule_book, min(openings, default=SOME_DAY), "".join(one for one, _ in shared))

    @property
    def digest(self) -> str:
        """The fingerprint of the problem; equal problems have equal ones, in whatever order they came."""
        text = json.dumps(_plain(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def with_(self, **changes: Any) -> "Problem":
        """The same problem but for these fields."""
        return replace(self, **changes)


def _plain(value: Any) -> Any:
    """The value in JSON terms, with one spelling for each value."""
    match value:
        case RuleBook():
            plain: Any = value.digest
        case Enum():
            plain = value.value
        case None | int() | str():
            plain = value
        case frozenset():
            plain = sorted(map(_plain, value), key=lambda item: json.dumps(item, sort_keys=True))
        case tuple():
            plain = [_plain(item) for item in value]
        case datetime():
            plain = value.timestamp()
        case timedelta():
            plain = value.total_seconds()
        case date() | time():
            plain = value.isoformat()
        case _:
            plain = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return plain
