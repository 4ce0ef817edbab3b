"""What planning returns: a plan with its proof, or why there is none."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduler.errors import require


class Side(StrEnum):
    """A venue's part in an evaluation: 主场 or 客场 (副场)."""

    HOME = "home"
    GUEST = "guest"


@dataclass(frozen=True, slots=True, order=True)
class Session:
    """One sitting (评标场次) on one day, breaks included; times carry their zone."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        require(self.start.tzinfo is not None, "start", self.start, "times carry their time zone")
        require(self.start < self.end, "end", self.end, "a session ends after it starts")


@dataclass(frozen=True, slots=True)
class Part:
    """The room and seats that one venue gives to an evaluation; `experts` of the seats are drawn there."""

    side: Side
    venue_id: str
    room_id: str
    seats: int
    experts: int


@dataclass(frozen=True, slots=True)
class Booking:
    """Where and when one project is evaluated: all parts sit at the same time, in each session.

    `split` (开评分离): the evaluation starts on a later day than the opening. `avoidable`: it need not have
    been split, had rooms been free. `reason` is the rule fact behind the split or the exemption, as a sentence.
    """

    project_id: str
    parts: tuple[Part, ...]
    sessions: tuple[Session, ...]
    split: bool = False
    avoidable: bool = False
    reason: str = ""

    @property
    def home(self) -> Part:
        """The home part, always first."""
        return self.parts[0]

    @property
    def guests(self) -> tuple[Part, ...]:
        """The guest parts; none when the project is exempt from remote evaluation."""
        return self.parts[1:]

    @property
    def start(self) -> datetime:
        """The one simultaneous start."""
        return self.sessions[0].start

    @property
    def end(self) -> datetime:
        """The end of the last session."""
        return self.sessions[-1].end


STOPPED = "stopped"
"""Code of who is unscheduled because planning was stopped before its turn."""


@dataclass(frozen=True, slots=True)
class Unscheduled:
    """A project that has no place in the plan, with a stable reason code and a true sentence."""

    project_id: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A complete answer: every project is booked or unscheduled with a reason.

    `cost` and `bound` are on the planner's scale; no plan of this problem costs less than `bound`.
    `seed` is the recorded randomness of guest choice; digests tie the plan to its input and rule book.
    """

    bookings: tuple[Booking, ...]
    unscheduled: tuple[Unscheduled, ...]
    cost: int
    bound: int
    seed: int
    problem_digest: str
    rules_digest: str

    @property
    def avoidable_splits(self) -> int:
        """Evaluations that are split though their opening day could have held them."""
        return sum(booking.avoidable for booking in self.bookings)

    @property
    def gap(self) -> float:
        """How far the cost may be above the best possible, as a share of the cost."""
        return 0.0 if self.cost <= 0 else max(0, self.cost - self.bound) / self.cost


@dataclass(frozen=True, slots=True)
class Impossible:
    """No legal plan exists; `rules` names those that clash."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutOfTime:
    """Nothing legal was found within the budget, and nothing proves that there is none."""


Outcome = Plan | Impossible | OutOfTime
