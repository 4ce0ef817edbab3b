"""What an event about a project says and to whom it goes: one shape, appended with the fact itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.kinds import KINDS
from api.store import accounts, bookings, centres, events, projects, venues
from models.bookings import BookingRow
from models.plans import PlanRow
from models.projects import ProjectRow, ProjectState
from scheduler.planning.outcome import Booking, Part

PREFECTURE = 4
"""Digits of a GB/T 2260 code that name the prefecture, whose board a region topic carries."""

STATES: Mapping[str, str] = {
    ProjectState.SUBMITTED: "submitted",
    ProjectState.UNSCHEDULED: "unscheduled",
    ProjectState.PLANNED: "booked",
    ProjectState.GUEST_PENDING: "booked",
    ProjectState.BOOKED: "booked",
    ProjectState.DRAWING: "drawn",
    ProjectState.DRAW_SHORT: "drawn",
    ProjectState.PANEL_FILLED: "drawn",
    ProjectState.CHECKING_IN: "checking_in",
    ProjectState.EVALUATING: "evaluating",
    ProjectState.REPORTED: "finished",
    ProjectState.RESULT_FINAL: "finished",
    ProjectState.FAILED_TENDER: "failed",
    ProjectState.CANCELLED: "failed",
}
"""A project's state as boards and events name it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A project as its events tell of it: its row, its centre, and the booking that holds, if any."""

    project: ProjectRow
    centre_id: str
    regions: Mapping[str, str]
    row: BookingRow | None
    booking: Booking | None

    @property
    def venue_ids(self) -> tuple[str, ...]:
        """The venues of the booking, home first; the home alone without a booking."""
        if self.booking is None:
            return (self.project.home,)
        return tuple(part.venue_id for part in self.booking.parts)

    @property
    def experts(self) -> int:
        """Expert seats that the booking asks for, over all its venues."""
        return 0 if self.booking is None else sum(part.experts for part in self.booking.parts)

    @property
    def region(self) -> str:
        """The region of the home venue."""
        return self.regions[self.project.home]

    @property
    def facts(self) -> dict[str, Any]:
        """What identifies the project and its booking; disclosure decides how much of it anyone sees."""
        known = {
            "project_id": self.project.project_id,
            "project": self.project.name,
            "serial": self.project.serial,
            "centre_id": self.centre_id,
            "region": self.region,
            "state": STATES[self.project.state],
        }
        if self.row is None or self.booking is None:
            return known
        sittings = [
            {"start": sitting.start.isoformat(), "end": sitting.end.isoformat()}
            for sitting in self.booking.sessions
        ]
        return {
            **known,
            "booking_id": self.row.booking_id,
            "split": self.row.split,
            "start": self.booking.start.isoformat(),
            "end": self.booking.end.isoformat(),
            "sessions": sittings,
        }

    def part(self, venue_id: str) -> dict[str, Any]:
        """The room that the booking has at the venue."""
        parts: tuple[Part, ...] = () if self.booking is None else self.booking.parts
        for part in parts:
            if part.venue_id == venue_id:
                told = {"venue_id": venue_id, "room_id": part.room_id, "seats": part.seats}
                return {**told, "side": part.side.value}
        return {"venue_id": venue_id}


def case(session: Session, project_id: str, lock: bool = False) -> Case:
    """The project's case; raises `NotFound`."""
    return cases(session, [projects.row(session, project_id, lock)])[0]


def cases(session: Session, rows: Iterable[ProjectRow]) -> list[Case]:
    """The cases of these projects, in their order."""
    listed = list(rows)
    known = venues.places(session)
    held = bookings.held(session, [project.project_id for project in listed])
    values = bookings.values(session, held)
    pairs = {row.project_id: (row, value) for row, value in zip(held, values, strict=True)}
    regions = {venue_id: region for venue_id, (_, region) in known.items()}
    return [Case(p, known[p.home][0], regions, *pairs.get(p.project_id, (None, None))) for p in listed]


