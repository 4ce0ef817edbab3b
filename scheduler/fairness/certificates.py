"""What an opened draw certificate (`docs/certificate.md`) says of who could be drawn and who was."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from scheduler.errors import BadInput
from scheduler.fairness.history import PastDraw, Stratum


def past_draw(public: Mapping[str, Any], sealed: Mapping[str, Any], centre_id: str) -> PastDraw:
    """The past draw that the two parts of a certificate tell of.

    It goes by the digest of its commitment, which no other draw has. Whether the parts are genuine is for the
    verifier to say first; parts that do not fit each other or lack a field raise `BadInput`.
    """
    try:
        return _past_draw(public["commitment"], public["commitment_digest"], sealed, centre_id)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as flaw:
        raise BadInput("certificate", type(flaw).__name__, "both parts of one draw certificate") from None


def common_seed(draw_ids: Iterable[str]) -> bytes:
    """The seed of a look back, from the draws looked at: nobody can try seeds until a finding goes away."""
    message = b"".join(draw_id.encode() + b"\0" for draw_id in sorted(draw_ids, key=str.encode))
    return hashlib.sha256(b"yidi/fairness-seed/1\0" + message).digest()


def _past_draw(
    commitment: Mapping[str, Any], digest: str, sealed: Mapping[str, Any], centre_id: str
) -> PastDraw:
    lottery, slots = commitment["lottery"], commitment["slots"]
    if commitment["draw_id"] != sealed["draw_id"]:
        raise BadInput("draw_id", str(sealed["draw_id"]), f"the sealed part of {commitment['draw_id']}")
    if len(sealed["panel"]) != int(commitment["seats"]):
        raise BadInput("panel", len(sealed["panel"]), f"as many as were drawn: {commitment['seats']}")
    by_cell = _by_cell(commitment)
    own = _by_expert(sealed["panels"]) if commitment["method"] == "panels" else {}
    members: defaultdict[tuple[str, Fraction], list[tuple[str, str]]] = defaultdict(list)
    for expert_id, _, employer, _, verdict in sealed["pool"]:
        if verdict.isdecimal():
            chance = own[expert_id] if own else by_cell[verdict]
            members[verdict, chance].append((expert_id, employer))
    strata = []
    for (cell, chance), inside in members.items():
        reach = tuple(int(slot) for slot in lottery["cells"][int(cell)]["slots"])
        codes = frozenset(code for slot in reach for code in slots[slot]["codes"])
        strata.append(Stratum(reach, chance, codes, tuple(inside)))
    return PastDraw(
        draw_id=digest,
        centre_id=centre_id,
        strata=tuple(strata),
        drawn=frozenset(member["expert_id"] for member in sealed["panel"]),
        seated=frozenset(member["expert_id"] for member in sealed["fixed"]),
        exact=commitment["method"] != "sequential",
        employer_cap=int(commitment["caps"]["employer"]),
    )


def _by_expert(panels: Mapping[str, Any]) -> dict[str, Fraction]:
    """The chance of each expert in a draw over listed panels."""
    levels = {atom: Fraction(level["chance"]) for level in panels["levels"] for atom in level["atoms"]}
    return {one: levels[str(nth)] for nth, atom in enumerate(panels["atoms"]) for one in atom}


def _by_cell(commitment: Mapping[str, Any]) -> dict[str, Fraction]:
    """The chance of each cell's members: the lottery's, or for a draw list by list the estimate of its rehearsals.

    An estimate is moved by one rehearsal towards the middle (Laplace), so that rare is never taken for impossible.
    """
    if commitment["method"] != "sequential":
        levels = commitment["lottery"]["levels"]
        return {cell: Fraction(level["chance"]) for level in levels for cell in level["cells"]}
    estimates, runs = commitment["sequential"]["chances"], int(commitment["sequential"]["runs"])
    sizes = [int(cell["members"]) * runs for cell in commitment["lottery"]["cells"]]
    return {
        str(nth): (Fraction(chance) * size + 1) / (size + 2)
        for nth, (chance, size) in enumerate(zip(estimates, sizes, strict=True))
    }
