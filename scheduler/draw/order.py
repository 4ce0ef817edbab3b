"""What is to be drawn, and what comes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from scheduler.bodies import Body, Caps
from scheduler.errors import require
from scheduler.people import Expert
from scheduler.rules import Rules
from scheduler.slots import Slot


class Method(StrEnum):
    """How the panel is drawn: with equal chances under all constraints, or list by list where a rule says so."""

    EQUAL = "equal"
    SEQUENTIAL = "sequential"
    PANELS = "panels"
    """Equal chances over whole panels, where constraints are no flow; `equal` becomes it when it must."""


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

    They need `needed` experts. `candidates` are all who could fill one of them, as (expert, employer, projects they
    could sit for), and `caps` the projects' employer caps. Of one employer at most Σ over projects of
    min(cap, its candidates for the project) can be seated. In all that is just enough, or, without a panel's
    members, too few.
    """

    seats: tuple[tuple[str, str], ...]
    needed: int
    caps: tuple[tuple[str, int], ...]
    candidates: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class PanelQuota:
    """At least and at most how many of these experts are drawn, wherever they sit; `most` None is no limit."""

    name: str
    experts: frozenset[str]
    least: int = 0
    most: int | None = None

    def __post_init__(self) -> None:
        whole = type(self.least) is int and type(self.most) in (int, type(None))
        sound = whole and self.least >= 0 and (self.most is None or self.least <= self.most)
        require(
            sound, "least", self.least, f"quota {self.name} has whole numbers, the least not above the most"
        )


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
    `quotas` count only those drawn now: whoever already sits was counted before.
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
    quotas: tuple[PanelQuota, ...] = ()

    def __post_init__(self) -> None:
        require(self.number >= 1, "number", self.number, "draws of a project are numbered from 1")
        chained = (self.number > 1) == (self.previous is not None) == bool(self.reason)
        require(
            chained, "previous", self.previous, "a draw after the first names its predecessor and its reason"
        )
        exact = all(slot.most in (None, slot.seats) for slot in self.slots)
        require(
            not self.quotas or self.method is not Method.SEQUENTIAL,
            "quotas",
            len(self.quotas),
            "not list by list",
        )
        require(
            exact or self.method is not Method.SEQUENTIAL,
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


def quotas_of(eligible: Iterable[Expert], seniors: int, rules: Rules) -> tuple[PanelQuota, ...]:
    """What the rules ask of a whole panel: so many seniors, less the `seniors` already seated."""
    least = (rules.panel_senior_min_count or 0) - seniors
    if least <= 0:
        return ()
    return (PanelQuota("senior", frozenset(one.expert_id for one in eligible if one.senior), least),)
