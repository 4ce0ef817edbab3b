"""Changes to a published plan on the wire."""

from datetime import date, datetime, timedelta
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.planning.moving import Moves
from api.planning.watching import Outlook
from api.schemas.projects import Code, Identifier
from scheduler.planning import Offer
from scheduler.planning.outcome import Session as Sitting

Reason = Annotated[str, Field(min_length=1, max_length=500)]
MINUTE = timedelta(minutes=1)


class ReasonIn(BaseModel):
    """Why something changes; it is on record."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class PostponementIn(ReasonIn):
    """The new time of the opening."""

    opening_at: AwareDatetime


class PlacementIn(BaseModel):
    """How a late project is placed: by an offer, named by its seed and start, or wherever the planner finds best."""

    model_config = ConfigDict(extra="forbid")

    seed: int | None = Field(default=None, ge=0, lt=2**63)
    start: AwareDatetime | None = None


class OverrunIn(BaseModel):
    """The work that the evaluation needs in all, breaks apart; without it, what the live forecast says."""

    model_config = ConfigDict(extra="forbid")

    work_minutes: int | None = Field(default=None, ge=1, le=100 * 24 * 60)


class OutageIn(ReasonIn):
    """When a room, or the whole venue, cannot be used."""

    room_id: Identifier | None = None
    start: AwareDatetime
    end: AwareDatetime


class SupplyLimitIn(ReasonIn):
    """How many experts a region supplies for seats that ask for exactly these codes, or in all; on a day, or each."""

    region: Annotated[str, Field(pattern=r"^\d{6}$")]
    codes: frozenset[Code] = frozenset()
    experts: int = Field(ge=0, le=10**6)
    day: date | None = None


class MovesView(BaseModel):
    """How many bookings the change moved, placed, or left without a place, and evaluations that cannot go on."""

    moved: int
    placed: int
    lost: int
    stuck: int

    @classmethod
    def of(cls, moves: Moves) -> Self:
        """Counts alone: whose they are, each centre learns by its own events."""
        return cls(
            moved=len(moves.moved), placed=len(moves.placed), lost=len(moves.lost), stuck=len(moves.stuck)
        )


class OfferView(BaseModel):
    """A place that a project may have without anyone else moving."""

    seed: int
    start: datetime
    end: datetime
    split: bool
    venue_ids: list[str]
    room_ids: list[str]
    added_cost: int

    @classmethod
    def of(cls, offer: Offer, seed: int) -> Self:
        """What is shown of the offer; seed and start name it."""
        booking = offer.booking
        return cls(
            seed=seed,
            start=booking.start,
            end=booking.end,
            split=booking.split,
            venue_ids=[part.venue_id for part in booking.parts],
            room_ids=[part.room_id for part in booking.parts],
            added_cost=offer.added_cost,
        )


class OutlookView(BaseModel):
    """What is forecast of an opened evaluation, how near it is to passing 22:00, and where a split could go on.

    `durations_digest` names the model that it rests on, empty for the rule book's assumption.
    """

    work_minutes: int
    booked_minutes: int
    forecast_end: datetime
    latest_end: datetime
    probability: float
    alarm: str
    overdue: bool
    durations_digest: str
    proposed_start: datetime | None
    proposed_end: datetime | None

    @classmethod
    def of(cls, seen: Outlook, slot: Sitting | None) -> Self:
        """What is shown of the outlook."""
        return cls(
            work_minutes=seen.work // MINUTE,
            booked_minutes=seen.booked // MINUTE,
            forecast_end=seen.forecast_end,
            latest_end=seen.latest_end,
            probability=round(seen.probability, 4),
            alarm=seen.alarm.value,
            overdue=seen.overdue,
            durations_digest=seen.durations_digest,
            proposed_start=None if slot is None else slot.start,
            proposed_end=None if slot is None else slot.end,
        )
