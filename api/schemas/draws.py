"""Draws on the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.draws import DrawRow


class DrawIn(BaseModel):
    """A request to draw the empty seats; the reason is needed for every draw after the first."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=500)


class DrawView(BaseModel):
    """A completed draw: its public certificate, which names nobody."""

    draw_id: str
    number: int
    kind: str
    digest: str
    reason: str
    drawn_at: datetime
    certificate: dict[str, Any]

    @classmethod
    def of(cls, row: DrawRow) -> "DrawView":
        """The view of a row."""
        return cls(
            draw_id=row.draw_id,
            number=row.number,
            kind=row.kind,
            digest=row.digest,
            reason=row.reason,
            drawn_at=row.drawn_at,
            certificate=row.public,
        )
