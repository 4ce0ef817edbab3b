"""Organisations by USCC (统一社会信用代码) and the other names they are known under."""

from sqlmodel import Field

from models.base import Base


class OrganisationRow(Base, table=True):
    """An organisation: employer, tenderer, agency or bidder."""

    __tablename__ = "organisation"

    uscc: str = Field(primary_key=True, max_length=64)
    name: str = ""


class AliasRow(Base, table=True):
    """A name that stands for exactly one organisation, so that caps and recusal see through it."""

    __tablename__ = "organisation_alias"

    alias: str = Field(primary_key=True, max_length=200)
    uscc: str = Field(foreign_key="organisation.uscc", index=True)
