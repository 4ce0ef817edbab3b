"""What a viewer may know (知悉范围): the one place that decides, for REST, push, exports and webhooks alike.

An allow-list: a kind without an entry, a role without a line, a fact that is not listed is not shown. Sans I/O.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from api.events import Entry
from api.kinds import KINDS


class Role(StrEnum):
    """Who someone is to the service."""

    OPERATOR = "operator"
    HOST = "host"
    SUPERVISOR = "supervisor"
    EXPERT = "expert"
    PUBLIC = "public"
    ADMINISTRATOR = "administrator"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Someone who looks, with the scope of the duty.

    `region` is a prefix of GB/T 2260 codes: "5323" is a prefecture, "53" a province, "" the whole nation.
    """

    account_id: str
    role: Role
    centre_id: str | None = None
    venue_ids: frozenset[str] = frozenset()
    region: str | None = None
    expert_id: str | None = None
    expires_at: datetime | None = None

    @property
    def standing(self) -> "Viewer":
        """The viewer without what does not change what is shown: equal standings see the same."""
        return Viewer("", self.role, self.centre_id, self.venue_ids, self.region, self.expert_id)


#: What the board of a region shows to any account: rooms, hours, counts and states, never a project's identity.
BOARD = frozenset(
    {"booking_id", "serial", "venue_id", "room_id", "side", "seats", "start", "end", "sessions", "split"}
    | {
        "state",
        "progress",
        "forecast_end",
        "latest_end",
        "alarm",
        "sections",
        "section",
        "checked_in",
        "expected",
        "region",
    }
    | {"from_venue_id", "from_room_id", "from_start", "from_end", "support_count", "period"}
    | {"plan_id", "date", "scheduled", "unscheduled", "split_count", "moved", "now", "speed", "commitment"}
)
#: What a venue's host knows of an evaluation before it starts: its own seats and times under a neutral number.
_HOSTED = BOARD | {"request_id", "answer_by", "remark"}
_IDENTITY = frozenset({"project_id", "project", "centre_id"})
#: What the hosts of a running evaluation are told of its end: their rooms may be needed on another day.
_WATCH = frozenset({"probability", "proposed_start", "proposed_end"})
_DRAW_CONTENT = frozenset({"draw_id", "seats", "alternates", "pool_size", "commitment", "certificate_digest"})
_OWN_INVITATION = frozenset(
    {"invitation_id", "answer_by", "answer", "venue_id", "room_id", "start", "end", "sessions", "state"}
)
_PUBLISHED = frozenset(
    {"project_id", "project", "serial", "region", "centre_id", "state", "candidates", "certificate_digest"}
)


def _shown(
    kind: str,
    *,
    host: frozenset[str] = frozenset(),
    expert: frozenset[str] = frozenset(),
    names: bool = False,
) -> dict[Role, frozenset[str]]:
    """The usual entry: centre, machine and supervisor see all that is in clear; the others what is named here."""
    clear = KINDS[kind].facts - {"shown_from"}
    secret = KINDS[kind].sealed if names else frozenset()
    full = clear | secret
    entry = {Role.OPERATOR: full, Role.MACHINE: clear, Role.SUPERVISOR: full}
    entry[Role.HOST] = (clear & host) | (secret if host else frozenset())
    entry[Role.EXPERT] = clear & expert
    entry[Role.ADMINISTRATOR] = clear & (BOARD - {"commitment"})
    return {role: fields for role, fields in entry.items() if fields}


