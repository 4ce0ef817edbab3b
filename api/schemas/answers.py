"""Guest requests, invitations and check-ins on the wire."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.record import Case
from models.checkins import CheckInMethod
from models.engagements import EngagementRow
from models.guests import GuestRequestRow
from models.invitations import InvitationRow


class AnswerIn(BaseModel):
    """Yes or no, with a reason if one is given."""

    model_config = ConfigDict(extra="forbid")

    accepts: bool
    reason: str = Field(default="", max_length=500)


class GuestRequestView(BaseModel):
    """What a guest venue is asked for: room, seats and time under a neutral serial, not which project."""

    request_id: str
    serial: str
    venue_id: str
    room_id: str | None
    seats: int | None
    start: datetime | None
    end: datetime | None
    state: str
    sent_at: datetime
    expires_at: datetime
    reason: str

    @classmethod
    def of(cls, request: GuestRequestRow, case: Case) -> Self:
        """What is shown of the request."""
        part = case.part(request.venue_id)
        return cls(
            request_id=request.request_id,
            serial=case.project.serial,
            venue_id=request.venue_id,
            room_id=part.get("room_id"),
            seats=part.get("seats"),
            start=case.booking.start if case.booking else None,
            end=case.booking.end if case.booking else None,
            state=request.state,
            sent_at=request.sent_at,
            expires_at=request.expires_at,
            reason=request.reason,
        )


class InvitationView(BaseModel):
    """An invitation as its expert sees it: when; where only once accepted; never which project before."""

    invitation_id: str
    state: str
    start: datetime | None
    end: datetime | None
    venue_id: str | None
    expires_at: datetime

    @classmethod
    def of(cls, invitation: InvitationRow, member: EngagementRow, case: Case) -> Self:
        """What is shown of the invitation."""
        return cls(
            invitation_id=invitation.invitation_id,
            state=invitation.state,
            start=case.booking.start if case.booking else None,
            end=case.booking.end if case.booking else None,
            venue_id=member.venue_id if invitation.state == "accepted" else None,
            expires_at=invitation.expires_at,
        )


class CheckInIn(BaseModel):
    """An invited expert shows the invitation at the venue and is identified."""

    model_config = ConfigDict(extra="forbid")

    invitation_id: str = Field(max_length=64)
    method: CheckInMethod


class CheckInView(BaseModel):
    """How many of the panel are present, and whether names are unlocked."""

    serial: str
    venue_id: str
    checked_in: int
    expected: int
    unlocked: bool


class MemberView(BaseModel):
    """A member of a panel, once names are unlocked."""

    name: str
    venue_id: str
    state: str
