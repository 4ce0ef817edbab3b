"""What is to be drawn, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from scheduler.bodies import Body, Caps
from scheduler.errors import require
from scheduler.slots import Slot


class Method(StrEnum):
    """How the panel is drawn: with equal chances under all constraints, or list by list where a rule says so."""

    EQUAL = "equal"
    SEQUENTIAL = "sequential"


@dataclass(frozen=True, slots=True)
class Member:
    """An expert drawn for a slot, with the exact chance the expert had in the lottery."""

    expert_id: str
    slot_id: str
    chance: Fraction


@dataclass(frozen=True, slots=True)
class Beacon:
    """A future round of a public source of randomness (drand): its chain's key, and when the round appears.

    `scheme` is the chain's, such as "bls-unchained-g1-rfc9380"; `public_key` is in hex.
    """

    chain: str
    scheme: str
    public_key: str
    round: int

    def __post_init__(self) -> None:
        require(type(self.round) is int and self.round >= 1, "round", self.round, "rounds count from 1")


@dataclass(frozen=True, slots=True)
class Scarcity:
    """Seats of draws yet to come, as (project, slot), that leave no choice of experts.

    They need `needed` experts. `candidates` are all who could fill one of them, as (expert, employer); of one
    employer at most `employer_most` can sit, the sum of those projects' caps. So at most Σ min(candidates of an
    employer, employer_most) of them can be seated, which is just enough, or, without a panel's members, too few.
    """

    seats: tuple[tuple[str, str], ...]
    needed: int
    employer_most: int
    candidates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Joint:
    """A draw's place, from 1, among those drawn together so that none takes experts whom another cannot do without.

    `batch` is the digest of the batch's commitment; `reserved` says for which scarce seats experts were left out.
    """

    batch: str
    place: int
    draws: int
    reserved: Scarcity | None = None


@dataclass(frozen=True, slots=True)
class DrawOrder:
    """What is to be drawn and under which number; a redraw names its predecessor's digest and the fixed members.

    `assurance` says who provides the randomness: "parties", "operator_and_server" or "rehearsal" (seed chosen).
    `seats` is needed where slots leave a choice. `reason` is needed for every draw after the first. `fixed`
    members keep their seats; each comes with the path of its bodies, whose caps they use up. Parties reveal until
    `reveal_by`; the `beacon` round, if any, comes after that. `joint` is its place among draws made together.
    """

    draw_id: str
    project_id: str
    number: int
    slots: tuple[Slot, ...]
    caps: Caps
    rules_digest: str
    assurance: str
    seats: int | None = None
    method: Method = Method.EQUAL
    previous: str | None = None
    reason: str = ""
    fixed: tuple[tuple[Member, Body], ...] = ()
    reveal_by: datetime | None = None
    beacon: Beacon | None = None
    joint: Joint | None = None

    def __post_init__(self) -> None:
        require(self.number >= 1, "number", self.number, "draws of a project are numbered from 1")
        chained = (self.number > 1) == (self.previous is not None) == bool(self.reason)
        require(
            chained, "previous", self.previous, "a draw after the first names its predecessor and its reason"
        )
        exact = all(slot.most in (None, slot.seats) for slot in self.slots)
        require(
            exact or self.method is Method.EQUAL,
            "method",
            self.method,
            "list by list, slots have exact seats",
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A completed draw: the members drawn now, and the certificate's two parts."""

    members: tuple[Member, ...]
    public: Mapping[str, Any]
    sealed: Mapping[str, Any]
