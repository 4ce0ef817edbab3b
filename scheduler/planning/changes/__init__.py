"""What may happen to a published plan, and the problem that is left to answer after it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from scheduler.errors import BadInput, require
from scheduler.planning.problem import Problem, Refusal, Supply
from scheduler.projects import Project
from scheduler.venues import Blocked, Venue


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project comes in after the plan was made."""

    project: Project


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A project is withdrawn."""

    project_id: str


@dataclass(frozen=True, slots=True)
class Overrun:
    """A live forecast says that the evaluation takes so much work in all (working time, breaks apart)."""

    project_id: str
    work: timedelta


@dataclass(frozen=True, slots=True)
class Offline:
    """A room, or with `room_id` None a whole venue, cannot be used for a time."""

    venue_id: str
    room_id: str | None
    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GuestRefused:
    """A venue will not be guest to the project: it said no, or did not answer in time."""

    project_id: str
    venue_id: str


@dataclass(frozen=True, slots=True)
class SupplyDropped:
    """A region has fewer experts than was thought."""

    supply: Supply


@dataclass(frozen=True, slots=True)
class OpeningPostponed:
    """The tender notice was corrected: the opening is at another time."""

    project_id: str
    opening_at: datetime


Change = NewProject | Cancelled | Overrun | Offline | GuestRefused | SupplyDropped | OpeningPostponed


def changed(problem: Problem, change: Change) -> Problem:
    """The problem after the change; raises `BadInput` when it speaks of what the problem does not know."""
    fields: dict[str, Any]
    match change:
        case NewProject(project):
            fields = {"projects": (*problem.projects, project)}
        case Cancelled(project_id):
            gone = _known(problem, project_id)
            supports = 0 if gone.exemption else gone.guest_count
            fields = {
                "withdrawn": (*problem.withdrawn, *((gone.home,) * supports)),
                "projects": tuple(p for p in problem.projects if p.project_id != project_id),
                "durations": tuple(entry for entry in problem.durations if entry[0] != project_id),
                "begun": tuple(booking for booking in problem.begun if booking.project_id != project_id),
            }
        case Overrun(project_id, work):
            _known(problem, project_id)
            others = tuple(entry for entry in problem.durations if entry[0] != project_id)
            fields = {"durations": (*others, (project_id, work))}
        case Offline():
            fields = {"venues": tuple(_offline(venue, change) for venue in problem.venues)}
        case GuestRefused(project_id, venue_id):
            _known(problem, project_id)
            fields = {"refusals": (*problem.refusals, Refusal(project_id, venue_id))}
        case SupplyDropped(supply):
            fields = {"supply": (*problem.supply, supply)}
        case OpeningPostponed(project_id, opening_at):
            moved = replace(_known(problem, project_id), opening_at=opening_at)
            staying = tuple(p for p in problem.projects if p.project_id != project_id)
            fields = {"projects": (*staying, moved)}
    return replace(problem, **fields)


def _known(problem: Problem, project_id: str) -> Project:
    for project in problem.projects:
        if project.project_id == project_id:
            return project
    raise BadInput("project_id", project_id, "a project of the plan")


def _offline(venue: Venue, change: Offline) -> Venue:
    if venue.venue_id != change.venue_id:
        return venue
    known = change.room_id is None or any(room.room_id == change.room_id for room in venue.rooms)
    require(known, "room_id", change.room_id, f"a room of {venue.venue_id}")
    block = Blocked(change.start, change.end, change.room_id, change.reason)
    return replace(venue, blocked=(*venue.blocked, block))
