"""Small pools and draws for the tests of this folder."""

from dataclasses import replace
from datetime import UTC, datetime

from scheduler.draw import Caps, DrawOrder, commit, complete, party_commitment
from scheduler.eligibility import Excluded, Reason, Screened
from scheduler.people import Expert
from scheduler.projects import Requirement
from scheduler.slots import Slot

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
SALT = bytes(range(32))


def slots(*seats: int | tuple[int, int]) -> tuple[Slot, ...]:
    """Slots S0, S1, … at one venue, each asking for specialty X0, X1, …, with seats or (least, most)."""
    ranges = [(count, count) if isinstance(count, int) else count for count in seats]
    return tuple(
        Slot(f"S{n}", "V", "532301", Requirement(frozenset({f"X{n}"})), least, most)
        for n, (least, most) in enumerate(ranges)
    )


def experts(*people: tuple[str, ...]) -> tuple[Expert, ...]:
    """Experts E00, E01, … each given as (digits of the slots it can fill, employer[, department[, group]])."""
    return tuple(
        Expert(
            f"E{n:02d}",
            employer,
            "532301",
            frozenset(f"X{digit}" for digit in fits),
            department=rest[0] if rest else None,
            employer_group=rest[1] if len(rest) > 1 else None,
        )
        for n, (fits, employer, *rest) in enumerate(people)
    )


def at_odds(people, *pairs):
    """The same experts, with these conflicts declared by the first of each pair."""
    declared = dict(pairs)
    return tuple(
        replace(one, conflicts=frozenset({declared[one.expert_id]})) if one.expert_id in declared else one
        for one in people
    )


def nonce(number: int) -> bytes:
    """A party's secret."""
    return number.to_bytes(32, "big")


def draw(wanted, pool, cap=1, seed=0, excluded=(), sign=lambda message: b"", **order):
    """A whole draw with two parties whose secrets depend on `seed`."""
    order = {"draw_id": "D1", "project_id": "P1", "number": 1, "assurance": "rehearsal", **order}
    secrets = {"server": nonce(seed), "supervisor": nonce(seed + 10**9)}
    caps = cap if isinstance(cap, Caps) else Caps(cap)
    prepared = commit(
        DrawOrder(slots=wanted, caps=caps, rules_digest="sha256:" + "00" * 32, **order),
        Screened(tuple(pool), tuple(Excluded(expert_id, Reason.BUSY) for expert_id in excluded)),
        {party: party_commitment("D1", party, secret) for party, secret in secrets.items()},
        SALT,
        NOON,
    )
    return complete(prepared, secrets, NOON, sign, bytes(32))
