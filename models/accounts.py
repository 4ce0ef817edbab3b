"""Accounts, what they reach, and the tokens they call with."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.base import Base, UtcTime
from models.checks import one_of


class AccountRole(StrEnum):
    """The roles an account may have; nobody has two."""

    OPERATOR = "operator"
    HOST = "host"
    SUPERVISOR = "supervisor"
    EXPERT = "expert"
    PUBLIC = "public"
    ADMINISTRATOR = "administrator"
    MACHINE = "machine"


class AccountRow(Base, table=True):
    """Someone or something that calls; `password` is an argon2 hash, or empty where only tokens open."""

    __tablename__ = "account"
    __table_args__ = (
        one_of("role", AccountRole),
        CheckConstraint("role <> 'operator' OR centre_id IS NOT NULL", name="operator_has_a_centre"),
        CheckConstraint("role <> 'expert' OR expert_id IS NOT NULL", name="expert_is_someone"),
        CheckConstraint("role <> 'supervisor' OR region IS NOT NULL", name="supervisor_has_a_region"),
    )

    account_id: str = Field(primary_key=True, max_length=64)
    role: str
    name: str = ""
    centre_id: str | None = Field(default=None, foreign_key="centre.centre_id")
    region: str | None = Field(default=None, max_length=12)
    expert_id: str | None = Field(default=None, foreign_key="expert.expert_id", unique=True)
    password: str = ""
    disabled_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AccountVenueRow(Base, table=True):
    """A venue that a host answers for."""

    __tablename__ = "account_venue"

    account_id: str = Field(primary_key=True, foreign_key="account.account_id")
    venue_id: str = Field(primary_key=True, foreign_key="venue.venue_id")


class TokenRow(Base, table=True):
    """A bearer token, kept only as its argon2 hash; `token_id` is the part of it that is no secret."""

    __tablename__ = "token"

    token_id: str = Field(primary_key=True, max_length=32)
    account_id: str = Field(foreign_key="account.account_id", index=True)
    secret: str
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
