"""Experts (评标专家): pseudonymous facts in the clear, personal fields encrypted."""

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.base import Base
from models.checks import one_of
from scheduler.people import ExpertStatus, TieKind


class ExpertRow(Base, table=True):
    """An expert of the pool; `name` and `phone` are ciphertexts that name their key."""

    __tablename__ = "expert"
    __table_args__ = (
        one_of("status", ExpertStatus),
        CheckConstraint(
            "birth_year IS NULL OR birth_year BETWEEN 1900 AND 2100", name="birth_year_plausible"
        ),
    )

    expert_id: str = Field(primary_key=True, max_length=64)
    employer: str = Field(foreign_key="organisation.uscc", index=True)
    region: str = Field(max_length=12, index=True)
    status: str
    senior: bool = False
    birth_year: int | None = None
    department: str | None = None
    employer_group: str | None = None
    person: str | None = Field(default=None, max_length=128, unique=True)
    name: bytes = b""
    phone: bytes = b""


class ExpertSpecialtyRow(Base, table=True):
    """One specialty code (评标专家专业分类标准) of an expert."""

    __tablename__ = "expert_specialty"
    __table_args__ = (Index("ix_expert_specialty_code", "code"),)

    expert_id: str = Field(primary_key=True, foreign_key="expert.expert_id")
    code: str = Field(primary_key=True, max_length=32)


class ExpertTieRow(Base, table=True):
    """A tie of an expert to an organisation (利害关系)."""

    __tablename__ = "expert_tie"
    __table_args__ = (one_of("kind", TieKind),)

    expert_id: str = Field(primary_key=True, foreign_key="expert.expert_id")
    organisation: str = Field(primary_key=True, max_length=64)
    kind: str = Field(primary_key=True, max_length=32)
    until: date | None = None


class ExpertConflictRow(Base, table=True):
    """Two experts who must not sit on one panel, as one of them declared."""

    __tablename__ = "expert_conflict"
    __table_args__ = (CheckConstraint("expert_id <> other_id", name="two_people"),)

    expert_id: str = Field(primary_key=True, foreign_key="expert.expert_id")
    other_id: str = Field(primary_key=True, max_length=64)
