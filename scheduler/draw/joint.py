"""Draws made together (联合抽取): none takes experts whom another, already requested, cannot do without.

The projects are drawn one after another, in an order that a seed decides. Before each draw, experts whom draws to
come cannot spare are reserved; a panel that would still leave one of those without enough experts is passed over.
Chances are equal among those not reserved. All evidence is arithmetic: so many seats, so few candidates.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.bodies import Caps, path_of
from scheduler.draw.allocation import Allocation, Claim, Seat
from scheduler.draw.canonical import canonical, seed_of, sha256, utc_text
from scheduler.draw.conflicts import pairs_of
from scheduler.draw.order import Scarcity
from scheduler.draw.reveals import check_reveals
from scheduler.errors import require
from scheduler.people import Expert
from scheduler.slots import Reach, Slot


@dataclass(frozen=True)
class Request:
    """A draw of the batch: its slots, caps, who is eligible now, and the projects whose draws clash with it."""

    project_id: str
    slots: tuple[Slot, ...]
    caps: Caps
    eligible: tuple[Expert, ...]
    clashes: frozenset[str]


class Batch:
    """Draws made together, in `order`; `short` are the projects that no joint allocation can serve."""

    def __init__(self, requests: Iterable[Request], seed: bytes) -> None:
        asked = {request.project_id: request for request in requests}
        self.order = tuple(sorted(asked, key=lambda project_id: _ticket(seed, project_id)))
        self._requests = [asked[project_id] for project_id in self.order]
        self._number = {project_id: nth for nth, project_id in enumerate(self.order)}
        ids = sorted({e.expert_id for request in self._requests for e in request.eligible}, key=str.encode)
        self._ids = ids
        self._of = {expert_id: nth for nth, expert_id in enumerate(ids)}
        self._employer = {
            self._of[e.expert_id]: e.employer for request in self._requests for e in request.eligible
        }
        self._allocation = Allocation([self._claim(request) for request in self._requests])
        self.short = frozenset(self.order[number] for number in self._allocation.short)

    def reserved(self, project_id: str) -> tuple[Scarcity | None, frozenset[str]]:
        """The seats of draws to come that leave no choice, and the experts whom this draw must leave to them."""
        own = self._number[project_id]
        near = self._allocation.claims[own].clashes
        fixed = self._allocation.fixed_seats(own)
        why = self._scarcity(fixed, frozenset(), spare=0) if any(seat[0] in near for seat in fixed) else None
        if why is None:
            return None, frozenset()
        needed = {(number, slot) for number, slot, _ in fixed if number in near}
        held = {one for number, slot in needed for one in self._allocation.available(number, slot)}
        # Of an employer with more candidates than can sit nobody is needed in person: a colleague can stand in.
        ids = frozenset(self._ids[one] for one in held) & _all_needed(why)
        return (why, ids) if ids else (None, ids)

    def strands(self, project_id: str, panel: Collection[str]) -> Scarcity | None:
        """Why this panel would leave draws to come without enough experts; None if it does not, and then it sits."""
        number, members = self._number[project_id], {self._of[expert_id] for expert_id in panel}
        lost = self._allocation.take(number, members)
        if not lost:
            return None
        # The draw's own seats are being filled: only those of draws to come can be in need.
        lost = [seat for seat in lost if seat[0] != number]
        waiting = [seat for seat in self._allocation.open_seats() if seat[0] != number]
        ways = [
            lost,
            *([seat for seat in waiting if seat[0] == other] for other in sorted({s[0] for s in lost})),
        ]
        for seats in (*ways, waiting):
            if why := self._scarcity(seats, members, spare=-1):
                return why
        # Caps of several levels can be at fault in a way that no count shows: then the panel is not refused.
        self._allocation.take(number, members, anyway=True)
        return None

    def _scarcity(self, seats: Sequence[Seat], panel: Collection[int], spare: int) -> Scarcity | None:
        """The seats and candidates, if counting shows that there are at most `spare` more than needed."""
        slots = sorted({(number, slot) for number, slot, _ in seats})
        needed = sum(self._requests[number].slots[slot].seats for number, slot in slots)
        candidates = sorted(
            {one for number, slot in slots for one in self._allocation.available(number, slot)}
        )
        numbers = sorted({number for number, _ in slots})
        able = {number: set[int]() for number in numbers}
        for number, slot in slots:
            able[number].update(self._allocation.available(number, slot))
        why = Scarcity(
            seats=tuple(
                (self.order[number], self._requests[number].slots[slot].slot_id) for number, slot in slots
            ),
            needed=needed,
            caps=tuple((self.order[number], self._requests[number].caps.employer) for number in numbers),
            candidates=tuple(
                (self._ids[one], self._employer[one], tuple(self.order[n] for n in numbers if one in able[n]))
                for one in candidates
            ),
        )
        out = {self._ids[one] for one in panel}
        return why if sum(_most(why, out).values()) <= needed + spare else None

    def _claim(self, request: Request) -> Claim:
        candidates: list[list[int]] = [[] for _ in request.slots]
        reach, bodies = Reach(request.slots), {}
        for expert in sorted(request.eligible, key=lambda expert: expert.expert_id.encode()):
            nth = self._of[expert.expert_id]
            bodies[nth] = request.caps.chain(path_of(expert))
            for slot in reach.of(expert.region, expert.specialties):
                candidates[slot].append(nth)
        odds: dict[int, set[int]] = {}
        for one, other in pairs_of(request.eligible):
            odds.setdefault(self._of[one], set()).add(self._of[other])
            odds.setdefault(self._of[other], set()).add(self._of[one])
        return Claim(
            seats=tuple(slot.seats for slot in request.slots),
            candidates=tuple(candidates),
            clashes=frozenset(self._number[other] for other in request.clashes if other in self._number),
            caps=request.caps,
            bodies=bodies,
            odds={one: frozenset(foes) for one, foes in odds.items()},
        )


def _most(why: Scarcity, panel: Collection[str]) -> dict[str, int]:
    """How many of each employer's candidates who are not on the panel can at most sit."""
    count, able = Counter[str](), Counter[tuple[str, str]]()
    for expert_id, employer, projects in why.candidates:
        if expert_id not in panel:
            count[employer] += 1
            able.update((employer, project) for project in projects)
    caps, seats = dict(why.caps), Counter[str]()
    for (employer, project), number in able.items():
        seats[employer] += min(caps[project], number)
    return {employer: min(total, seats[employer]) for employer, total in count.items()}


