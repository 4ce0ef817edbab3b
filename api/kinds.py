"""Every kind of event (事件类型) and every fact it may carry, in one place: what is not declared here is refused.

`FACTS` says what a fact means and its JSON type; `KINDS` says which facts a kind carries in clear, and which are
sealed (personal: kept outside the hash chain, so that they can be erased). Who sees which is `api.disclosure`'s.
"""

from dataclasses import dataclass
from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
DAY: dict[str, Any] = {"type": "string", "format": "date"}
FLAG: dict[str, Any] = {"type": "boolean"}


def listed(item: dict[str, Any]) -> dict[str, Any]:
    """The JSON type of a list of `item`."""
    return {"type": "array", "items": item}


def record(**fields: dict[str, Any]) -> dict[str, Any]:
    """The JSON type of an object with these fields and no other."""
    return {"type": "object", "properties": fields, "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact means, and its JSON type."""

    meaning: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of event says, the facts it may carry in clear, and those it seals."""

    meaning: str
    facts: frozenset[str]
    sealed: frozenset[str] = frozenset()


MEMBER = record(name=TEXT, venue_id=TEXT, seat=TEXT, specialty=TEXT, replaced=FLAG)
FACTS: dict[str, Fact] = {
    "account_id": Fact("the account that changed", TEXT),
    "allowed": Fact("the specialty codes that a slot accepts by a widening", listed(TEXT)),
    "alarm": Fact(
        "how near an evaluation is to passing 22:00",
        {"type": "string", "enum": ["calm", "watch", "warn", "split"]},
    ),
    "alternates": Fact("alternates drawn", COUNT),
    "answer": Fact("accepted, declined or timed_out", TEXT),
    "answer_by": Fact("until when an answer counts", TIME),
    "accepted": Fact("invitations accepted so far", COUNT),
    "asked": Fact("the specialty codes that a slot asks for", listed(TEXT)),
    "bids": Fact("bids received, over all sections", COUNT),
    "booking_id": Fact("the booking of one project", TEXT),
    "bound": Fact("no plan costs less, on the planner's scale", COUNT),
    "candidates": Fact("the candidates recommended, in order (organisations)", listed(TEXT)),
    "category": Fact("what is bought", TEXT),
    "centre_id": Fact("the centre that runs the project", TEXT),
    "certificate_digest": Fact("SHA-256 of the draw's public certificate", TEXT),
    "checked_in": Fact("members checked in so far", COUNT),
    "code": Fact("a stable reason code", TEXT),
    "commitment": Fact("the draw's public commitment", TEXT),
    "cost": Fact("what the best plan so far costs, on the planner's scale", COUNT),
    "date": Fact("the day planned", DAY),
    "draw_id": Fact("the draw", TEXT),
    "end": Fact("the end of the last session", TIME),
    "expected": Fact("members expected to check in", COUNT),
    "expert_id": Fact("the invited expert's pseudonymous id", TEXT),
    "forecast_end": Fact("when the evaluation is expected to end", TIME),
    "from_end": Fact("the end before the move", TIME),
    "from_opening_at": Fact("the opening before it was postponed", TIME),
    "from_room_id": Fact("the room before the move", TEXT),
    "from_start": Fact("the start before the move", TIME),
    "from_venue_id": Fact("the venue before the move", TEXT),
    "gap": Fact("how far the cost may be above the best possible, as a share of it", SHARE),
    "host": Fact("the host that a webhook sends to", TEXT),
    "invitation_id": Fact("the invitation", TEXT),
    "iterations": Fact("steps of search done", COUNT),
    "latest_end": Fact("the end that the evaluation does not pass, at the rule book's quantile", TIME),
    "level": Fact("how many steps a slot is widened by", COUNT),
    "lost_seats": Fact("seats lost and drawn again", COUNT),
    "members": Fact("the panel by name; a guest host sees those at its own venue", listed(MEMBER)),
    "moved": Fact("bookings moved by the plan", COUNT),
    "now": Fact("the simulated time", TIME),
    "opening_at": Fact("the opening, as the tender notice fixed it", TIME),
    "phase": Fact(
        "what the solver does: first plan, bound, home starts, search, packed, exchange, done; "
        "province by province: homes, crossing, provinces, repair, done",
        TEXT,
    ),
    "plan_id": Fact("the plan", TEXT),
    "pool_size": Fact("eligible experts in the draw", COUNT),
    "previous_draw_id": Fact("the draw that is continued", TEXT),
    "probability": Fact("the chance that the evaluation passes 22:00", SHARE),
    "procurement": Fact("the kind of procurement", TEXT),
    "progress": Fact("the share of the evaluation that is done", SHARE),
    "project": Fact("the project's name", TEXT),
    "project_id": Fact("the project", TEXT),
    "proposed_end": Fact("the end of the next slot that a split could take", TIME),
    "proposed_start": Fact("the start of the next slot that a split could take", TIME),
    "purpose": Fact("why a record was read", TEXT),
    "reason": Fact("why, as a true sentence", TEXT),
    "record": Fact("the record that was read", TEXT),
    "region": Fact("GB/T 2260 code of the project's home region", TEXT),
    "remark": Fact("what the guest's host remarked", TEXT),
    "request_id": Fact("the request to a guest venue", TEXT),
    "room_id": Fact("the room", TEXT),
    "round": Fact("the number of the redraw", COUNT),
    "scheduled": Fact("projects with a place in the plan", COUNT),
    "seats": Fact("seats taken in the room, or drawn", COUNT),
    "section": Fact("the section under evaluation, counted from 1", COUNT),
    "sections": Fact("sections of the project", COUNT),
    "serial": Fact("the neutral number by which hosts know the evaluation", TEXT),
    "sessions": Fact("all sittings", listed(record(start=TIME, end=TIME))),
    "shown_from": Fact("before this time the event is shown to nobody", TIME),
    "side": Fact("home or guest", {"type": "string", "enum": ["home", "guest"]}),
    "slot_id": Fact("the slot of a draw: seats of one specialty at one venue", TEXT),
    "speed": Fact("simulated seconds per second", {"type": "number"}),
    "split": Fact("the evaluation starts on a later day than the opening", FLAG),
    "split_count": Fact("split evaluations in the plan", COUNT),
    "start": Fact("the start of the first session", TIME),
    "state": Fact("the state after the event", TEXT),
    "support_count": Fact("projects supported as guest in the period", COUNT),
    "parties": Fact("who provides randomness", listed(TEXT)),
    "party": Fact("who has revealed", TEXT),
    "period": Fact("the period of the count, such as 2026-11", TEXT),
    "thin_slots": Fact(
        "slots with fewer eligible experts a seat than draw.min_candidate_ratio", listed(TEXT)
    ),
    "topics": Fact("the topics of a webhook", listed(TEXT)),
    "unscheduled": Fact("projects without a place, each with a reason", COUNT),
    "venue_id": Fact("the venue", TEXT),
    "webhook_id": Fact("the webhook", TEXT),
    "widening_id": Fact("the widening of a slot", TEXT),
}

_PROJECT = frozenset({"project_id", "serial", "project", "centre_id", "region", "state"})
_PLACE = frozenset(
    {"booking_id", "venue_id", "room_id", "side", "seats", "start", "end", "sessions", "split"}
)
_BOOKING = _PROJECT | _PLACE
_GUEST = _BOOKING | {"request_id", "answer_by", "remark", "reason", "code"}
_WIDENING = _PROJECT | {"widening_id", "slot_id", "level", "asked", "allowed", "reason"}
_DRAW = _PROJECT | {"draw_id", "booking_id", "seats", "alternates", "pool_size", "commitment"}


def _kind(meaning: str, facts: frozenset[str], *more: str, sealed: tuple[str, ...] = ()) -> Kind:
    return Kind(meaning, facts | set(more) | {"shown_from"}, frozenset(sealed))


KINDS: dict[str, Kind] = {
    "project.submitted": _kind(
        "a project is on record", _PROJECT, "procurement", "category", "opening_at", "sections", "bids"
    ),
    "project.exempted": _kind("a project is evaluated on site", _PROJECT, "code", "reason"),
    "project.failed": _kind("a project ended without a result", _PROJECT, "booking_id", "code", "reason"),
    "project.cancelled": _kind("a project is withdrawn", _PROJECT, "booking_id", "code", "reason"),
    "opening.postponed": _kind(
        "the opening is at another time", _PROJECT, "opening_at", "from_opening_at", "reason"
    ),
    "venue.blocked": _kind(
        "a room, or without one the whole venue, is out of service for a time",
        frozenset({"venue_id", "centre_id", "region", "room_id", "start", "end", "reason"}),
    ),
    "supply.limited": _kind(
        "a region supplies fewer experts than its pool has", frozenset({"region", "seats", "reason"})
    ),
    "plan.published": _kind(
        "a plan is in force",
        frozenset({"plan_id", "date", "region", "centre_id"}),
        *("scheduled", "unscheduled", "split_count", "moved"),
    ),
    "plan.progressed": _kind(
        "an order to plan is taken up, has come so far, is solved, or has ended without a plan",
        frozenset({"plan_id", "date", "region", "centre_id", "state"}),
        *("phase", "iterations", "cost", "bound", "gap"),
    ),
    "booking.made": _kind("a room is taken; one event per room of the booking", _BOOKING, "reason"),
    "booking.moved": _kind(
        "a taken room, or its time, has changed",
        _BOOKING,
        *("reason", "from_venue_id", "from_room_id", "from_start", "from_end"),
    ),
    "booking.cancelled": _kind("a room is free again", _BOOKING, "reason", "code"),
    "guest.requested": _kind("a venue is asked to be guest", _GUEST),
    "guest.approved": _kind("the guest venue has agreed", _GUEST),
    "guest.rejected": _kind("the guest venue has refused, or did not answer in time", _GUEST),
    "draw.opened": _kind("parties are asked to promise a secret for a draw", _PROJECT, "draw_id", "parties"),
    "draw.failed": _kind("a draw of several parties came to nothing", _PROJECT, "draw_id"),
    "draw.revealed": _kind("a party has revealed its secret to the service", _PROJECT, "draw_id", "party"),
    "draw.committed": _kind("a draw's pool and lottery are fixed and published", _DRAW, "thin_slots"),
    "draw.completed": _kind("a panel is drawn; nobody is named", _DRAW, "certificate_digest"),
    "draw.redrawn": _kind(
        "lost seats are drawn again",
        _DRAW,
        *("certificate_digest", "previous_draw_id", "lost_seats", "round", "reason"),
    ),
    "draw.short": _kind("no panel could be had for want of experts", _PROJECT, "code", "reason"),
    "widening.requested": _kind("a slot is to accept less of a specialty code", _WIDENING),
    "widening.approved": _kind("a slot accepts less of a specialty code from now on", _WIDENING),
    "widening.refused": _kind("a slot keeps its specialty code", _WIDENING),
    "invitation.sent": _kind(
        "an expert is invited",
        _BOOKING,
        *("invitation_id", "draw_id", "answer_by"),
        sealed=("expert_id",),
    ),
    "invitation.answered": _kind(
        "an invitation is accepted, declined or timed out",
        _BOOKING,
        *("invitation_id", "draw_id", "answer", "accepted"),
        sealed=("expert_id",),
    ),
    "bids.opened": _kind("bids are open, bidders known", _PROJECT, "sections", "bids"),
    "split.scheduled": _kind("the evaluation moves to a later day", _BOOKING, "reason"),
    "checkin.recorded": _kind("a member has checked in", _BOOKING, "checked_in", "expected"),
    "names.unlocked": _kind(
        "all have checked in: the panel is known to its hosts", _BOOKING, "expected", sealed=("members",)
    ),
    "evaluation.started": _kind("the panel has begun", _BOOKING, "forecast_end", "latest_end", "sections"),
    "evaluation.progressed": _kind(
        "a section is done", _BOOKING, "progress", "section", "sections", "forecast_end", "latest_end"
    ),
    "forecast.changed": _kind(
        "a running evaluation is expected to end otherwise than was told, or is nearer to 22:00, or farther from it",
        _BOOKING,
        *("forecast_end", "latest_end", "alarm", "probability", "proposed_start", "proposed_end"),
    ),
    "evaluation.suspended": _kind("an evaluation cannot go on where it is", _BOOKING, "reason"),
    "evaluation.finished": _kind("the panel has reported", _BOOKING, "progress"),
    "support.counted": _kind(
        "a venue's support as guest is counted", frozenset({"venue_id", "region", "support_count", "period"})
    ),
    "result.published": _kind(
        "the result and the panel are public",
        _PROJECT,
        *("candidates", "certificate_digest"),
        sealed=("members",),
    ),
    "clock.ticked": _kind("the simulated clock moved", frozenset({"now", "speed"})),
    "account.changed": _kind(
        "an account's role or scope changed, or it was revoked", frozenset({"account_id"})
    ),
    "webhook.changed": _kind(
        "a webhook was made, enabled, disabled, replayed or removed",
        frozenset({"webhook_id", "account_id", "host", "topics", "state", "reason", "region"}),
    ),
    "record.read": _kind("a sealed record was read", frozenset({"record", "purpose", "region"})),
}


class UndeclaredFact(ValueError):
    """An event was about to be recorded with a kind or a fact that nobody declared."""


def check(kind: str, facts: frozenset[str], sealed: frozenset[str]) -> None:
    """Raise `UndeclaredFact` unless the kind exists and may carry these facts, in clear and sealed."""
    if kind not in KINDS:
        raise UndeclaredFact(f"no such kind of event: {kind}")
    undeclared = (facts - KINDS[kind].facts) | (sealed - KINDS[kind].sealed)
    if undeclared:
        raise UndeclaredFact(f"{kind} does not carry {', '.join(sorted(undeclared))}")