EVENT_FIELDS: Mapping[str, Mapping[Role, frozenset[str]]] = {
    "project.submitted": _shown("project.submitted"),
    "project.exempted": _shown("project.exempted"),
    "project.failed": _shown("project.failed", host=_HOSTED),
    "project.cancelled": _shown("project.cancelled", host=_HOSTED),
    "opening.postponed": _shown("opening.postponed"),
    "venue.blocked": _shown("venue.blocked", host=_HOSTED | {"reason"}),
    "supply.limited": _shown("supply.limited"),
    "plan.published": _shown("plan.published", host=_HOSTED),
    "plan.progressed": _shown("plan.progressed"),
    "booking.made": _shown("booking.made", host=_HOSTED),
    "booking.moved": _shown("booking.moved", host=_HOSTED),
    "booking.cancelled": _shown("booking.cancelled", host=_HOSTED),
    "guest.requested": _shown("guest.requested", host=_HOSTED),
    "guest.approved": _shown("guest.approved", host=_HOSTED),
    "guest.rejected": _shown("guest.rejected", host=_HOSTED),
    "draw.opened": _shown("draw.opened", host=BOARD | {"draw_id", "parties"}),
    "draw.failed": _shown("draw.failed", host=BOARD | {"draw_id"}),
    "draw.revealed": _shown("draw.revealed", host=BOARD | {"draw_id", "party"}),
    "draw.committed": {
        **_shown("draw.committed", host=_HOSTED - {"commitment"}),
        Role.PUBLIC: frozenset({"draw_id", "commitment"}),
    },
    "draw.completed": _shown("draw.completed", host=BOARD),
    "draw.redrawn": _shown("draw.redrawn", host=BOARD),
    "draw.short": _shown("draw.short"),
    "widening.requested": _shown("widening.requested"),
    "widening.approved": _shown("widening.approved"),
    "widening.refused": _shown("widening.refused"),
    "invitation.sent": _shown("invitation.sent", expert=_OWN_INVITATION),
    "invitation.answered": _shown("invitation.answered", expert=_OWN_INVITATION),
    "bids.opened": _shown("bids.opened"),
    "split.scheduled": _shown("split.scheduled", host=_HOSTED),
    "checkin.recorded": _shown("checkin.recorded", host=_HOSTED),
    "names.unlocked": _shown("names.unlocked", host=_HOSTED, names=True),
    "evaluation.started": _shown("evaluation.started", host=_HOSTED | _IDENTITY),
    "evaluation.progressed": _shown("evaluation.progressed", host=_HOSTED | _IDENTITY),
    "forecast.changed": _shown("forecast.changed", host=_HOSTED | _IDENTITY | _WATCH),
    "evaluation.suspended": _shown("evaluation.suspended", host=_HOSTED | _IDENTITY),
    "evaluation.finished": _shown("evaluation.finished", host=_HOSTED | _IDENTITY),
    "support.counted": _shown("support.counted", host=BOARD),
    "result.published": dict.fromkeys(Role, _PUBLISHED | {"members"}),
    "clock.ticked": dict.fromkeys(Role, frozenset({"now", "speed"})),
    "account.changed": {},
    "webhook.changed": {
        Role.SUPERVISOR: KINDS["webhook.changed"].facts - {"shown_from"},
        Role.OPERATOR: frozenset({"webhook_id", "host", "topics", "state", "reason"}),
        Role.MACHINE: frozenset({"webhook_id", "host", "topics", "state", "reason"}),
    },
    "record.read": {Role.SUPERVISOR: frozenset({"record", "purpose", "region"})},
}


def may_follow(viewer: Viewer, topic: str) -> bool:
    """Whether the viewer may subscribe to the topic: its own centre, venues, self or region; and what is public.

    The board of a region is open to every account that runs evaluations; a supervisor also follows the audit
    trail, and sees of both the full events of its own region only.
    """
    group, _, name = topic.partition("/")
    match group:
        case "public":
            allowed = True
        case "centre":
            allowed = viewer.role in {Role.OPERATOR, Role.MACHINE} and name == viewer.centre_id
        case "venue":
            hosts = {Role.HOST, Role.OPERATOR, Role.MACHINE}
            allowed = viewer.role in hosts and name in viewer.venue_ids
        case "expert":
            allowed = viewer.role is Role.EXPERT and name == viewer.expert_id
        case "region":
            allowed = viewer.role not in {Role.PUBLIC, Role.EXPERT}
        case "audit":
            allowed = viewer.role is Role.SUPERVISOR and viewer.region is not None
        case _:
            allowed = False
    return allowed and (topic in {"public", "audit"} or bool(name))


def disclose_event(entry: Entry, viewer: Viewer, now: datetime) -> dict[str, Any] | None:
    """The facts of the event that the viewer may know now; None hides that there is anything to know."""
    event = entry.event
    if not may_follow(viewer, entry.topic) or has_expired(viewer, now):
        return None
    if (shown_from := event.facts.get("shown_from")) and now < datetime.fromisoformat(shown_from):
        return None
    role = role_towards(entry, viewer)
    fields = EVENT_FIELDS.get(event.kind, {}).get(role)
    if fields is None or (entry.topic == "audit" and not _is_within(viewer, event.facts.get("region"))):
        return None
    if entry.topic.startswith("region/") and not (
        role is Role.SUPERVISOR and _is_within(viewer, entry.topic.removeprefix("region/"))
    ):
        fields &= BOARD
    # A machine acts for a centre, but names are for persons on duty: it learns them with everyone else.
    withheld = viewer.role is Role.MACHINE and event.kind != "result.published"
    known = dict(event.facts) if withheld else {**event.facts, **(event.sealed or {})}
    shown = {name: known[name] for name in known if name in fields}
    if role is Role.HOST and event.kind == "names.unlocked" and "members" in shown:
        shown["members"] = [one for one in shown["members"] if one.get("venue_id") in viewer.venue_ids]
    return shown


def role_towards(entry: Entry, viewer: Viewer) -> Role:
    """The role in which the viewer meets this event: at its own venue another centre's evaluation is a guest's."""
    if entry.topic == "public":
        return Role.PUBLIC
    running = viewer.role in {Role.OPERATOR, Role.MACHINE}
    if (
        running
        and entry.topic.startswith("venue/")
        and entry.event.facts.get("centre_id") != viewer.centre_id
    ):
        return Role.HOST
    return viewer.role


def has_expired(viewer: Viewer, now: datetime) -> bool:
    """Whether the viewer's token is no longer valid."""
    return viewer.expires_at is not None and viewer.expires_at <= now


def _is_within(viewer: Viewer, region: object) -> bool:
    return viewer.region is not None and isinstance(region, str) and region.startswith(viewer.region)