def _all_needed(why: Scarcity) -> frozenset[str]:
    """The candidates of employers all of whose candidates can sit; of others a colleague can stand in."""
    most, count = _most(why, ()), Counter(employer for _, employer, _ in why.candidates)
    return frozenset(one for one, employer, _ in why.candidates if most[employer] == count[employer])


def _ticket(seed: bytes, project_id: str) -> bytes:
    return hashlib.sha256(b"yidi/batch/1\0" + seed + project_id.encode()).digest()


def commit_batch(
    batch_id: str, projects: Collection[str], parties: Mapping[str, str], committed_at: datetime
) -> dict[str, Any]:
    """What is fixed about a batch before its seed exists: the projects, and the parties' commitments.

    A party's commitment is `party_commitment(batch_id, party, nonce)`.
    """
    require(bool(parties), "parties", "", "at least one party provides randomness")
    return {
        "batch_id": batch_id,
        "committed_at": utc_text(committed_at),
        "format": "yidi/batch-commitment/1",
        "parties": [
            {"commitment": parties[party], "party": party} for party in sorted(parties, key=str.encode)
        ],
        "projects": sorted(projects, key=str.encode),
    }


def complete_batch(
    commitment: Mapping[str, Any], reveals: Mapping[str, bytes]
) -> tuple[dict[str, Any], bytes]:
    """The batch's public record and the seed of its order; raises `RevealRefused` for a false reveal or none."""
    digest = sha256(canonical(commitment))
    check_reveals(commitment["batch_id"], commitment["parties"], reveals)
    seed = seed_of(digest, reveals)
    record = {
        "commitment": commitment,
        "commitment_digest": digest,
        "format": "yidi/batch/1",
        "order": sorted(commitment["projects"], key=lambda project_id: _ticket(seed, project_id)),
        "reveals": [
            {"nonce": reveals[party].hex(), "party": party} for party in sorted(reveals, key=str.encode)
        ],
    }
    return record, seed
