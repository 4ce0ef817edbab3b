"""What is to be planned: a frozen snapshot of projects, venues, rules and history."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cached_property
from typing import Any

from scheduler.errors import require
from scheduler.projects import Project, Requirement
from scheduler.rules import RuleBook, Rules
from scheduler.timeline import DAY, ZONE, WorkCalendar
from scheduler.venues import Venue


@dataclass(frozen=True, slots=True, order=True)
class Commitment:
    """A room that is taken already."""

    venue_id: str
    room_id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, order=True)
class PairCount:
    """How often a home had a guest within `remote.pair_window` before this plan."""

    home: str
    guest: str
    projects: int


@dataclass(frozen=True, slots=True, order=True)
class SupportCount:
    """Projects a venue has supported as guest in the period so far (客场支持项目数)."""

    venue_id: str
    projects: int


@dataclass(frozen=True, slots=True)
class Supply:
    """Experts living at a venue's region who meet a requirement and may be drawn; a day's seats must not exceed it."""

    venue_id: str
    requirement: Requirement
    experts: int


@dataclass(frozen=True)
class Problem:
    """Everything that decides a plan. Two problems with the same digest get the same plan.

    The order of projects, venues and the rest does not matter: they are kept sorted. Where `supply` says
    nothing of a venue and requirement, experts are taken to be enough there.
    """

    projects: tuple[Project, ...]
    venues: tuple[Venue, ...]
    calendar: WorkCalendar
    rule_book: RuleBook
    commitments: tuple[Commitment, ...] = ()
    pair_history: tuple[PairCount, ...] = ()
    support_history: tuple[SupportCount, ...] = ()
    supply: tuple[Supply, ...] = ()
    seed: int = 0
    _rules: dict[tuple[date, str, str], Rules] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered: dict[str, Any] = {
            "projects": sorted(self.projects, key=lambda project: project.project_id.encode()),
            "venues": sorted(self.venues, key=lambda venue: venue.venue_id.encode()),
            "commitments": sorted(self.commitments),
            "pair_history": sorted(self.pair_history),
            "support_history": sorted(self.support_history),
            "supply": sorted(
                self.supply, key=lambda entry: (entry.venue_id, sorted(entry.requirement.codes))
            ),
        }
        for name, values in ordered.items():
            object.__setattr__(self, name, tuple(values))
        ids = [project.project_id for project in self.projects]
        require(len(ids) == len(set(ids)), "projects", "", "each project comes once")
        venues = [venue.venue_id for venue in self.venues]
        require(len(venues) == len(set(venues)), "venues", "", "each venue comes once")
        for project in self.projects:
            require(
                project.home in venues, "home", project.home, f"project {project.project_id}: a known venue"
            )

    def rules(self, project: Project) -> Rules:
        """The rules in force for a project on its opening day."""
        key = (opening_day(project), project.region, project.kind)
        if key not in self._rules:
            self._rules[key] = self.rule_book.at(key[0], project.region, project.kind)
        return self._rules[key]

    @property
    def grid(self) -> timedelta:
        """The step on which all starts lie; raises `BadInput` when the projects' rules do not share one."""
        grids = sorted({self.rules(project).plan_grid for project in self.projects}) or [
            timedelta(minutes=10)
        ]
        require(
            len(grids) == 1 and not DAY % grids[0],
            "plan.grid",
            grids,
            "one grid for all, a divisor of the day",
        )
        return grids[0]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that decides the plan, rule book included."""
        parts = [self.projects, self.venues, self.calendar, self.commitments, self.pair_history]
        parts += [self.support_history, self.supply, self.seed]
        plain = [_plain(part) for part in parts]
        text = json.dumps([self.rule_book.digest, plain], sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def opening_day(project: Project) -> date:
    """The local day of the opening."""
    return project.opening_at.astimezone(ZONE).date()


def _plain(value: Any) -> Any:
    match value:
        case tuple() | list():
            plain: Any = [_plain(item) for item in value]
        case frozenset():
            plain = sorted(_plain(item) for item in value)
        case dict():
            plain = {key: _plain(item) for key, item in value.items()}
        case date() | time():
            plain = value.isoformat()
        case Enum():
            plain = value.value
        case _ if is_dataclass(value) and not isinstance(value, type):
            plain = _plain(asdict(value))
        case _:
            plain = value
    return plain
