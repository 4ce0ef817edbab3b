"""What a look back over draws starts from: who could have been drawn, with what chance, and who was.

A `PastDraw` is what a certificate with its opened sealed part proves; nothing here asks whether it is genuine,
which is the verifier's part (`scheduler.verification`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from scheduler.errors import BadInput, require


@dataclass(frozen=True, slots=True)
class Stratum:
    """Experts who could fill the same slots with the same exact chance.

    `slots` are their numbers in the draw, `specialties` (专业) the codes these asked for, `members` pairs of
    (expert id, employer's USCC).
    """

    slots: tuple[int, ...]
    chance: Fraction
    specialties: frozenset[str]
    members: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        require(0 <= self.chance <= 1, "chance", self.chance, "a chance lies between 0 and 1")
        require(bool(self.members), "members", "", "a stratum has members")


@dataclass(frozen=True, slots=True)
class PastDraw:
    """A completed draw (抽取): everyone eligible by strata, those drawn, and those already seated (补抽).

    `exact` tells whether the chances are exact or, for a draw list by list, estimated. `centre_id` is the centre
    (公共资源交易中心) that asked for the draw; `employer_cap` the most members of one employer on the panel.
    """

    draw_id: str
    centre_id: str
    strata: tuple[Stratum, ...]
    drawn: frozenset[str]
    seated: frozenset[str] = frozenset()
    employer_cap: int = 1
    exact: bool = True

    def __post_init__(self) -> None:
        require(bool(self.draw_id), "draw_id", self.draw_id, "a draw has an id")
        ids = [expert_id for stratum in self.strata for expert_id, _ in stratum.members]
        known = set(ids)
        where = f"draw {self.draw_id}"
        require(len(known) == len(ids), "strata", len(ids), f"{where}: an expert is in one stratum, once")
        require(
            self.drawn <= known, "drawn", len(self.drawn - known), f"{where}: only the eligible are drawn"
        )
        require(
            self.seated.isdisjoint(known), "seated", len(self.seated), f"{where}: the seated are not eligible"
        )
        impossible = [
            expert_id
            for stratum in self.strata
            if stratum.chance in (0, 1)
            for expert_id, _ in stratum.members
            if (expert_id in self.drawn) != (stratum.chance == 1)
        ]
        require(not impossible, "drawn", len(impossible), f"{where}: chance 0 is never, 1 is always drawn")


def in_order(draws: Iterable[PastDraw]) -> tuple[PastDraw, ...]:
    """The draws by id; raises `BadInput` when one comes twice or there is none."""
    ordered = sorted(draws, key=lambda draw: draw.draw_id.encode())
    require(bool(ordered), "draws", 0, "a look back needs at least one draw")
    for earlier, later in pairwise(ordered):
        if earlier.draw_id == later.draw_id:
            raise BadInput("draw_id", later.draw_id, "a draw is counted once")
    return tuple(ordered)
