"""The dispatch board on the wire."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from api.schemas.plans import PlanView

BoardState = Literal["booked", "drawn", "checking_in", "evaluating", "finished", "failed"]


class BoardRoom(BaseModel):
    """A room of a venue."""

    room_id: str
    seats: int


class BoardVenue(BaseModel):
    """A venue with its rooms and the projects it has supported as a guest; null where too few to tell."""

    venue_id: str
    name: str
    region: str
    seats: int
    support_count: int | None
    rooms: list[BoardRoom]


class BoardSession(BaseModel):
    """One room's part in one sitting; `project_id` and `project` are null for those who may not know which it is."""

    booking_id: str
    serial: str
    project_id: str | None
    project: str | None
    venue_id: str
    room_id: str
    side: Literal["home", "guest"]
    start: datetime
    end: datetime
    split: bool
    state: BoardState
    progress: float
    forecast_end: datetime | None = None
    """When a running evaluation is expected to end."""
    alarm: Literal["calm", "watch", "warn", "split"] = "calm"
    """How near a running evaluation is to passing 22:00."""


class BoardUnscheduled(BaseModel):
    """A project without a place: with the reason, or without one while no plan has tried it yet."""

    serial: str
    reason: str
    project_id: str
    project: str
    version: int


class BoardView(BaseModel):
    """Rooms by hours on one day, as one viewer may see it, with the log positions it was read at."""

    date: date
    now: datetime
    cutoff: str
    timezone: str
    epoch: str
    positions: dict[str, int]
    venues: list[BoardVenue]
    sessions: list[BoardSession]
    unscheduled: list[BoardUnscheduled]
    waiting: list[BoardUnscheduled]
    """Projects on record that wait for a plan."""


class DraftBoard(BaseModel):
    """What a plan proposes, and in how many evaluations the opening is split from the evaluation (开评分离)."""

    plan: PlanView
    scheduled: int
    avoidable_splits: int
    unavoidable_splits: int
    board: BoardView
