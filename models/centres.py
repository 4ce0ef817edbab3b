"""Centres (公共资源交易中心)."""

from sqlmodel import Field

from models.base import Base


class CentreRow(Base, table=True):
    """A centre that runs venues and requests draws."""

    __tablename__ = "centre"

    centre_id: str = Field(primary_key=True, max_length=64)
    name: str
    region: str = Field(max_length=12, index=True)
    uscc: str = Field(default="", max_length=18)
