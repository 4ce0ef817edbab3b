"""What an opened draw certificate (`docs/certificate.md`) says of who could be drawn and who was."""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from scheduler.errors import BadInput
from scheduler.fairness.history import PastDraw, Stratum


def past_draw(public: Mapping[str, Any], sealed: Mapping[str, Any], centre_id: str) -> PastDraw:
    """The past draw that the two parts of a certificate tell of.

    Whether they are genuine is for the verifier to say first; parts that do not fit each other or lack a field raise
    `BadInput`.
    """
    try:
        return _past_draw(public["commitment"], sealed, centre_id)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as flaw:
        raise BadInput("certificate", type(flaw).__name__, "both parts of one draw certificate") from None


def _past_draw(commitment: Mapping[str, Any], sealed: Mapping[str, Any], centre_id: str) -> PastDraw:
    lottery, slots = commitment["lottery"], commitment["slots"]
    if commitment["draw_id"] != sealed["draw_id"]:
        raise BadInput("draw_id", str(sealed["draw_id"]), f"the sealed part of {commitment['draw_id']}")
    chances = {cell: Fraction(level["chance"]) for level in lottery["levels"] for cell in level["cells"]}
    members: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for expert_id, employer, verdict in sealed["pool"]:
        if verdict.isdecimal():
            members[verdict].append((expert_id, employer))
    strata = []
    for cell, inside in members.items():
        reach = tuple(int(slot) for slot in lottery["cells"][int(cell)]["slots"])
        codes = frozenset(code for slot in reach for code in slots[slot]["codes"])
        strata.append(Stratum(reach, chances[cell], codes, tuple(inside)))
    return PastDraw(
        draw_id=commitment["draw_id"],
        centre_id=centre_id,
        strata=tuple(strata),
        drawn=frozenset(member["expert_id"] for member in sealed["panel"]),
        seated=frozenset(member["expert_id"] for member in sealed["fixed"]),
        employer_cap=int(commitment["employer_cap"]),
    )
