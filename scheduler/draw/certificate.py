"""The two acts of a draw: commit before any seed exists, complete once the parties have revealed.

`commit` freezes pool, slots, rules and lottery in one signed-for digest; `complete` turns reveals into the seed,
the seed into the panel, and both into a certificate with a public and a sealed part (`docs/certificate.md`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from scheduler.draw.canonical import (
    canonical,
    leaf,
    leaf_salt,
    merkle_root,
    party_commitment,
    seed_of,
    sha256,
)
from scheduler.draw.conflicts import (
    MOST_ATTEMPTS,
    ConflictsUnresolved,
    Pair,
    clash,
    most_shift,
    next_seed,
    pairs_of,
)
from scheduler.draw.lottery import Cell, Lottery, fillable, solve_lottery
from scheduler.draw.sampling import sample
from scheduler.eligibility import Screened
from scheduler.errors import BadInput, SchedulerError, require
from scheduler.slots import Slot

ALGORITHM = "yidi-equal-1"


@dataclass(frozen=True, slots=True)
class Member:
    """An expert drawn for a slot, with the exact chance the expert had."""

    expert_id: str
    slot_id: str
    chance: Fraction


@dataclass(frozen=True, slots=True)
class DrawOrder:
    """What is to be drawn and under which number; a redraw names its predecessor's digest and the fixed members.

    `assurance` says who provides the randomness: "parties", "operator_and_server" or "rehearsal" (seed chosen).
    `reason` is needed for every draw after the first.
    """

    draw_id: str
    project_id: str
    number: int
    slots: tuple[Slot, ...]
    employer_cap: int
    rules_digest: str
    assurance: str
    previous: str | None = None
    reason: str = ""
    fixed: tuple[Member, ...] = ()

    def __post_init__(self) -> None:
        require(self.number >= 1, "number", self.number, "draws of a project are numbered from 1")
        chained = (self.number > 1) == (self.previous is not None) == bool(self.reason)
        require(
            chained, "previous", self.previous, "a draw after the first names its predecessor and its reason"
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A committed draw: the public commitment, and what must stay sealed."""

    order: DrawOrder
    lottery: Lottery
    members: Mapping[Cell, Mapping[str, Sequence[str]]]
    commitment: Mapping[str, Any]
    digest: str
    salt: bytes
    pool: tuple[tuple[str, str, str], ...]
    conflicts: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A completed draw: the members drawn now, and the certificate's two parts."""

    members: tuple[Member, ...]
    public: Mapping[str, Any]
    sealed: Mapping[str, Any]


class RevealRefused(SchedulerError):
    """A reveal is missing for every party, unknown, or does not match its commitment."""

    code = "reveal_refused"

    def __init__(self, party: str, rule: str) -> None:
        super().__init__(party, rule)
        self.party, self.rule = party, rule

    @property
    def facts(self) -> dict[str, str]:
        return {"party": self.party, "rule": self.rule}

    def __str__(self) -> str:
        return f"{self.party}: {self.rule}"


def commit(
    order: DrawOrder, screened: Screened, parties: Mapping[str, str], salt: bytes, committed_at: datetime
) -> Prepared:
    """The draw with everything fixed that can be fixed before a seed exists.

    `parties` maps each party to its commitment (`party_commitment`), `salt` has 32 bytes and stays sealed.
    Raises `NoPanel` when no valid panel exists, conflicts between members apart.
    """
    require(len(salt) == 32, "salt", f"{len(salt)} bytes", "32 bytes")
    require(bool(parties), "parties", "", "at least one party provides randomness")
    members: dict[tuple[tuple[int, ...], str], list[str]] = defaultdict(list)
    for expert in screened.eligible:
        fits = fillable(expert, order.slots)
        if not fits:
            raise BadInput("eligible", len(screened.eligible), "every eligible expert can fill a slot")
        members[fits, expert.employer].append(expert.expert_id)
    lottery = solve_lottery(order.slots, {key: len(ids) for key, ids in members.items()}, order.employer_cap)
    cells = [cell for cell, _ in lottery.counts]
    by_cell: dict[Cell, dict[str, list[str]]] = defaultdict(dict)
    split = {cell.employer for cell in cells if cell.employer}
    for (fits, employer), ids in members.items():
        by_cell[Cell(fits, employer if employer in split else "")][employer] = ids
    number_of = {cell: str(number) for number, cell in enumerate(cells)}
    pool = _pool(screened, order.slots, split, number_of)
    conflicts = pairs_of(screened.eligible)
    chances = {
        expert_id: lottery.chances[cell]
        for cell, employers in by_cell.items()
        for ids in employers.values()
        for expert_id in ids
    }
    commitment = {
        "format": "yidi/draw-commitment/1",
        "algorithm": ALGORITHM,
        "assurance": order.assurance,
        "committed_at": _time(committed_at),
        "conflicts": {
            "digest": sha256(canonical([leaf_salt(salt, "").hex(), [list(pair) for pair in conflicts]])),
            "most_shift": str(most_shift(conflicts, chances)),
            "pairs": str(len(conflicts)),
        },
        "draw_id": order.draw_id,
        "employer_cap": str(order.employer_cap),
        "fixed_members": str(len(order.fixed)),
        "lottery": _lottery(lottery, cells),
        "number": str(order.number),
        "parties": [
            {"commitment": parties[party], "party": party} for party in sorted(parties, key=str.encode)
        ],
        "pool": {
            "eligible": str(len(screened.eligible)),
            "root": "sha256:" + merkle_root([leaf(row, salt) for row in pool]).hex(),
            "size": str(len(pool)),
        },
        "previous": order.previous,
        "project_id": order.project_id,
        "reason": order.reason,
        "rules_digest": order.rules_digest,
        "slots": [
            {
                "codes": sorted(slot.requirement.codes),
                "region": slot.region,
                "seats": str(slot.seats),
                "slot_id": slot.slot_id,
                "venue_id": slot.venue_id,
            }
            for slot in order.slots
        ],
    }
    return Prepared(order, lottery, by_cell, commitment, sha256(canonical(commitment)), salt, pool, conflicts)


