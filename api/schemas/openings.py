"""Openings files on the wire."""

from pydantic import BaseModel

from api.files.tables import BadRow
from api.schemas.projects import ProjectView


class BadRowView(BaseModel):
    """A row that was left out, and why."""

    line: int
    field: str
    value: str
    rule: str

    @classmethod
    def of(cls, bad: BadRow) -> "BadRowView":
        """The view of a bad row."""
        return cls(line=bad.line, field=bad.field, value=bad.value, rule=bad.rule)


class OpeningsView(BaseModel):
    """What a file of openings came to."""

    projects: list[ProjectView]
    bad_rows: list[BadRowView]
