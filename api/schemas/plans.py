"""Plans on the wire."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from models.plans import PlanRow


class PlanIn(BaseModel):
    """An order to plan a day; the seed is the recorded randomness of guest choice."""

    model_config = ConfigDict(extra="forbid")

    date: date
    seconds: int = Field(default=30, ge=1, le=3600)
    seed: int | None = Field(default=None, ge=0, lt=2**63)


class PlanView(BaseModel):
    """A plan's order and outcome; `gap` tells how far its cost may be above the best possible.

    `durations_digest` names the model of durations that it was made with, empty for the rule book's assumption.
    """

    plan_id: str
    date: str
    state: str
    seed: str
    seconds: int
    rules_digest: str
    problem_digest: str
    durations_digest: str
    cost: int
    bound: int
    progress: dict[str, Any]
    explanation: str
    ordered_by: str
    ordered_at: datetime
    published_at: datetime | None
    version: int

    @classmethod
    def of(cls, plan: PlanRow) -> Self:
        """What is shown of the plan; its bookings are on the board."""
        return cls(date=plan.opening_date, **plan.model_dump(include=set(cls.model_fields) - {"date"}))
