"""Rule books (规则参数) as they were in force: the text under its digest."""

from datetime import datetime

from sqlmodel import Field

from models.base import Base, UtcTime


class RuleBookRow(Base, table=True):
    """A rule book's full text; plans and draws refer to it by digest."""

    __tablename__ = "rule_book"

    digest: str = Field(primary_key=True, max_length=80)
    version: str
    text: str
    first_used_at: datetime = Field(sa_type=UtcTime)
