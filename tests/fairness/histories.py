"""Histories of draws for the tests of this folder: by the real engine, and by drawers honest or not."""

import hashlib
from fractions import Fraction

from scheduler.draw import Caps, DrawOrder, commit, complete, party_commitment
from scheduler.eligibility import Screened
from scheduler.fairness import PastDraw, Stratum, past_draw
from tests.draw.worlds import NOON, SALT, nonce


def drawn_by_engine(wanted, pool, draws, seed, cap=1, centres=2):
    """So many draws of one pool, held by the engine itself."""
    history = []
    for nth in range(draws):
        draw_id = f"D{nth:03d}"
        secret = nonce(seed * 10_000 + nth)
        order = DrawOrder(
            draw_id=draw_id,
            project_id=f"P{nth}",
            number=1,
            assurance="rehearsal",
            slots=wanted,
            caps=Caps(cap),
            rules_digest="sha256:00",
        )
        promised = {"server": party_commitment(draw_id, "server", secret)}
        prepared = commit(order, Screened(tuple(pool), ()), promised, SALT, NOON)
        drawn = complete(prepared, {"server": secret}, NOON, lambda message: b"", bytes(32))
        history.append(past_draw(drawn.public, drawn.sealed, f"C{nth % centres}"))
    return history


def ticket(*parts):
    """A number between 0 and 1 that follows from the parts."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:8], "big") / 2**64


def equal_draw(nth, people, seats, drawn, centre="C0", **more):
    """A draw that claims seats/n for each of `people`, whoever was really drawn."""
    members = tuple((expert_id, f"U-{expert_id}") for expert_id in people)
    stratum = Stratum((0,), Fraction(seats, len(people)), frozenset({"A08"}), members)
    return PastDraw(f"D{nth:04d}", centre, (stratum,), frozenset(drawn), **more)


def lots(people, seats, *seed, favour=()):
    """The people with the best lots; those favoured draw three and keep the best."""
    best = {
        person: min(ticket(*seed, person, nth) for nth in range(3 if person in favour else 1))
        for person in people
    }
    return sorted(people, key=best.__getitem__)[:seats]