@dataclass(frozen=True, slots=True)
class Scribe:
    """Appends events in the transaction of the change, in one actor's name, at one time."""

    session: Session
    actor: str
    now: datetime

    def note(
        self,
        kind: str,
        about: Case,
        *more_topics: str,
        facts: Mapping[str, Any] | None = None,
        sealed: Mapping[str, Any] | None = None,
    ) -> None:
        """The event about the project is in the log of its centre, its venues, their prefectures, the audit."""
        known = {name: value for name, value in about.facts.items() if name in KINDS[kind].facts}
        places = {f"venue/{venue_id}" for venue_id in about.venue_ids}
        topics = self._topics(about, about.venue_ids) | places | set(more_topics)
        events.append(self.session, kind, topics, {**known, **(facts or {})}, self.now, self.actor, sealed)

    def note_at(
        self,
        kind: str,
        about: Case,
        venue_id: str,
        *more_topics: str,
        facts: Mapping[str, Any] | None = None,
        sealed: Mapping[str, Any] | None = None,
    ) -> None:
        """The event is about one venue's part only: no other venue's host learns of it."""
        told = {**about.facts, **about.part(venue_id)}
        known = {name: value for name, value in told.items() if name in KINDS[kind].facts}
        topics = self._topics(about, (venue_id,)) | {f"venue/{venue_id}", *more_topics}
        events.append(self.session, kind, topics, {**known, **(facts or {})}, self.now, self.actor, sealed)

    def note_parts(self, kind: str, about: Case, facts: Mapping[str, Any] | None = None) -> None:
        """One event per venue of the booking."""
        for venue_id in about.venue_ids if about.booking is not None else ():
            self.note_at(kind, about, venue_id, facts=facts)

    def note_plan(self, plan: PlanRow, facts: Mapping[str, Any]) -> None:
        """Every centre, every prefecture, the public and the audit learn that the plan is in force."""
        known = {f"centre/{centre.centre_id}" for centre in centres.load_all(self.session)}
        places = {f"region/{region[:PREFECTURE]}" for _, region in venues.places(self.session).values()}
        told = {"plan_id": plan.plan_id, "date": plan.opening_date, **facts}
        topics = {"public", "audit", *known, *places}
        events.append(self.session, "plan.published", topics, told, self.now, self.actor)

    def note_venue(self, kind: str, venue_id: str, facts: Mapping[str, Any]) -> None:
        """The venue's centre and hosts, the boards of its prefecture, and the audit learn of it."""
        centre_id, region = venues.places(self.session)[venue_id]
        told = {"venue_id": venue_id, "centre_id": centre_id, "region": region, **facts}
        topics = {f"venue/{venue_id}", f"centre/{centre_id}", f"region/{region[:PREFECTURE]}", "audit"}
        events.append(self.session, kind, topics, told, self.now, self.actor)

    def note_region(self, kind: str, region: str, facts: Mapping[str, Any]) -> None:
        """The boards of the prefecture, and the audit, learn of it."""
        topics = {f"region/{region[:PREFECTURE]}", "audit"}
        events.append(self.session, kind, topics, {"region": region, **facts}, self.now, self.actor)

    def note_order(self, plan: PlanRow, facts: Mapping[str, Any] | None = None) -> None:
        """Whoever ordered the plan, the supervisors and boards of its prefecture, and the audit learn how it goes.

        What no account ordered, the audit alone learns of.
        """
        account = accounts.find(self.session, plan.ordered_by)
        region = ""
        if account is not None and account.centre_id is not None:
            region = centres.region_of(self.session, account.centre_id)
        told = {"plan_id": plan.plan_id, "date": plan.opening_date, "state": plan.state, "region": region}
        topics = {"audit"}
        if account is not None and account.centre_id is not None:
            told["centre_id"] = account.centre_id
            topics |= {f"centre/{account.centre_id}", f"region/{region[:PREFECTURE]}"}
        events.append(
            self.session, "plan.progressed", topics, {**told, **(facts or {})}, self.now, self.actor
        )

    def _topics(self, about: Case, venue_ids: Iterable[str]) -> set[str]:
        places = {f"region/{about.regions[venue_id][:PREFECTURE]}" for venue_id in venue_ids}
        return {f"centre/{about.centre_id}", "audit", *places}
