"""Draws on the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.draws import DrawRow, OpenDrawRow


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


class BatchIn(BaseModel):
    """A request to draw for several projects, so that none takes experts whom another cannot do without."""

    model_config = ConfigDict(extra="forbid")

    project_ids: list[str] = Field(min_length=1, max_length=500)
    reason: str = Field(default="", max_length=500)


class ShortView(BaseModel):
    """A project for which no panel could be had, and why."""

    project_id: str
    code: str
    facts: dict[str, str]


class BatchView(BaseModel):
    """Draws made together: the public record of their order, the draws, and the projects left without a panel."""

    batch_id: str
    record: dict[str, Any]
    draw_ids: list[str]
    short: list[ShortView] = []


class OpenDrawIn(BaseModel):
    """A request for a draw of several parties: operator, supervisor and host, besides the server."""

    model_config = ConfigDict(extra="forbid")

    parties: list[str] = Field(min_length=1, max_length=3)
    minutes: int = Field(default=30, ge=1, le=7 * 24 * 60, description="time to reveal, once committed")
    beacon: bool = Field(default=False, description="also the first drand round after that time")
    reason: str = Field(default="", max_length=500)


class PromiseIn(BaseModel):
    """A party's commitment: H("yidi/party/1" 00 draw_id 00 party 00 nonce), nonce of 32 bytes."""

    model_config = ConfigDict(extra="forbid")

    commitment: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")


class RevealIn(BaseModel):
    """A party's secret, 32 bytes in hex."""

    model_config = ConfigDict(extra="forbid")

    nonce: str = Field(pattern=r"^[0-9a-f]{64}$")


class FinishIn(BaseModel):
    """The signature of the committed beacon round, in hex; empty without a beacon."""

    model_config = ConfigDict(extra="forbid")

    beacon_signature: str = Field(default="", pattern=r"^([0-9a-f]{2})*$", max_length=400)


class OpenDrawView(BaseModel):
    """A draw of several parties on its way: who has promised and revealed, and what is committed."""

    draw_id: str
    state: str
    parties: list[str]
    promises: dict[str, str]
    revealed: list[str]
    reveal_by: datetime | None
    commitment: dict[str, Any] | None

    @classmethod
    def of(cls, row: OpenDrawRow, *, whole: bool) -> "OpenDrawView":
        """The view of a row; who may not know the project sees no commitment, which names it."""
        return cls(
            draw_id=row.draw_id,
            state=row.state,
            parties=row.parties,
            promises=row.promises,
            revealed=row.revealed,
            reveal_by=row.reveal_by,
            commitment=row.commitment if whole else None,
        )
