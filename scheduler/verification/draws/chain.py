"""The verifier of the draws of one project: no number missing, each naming the one before, members kept."""

from collections.abc import Sequence
from typing import Any

from scheduler.verification.draws.parts import check, digest, jcs, moment, whole
from scheduler.verification.draws.steps import Step, run


def verify_chain(certificates: Sequence[tuple[Any, Any]]) -> Step:
    """Whether these certificates of one project, public and sealed part (or None), are its draws from the first on.

    Each must hold by itself. Never raises.
    """
    return run([("chain", lambda: _chained(certificates))])[0]


def _chained(certificates: Sequence[tuple[Any, Any]]) -> None:
    ordered = sorted(certificates, key=lambda pair: whole(pair[0]["commitment"]["number"]))
    earlier: Any = None
    members: dict[str, tuple[str, str]] | None = {}
    for number, (public, sealed) in enumerate(ordered, start=1):
        said = public["commitment"]
        check(whole(said["number"]) == number, f"draw {number} of {said['project_id']} is missing")
        if earlier is not None:
            same = said["project_id"] == earlier["commitment"]["project_id"]
            check(same, "certificates of different projects are no chain")
            linked = said["previous"] == digest(jcs(earlier))
            check(linked, f"draw {number} does not name the certificate of draw {number - 1}")
            later = moment(said["committed_at"]) >= moment(earlier["completed_at"])
            check(later, f"draw {number} was committed before draw {number - 1} was known")
        if sealed is None or members is None:
            members = None
        else:
            for member in sealed["fixed"]:
                seat = (member["slot_id"], member["chance"])
                check(
                    members.get(member["expert_id"]) == seat, f"draw {number} keeps someone who was not drawn"
                )
            drawn = [*sealed["fixed"], *sealed["panel"]]
            members |= {one["expert_id"]: (one["slot_id"], one["chance"]) for one in drawn}
        earlier = public
