"""The shape of draw certificates, for their JSON Schemas; what they mean stands in `docs/certificate.md`.

Numbers and fractions are strings, because canonical JSON promises no whole number above 2⁵³.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

Whole = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]*)$")]
Chance = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]*)(/[1-9][0-9]*)?$")]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Secret = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Pair = Annotated[list[str], Field(min_length=2, max_length=2)]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$")]


@dataclass(frozen=True, slots=True)
class DrawSlot:
    """Seats of one specialty at one venue, from `seats` to `most`."""

    slot_id: str
    venue_id: str
    region: str
    codes: list[str]
    seats: Whole
    most: Whole


@dataclass(frozen=True, slots=True)
class DrawParty:
    """Who gives randomness, and the commitment to it."""

    party: str
    commitment: Digest


@dataclass(frozen=True, slots=True)
class FrozenPool:
    """The pool at the commitment: its Merkle root, how many it holds, how many of them are eligible."""

    root: Digest
    size: Whole
    eligible: Whole


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Pairs of eligible experts who must not sit together, sealed, and how much loose ones can move a chance."""

    pairs: Whole
    loose: Whole
    digest: Digest
    most_shift: Chance


@dataclass(frozen=True, slots=True)
class DrawCaps:
    """The most members of one body on the panel; null where no rule sets a cap."""

    group: Whole | None
    employer: Whole
    department: Whole | None


@dataclass(frozen=True, slots=True)
class DrawBeacon:
    """A future round of a public beacon, with its chain's scheme and public key."""

    chain: str
    scheme: str
    public_key: Annotated[str, Field(pattern=r"^([0-9a-f]{2})+$")]
    round: Whole


@dataclass(frozen=True, slots=True)
class DrawBatch:
    """The draw's place among those drawn together."""

    batch: str
    place: Whole
    draws: Whole


@dataclass(frozen=True, slots=True)
class Estimates:
    """Chances by cell of a draw list by list, estimated from rehearsals."""

    chances: list[Chance]
    runs: Whole


@dataclass(frozen=True, slots=True)
class ListedPanels:
    """A lottery over listed panels: its digest, and how many experts have which chance, as [chance, experts]."""

    digest: Digest
    chances: list[Pair]


@dataclass(frozen=True, slots=True)
class DrawCommitment:
    """Everything fixed before a seed exists."""

    format: Literal["yidi/draw-commitment/1"]
    algorithm: str
    assurance: str
    committed_at: Moment
    draw_id: str
    project_id: str
    number: Whole
    previous: Digest | None
    reason: str
    caps: DrawCaps
    seats: Whole
    method: Literal["equal", "sequential", "panels"]
    sequential: Estimates | None
    beacon: DrawBeacon | None
    reveal_by: Moment | None
    joint: DrawBatch | None
    fixed_members: Whole
    conflicts: Conflicts
    rules_digest: Digest
    slots: list[DrawSlot]
    parties: list[DrawParty]
    pool: FrozenPool
    lottery: dict[str, object]
    panels: ListedPanels | None = None


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """What anyone may read at once: it names nobody."""

    format: Literal["yidi/draw/1"]
    commitment: DrawCommitment
    commitment_digest: Digest
    completed_at: Moment
    drawn: Whole
    beacon_signature: Annotated[str, Field(pattern=r"^([0-9a-f]{2})*$")]
    withheld: list[str]
    sealed_digest: Digest
    key: Annotated[str, Field(pattern=r"^ed25519:[0-9a-f]{64}$")]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


@dataclass(frozen=True, slots=True)
class DrawnMember:
    """An expert drawn, for which slot, and with what chance."""

    expert_id: str
    slot_id: str
    chance: Chance


@dataclass(frozen=True, slots=True)
class FixedMember:
    """An expert who keeps the seat in a redraw; the path is group, employer and department."""

    expert_id: str
    slot_id: str
    chance: Chance
    path: Annotated[list[str], Field(min_length=3, max_length=3)]


@dataclass(frozen=True, slots=True)
class Reserved:
    """Seats of draws to come, as [project, slot], that need every candidate, [expert, employer, projects…]."""

    seats: list[Pair]
    needed: Whole
    caps: list[Pair]
    candidates: list[Annotated[list[str], Field(min_length=3)]]


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A panel not taken because these seats of other draws would have had too few candidates left."""

    attempt: Whole
    seats: list[Pair]
    needed: Whole
    caps: list[Pair]
    candidates: list[Annotated[list[str], Field(min_length=3)]]


Price = Annotated[str, Field(pattern=r"^-?(0|[1-9][0-9]*)(/[1-9][0-9]*)?$")]


@dataclass(frozen=True, slots=True)
class PanelQuota:
    """From `least` to `most` of these experts are drawn."""

    name: str
    least: Whole
    most: Whole | None
    experts: list[str]


@dataclass(frozen=True, slots=True)
class PanelPattern:
    """A panel by pattern, [atom, slot, how many], and its weight."""

    seats: list[Annotated[list[Whole], Field(min_length=3, max_length=3)]]
    weight: Chance


@dataclass(frozen=True, slots=True)
class PanelLevel:
    """Atoms of one chance, the price of each atom's seat, and the most that any panel is worth."""

    atoms: list[Whole]
    chance: Chance
    prices: list[Price]
    most: Price


@dataclass(frozen=True, slots=True)
class PanelLottery:
    """The lottery over panels in full: who is alike, which panels with which weight, and why none is fairer."""

    atoms: list[list[str]]
    patterns: list[PanelPattern]
    levels: list[PanelLevel]
    quotas: list[PanelQuota]


@dataclass(frozen=True, slots=True)
class Reveal:
    """The secret of a party."""

    party: str
    nonce: Secret


@dataclass(frozen=True, slots=True)
class SealedPart:
    """Who was drawn, from which pool, with which seed: secret until the rules unlock it."""

    format: Literal["yidi/draw-sealed/1"]
    draw_id: str
    panel: list[DrawnMember]
    fixed: list[FixedMember]
    pool: list[Annotated[list[str], Field(min_length=5, max_length=5)]]
    reserved: Reserved | None
    stranded: list[PassedOver]
    conflicts: list[Pair]
    attempts: Whole
    reveals: list[Reveal]
    salt: Secret
    seed: Secret
    panels: PanelLottery | None = None


CERTIFICATES: Mapping[str, type] = {"yidi/draw/1": PublicCertificate, "yidi/draw-sealed/1": SealedPart}
"""The two parts of a draw's result, by format."""