def complete(
    prepared: Prepared,
    reveals: Mapping[str, bytes],
    completed_at: datetime,
    sign: Callable[[bytes], bytes],
    public_key: bytes,
) -> Drawn:
    """The panel that the reveals give, with its certificate.

    A party that does not reveal is named and left out; the draw is never started anew for it. Raises
    `RevealRefused` when a reveal does not match its commitment or nobody reveals, and `ConflictsUnresolved`.
    """
    promised = {entry["party"]: entry["commitment"] for entry in prepared.commitment["parties"]}
    for party, nonce in reveals.items():
        if party not in promised:
            raise RevealRefused(party, "is not one of the parties")
        if len(nonce) != 32 or party_commitment(prepared.order.draw_id, party, nonce) != promised[party]:
            raise RevealRefused(party, "the nonce does not match the commitment")
    if not reveals:
        raise RevealRefused(", ".join(promised), "nobody revealed")
    seed = seed_of(prepared.digest, reveals)
    attempts, members = _sample(prepared, seed)
    sealed = {
        "attempts": str(attempts),
        "conflicts": [list(pair) for pair in prepared.conflicts],
        "draw_id": prepared.order.draw_id,
        "fixed": [_member(member) for member in prepared.order.fixed],
        "format": "yidi/draw-sealed/1",
        "panel": [_member(member) for member in members],
        "pool": [list(row) for row in prepared.pool],
        "reveals": [
            {"nonce": reveals[party].hex(), "party": party} for party in sorted(reveals, key=str.encode)
        ],
        "salt": prepared.salt.hex(),
        "seed": seed.hex(),
    }
    public = {
        "commitment": prepared.commitment,
        "commitment_digest": prepared.digest,
        "completed_at": _time(completed_at),
        "drawn": str(len(members)),
        "format": "yidi/draw/1",
        "key": "ed25519:" + public_key.hex(),
        "sealed_digest": sha256(canonical(sealed)),
        "withheld": sorted(set(promised) - reveals.keys(), key=str.encode),
    }
    return Drawn(members, {**public, "signature": sign(canonical(public)).hex()}, sealed)


def _sample(prepared: Prepared, seed: bytes) -> tuple[int, tuple[Member, ...]]:
    """The first panel of the chain of seeds without a conflicting pair, and how many it took."""
    slots = prepared.order.slots
    for attempt in range(1, MOST_ATTEMPTS + 1):
        panel = sample(prepared.lottery, prepared.members, seed)
        if not clash(prepared.conflicts, {seated.expert_id for seated in panel}):
            members = (
                Member(seated.expert_id, slots[seated.slot].slot_id, seated.chance) for seated in panel
            )
            return attempt, tuple(members)
        seed = next_seed(seed)
    raise ConflictsUnresolved(len(prepared.conflicts), MOST_ATTEMPTS)


def certificate_digest(public: Mapping[str, Any]) -> str:
    """The digest by which a later draw names this one."""
    return sha256(canonical(public))


def _pool(
    screened: Screened, slots: Sequence[Slot], split: set[str], number_of: Mapping[Cell, str]
) -> tuple[tuple[str, str, str], ...]:
    """Every screened expert as (id, employer, number of the cell or reason of exclusion), by id."""
    rows = [
        (
            expert.expert_id,
            expert.employer,
            number_of[Cell(fillable(expert, slots), expert.employer if expert.employer in split else "")],
        )
        for expert in screened.eligible
    ]
    rows += [(entry.expert_id, "", entry.reason.value) for entry in screened.excluded]
    return tuple(sorted(rows, key=lambda row: row[0].encode()))


def _lottery(lottery: Lottery, cells: Sequence[Cell]) -> dict[str, Any]:
    """The lottery for the public: employers whose cap binds appear as numbered tags."""
    tags = {
        employer: f"e{nth}"
        for nth, employer in enumerate(sorted({c.employer for c in cells if c.employer}), 1)
    }
    number_of = {cell: str(number) for number, cell in enumerate(cells)}
    counts = Counter(dict(lottery.counts))
    return {
        "cells": [
            {
                "employer": tags.get(cell.employer, ""),
                "members": str(counts[cell]),
                "slots": [str(slot) for slot in cell.slots],
            }
            for cell in cells
        ],
        "levels": [
            {
                "cells": [number_of[cell] for cell in level.cells],
                "chance": str(level.chance),
                "cut": level.kind.value,
                "employers": [tags[employer] for employer in level.employers],
                "slots": [str(slot) for slot in level.slots],
            }
            for level in lottery.levels
        ],
        "spread": [[number_of[cell], str(slot), str(load)] for cell, slot, load in sorted(lottery.spread)],
    }


def _member(member: Member) -> dict[str, str]:
    return {"chance": str(member.chance), "expert_id": member.expert_id, "slot_id": member.slot_id}


def _time(at: datetime) -> str:
    require(at.tzinfo is not None, "committed_at", at, "times carry their time zone")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
