"""Experts (评标专家), the organisations they belong to, and the pool (综合评标专家库) they are drawn from.

The engine knows experts by a pseudonymous id; names, telephones and identity numbers never enter it.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from scheduler.errors import BadInput, require


class ExpertStatus(StrEnum):
    """Where an expert stands in the pool's life cycle (专家库管理)."""

    ACTIVE = "active"
    APPLIED = "applied"
    TRAINING = "training"
    LEAVE = "leave"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class TieKind(StrEnum):
    """Why an organisation is close to an expert (利害关系), besides today's employer."""

    EMPLOYMENT = "employment"
    DIRECTORSHIP = "directorship"
    SHAREHOLDING = "shareholding"
    KIN = "kin"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """An expert's tie to an organisation (USCC); `until` is None while it lasts."""

    organisation: str
    kind: TieKind
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Expert:
    """Someone who may be drawn.

    `employer` is the USCC (统一社会信用代码) of the employer, never its name: aliases are resolved before.
    `employer_group` and `department` are ids of the larger and smaller unit for nested caps, if known.
    `region` is a GB/T 2260 code; `specialties` are codes of the 评标专家专业分类标准, such as "A080101".
    """

    expert_id: str
    employer: str
    region: str
    specialties: frozenset[str]
    status: ExpertStatus = ExpertStatus.ACTIVE
    senior: bool = False
    birth_year: int | None = None
    department: str | None = None
    employer_group: str | None = None
    ties: frozenset[Tie] = frozenset()
    conflicts: frozenset[str] = frozenset()
    """Ids of experts with whom this one must not sit (declared mutual conflicts)."""
    person: str | None = None
    """A mark of the person behind the id, such as a keyed hash of the identity number: nobody is in a pool twice."""

    def __post_init__(self) -> None:
        require(bool(self.expert_id), "expert_id", self.expert_id, "an expert has an id")
        require(bool(self.employer), "employer", self.employer, "an expert has an employer's USCC")
        require(
            bool(self.specialties), "specialties", "", f"expert {self.expert_id} has at least one specialty"
        )
        normal = unicodedata.normalize("NFC", self.expert_id)
        require(normal == self.expert_id, "expert_id", self.expert_id, "ids are in Unicode normal form C")


def refuse_doubles(experts: Iterable[Expert]) -> None:
    """Raise `BadInput` when one person stands behind two ids, which would double the chance of being drawn."""
    known: dict[str, str] = {}
    for expert in experts:
        if expert.person and known.setdefault(expert.person, expert.expert_id) != expert.expert_id:
            rule = f"one person has one id; {known[expert.person]} is the same person"
            raise BadInput("person", expert.expert_id, rule)


@dataclass(frozen=True, slots=True)
class Pool:
    """All experts known to a draw, in the order of their ids' UTF-8 bytes, each once."""

    experts: tuple[Expert, ...]

    @classmethod
    def of(cls, experts: Iterable[Expert]) -> "Pool":
        """The pool of these experts; raises `BadInput` when an id, or a person, comes twice."""
        ordered = sorted(experts, key=lambda expert: expert.expert_id.encode())
        for earlier, later in pairwise(ordered):
            if earlier.expert_id == later.expert_id:
                raise BadInput("expert_id", later.expert_id, "an expert is in the pool once")
        refuse_doubles(ordered)
        return cls(tuple(ordered))

    def __iter__(self) -> Iterator[Expert]:
        return iter(self.experts)

    def __len__(self) -> int:
        return len(self.experts)
