"""Bookings change places: rooms are given back and taken, guests asked, panels released, everyone told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from api import record
from api.office import Office
from api.store import bookings, engagements, guests, invitations, plans, projects, rulebooks
from models.bookings import BookingState
from models.engagements import EngagementState
from models.guests import GuestRequestState
from models.projects import ProjectState
from scheduler.planning.outcome import Booking, Plan, Unscheduled

BEFORE_START = (
    ProjectState.SUBMITTED,
    ProjectState.UNSCHEDULED,
    ProjectState.GUEST_PENDING,
    ProjectState.BOOKED,
    ProjectState.DRAWING,
    ProjectState.DRAW_SHORT,
    ProjectState.PANEL_FILLED,
    ProjectState.CHECKING_IN,
)
"""States in which a project can still be placed elsewhere, or withdrawn."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What a change came to: projects that moved, came in, lost their place, or cannot go on."""

    moved: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()


def vacate(case: record.Case, scribe: record.Scribe, code: str, reason: str) -> None:
    """The project holds no room, expects no guest's answer, and its panel is released."""
    session = scribe.session
    release_panel(case, scribe)
    if case.row is None:
        return
    for request in guests.of_booking(session, case.row.booking_id):
        if request.state == GuestRequestState.SENT:
            guests.set_state(session, request, GuestRequestState.CANCELLED, reason, scribe.now)
    bookings.cancel(session, case.row)
    scribe.note_parts("booking.cancelled", case, {"code": code, "reason": reason})


def release_panel(case: record.Case, scribe: record.Scribe) -> None:
    """Whoever was drawn is free again, and names are locked."""
    panel = engagements.members(scribe.session, case.project.project_id)
    for member in panel:
        engagements.set_state(scribe.session, member, EngagementState.RELEASED)
    invitations.withdraw(scribe.session, [member.engagement_id for member in panel], scribe.now)
    case.project.names_unlocked_at = None


@dataclass(frozen=True, slots=True)
class Mover:
    """Carries out one re-plan in one transaction."""

    session: Session
    office: Office
    scribe: record.Scribe
    reason: str
    plan: Plan

    def carry_out(
        self,
        *,
        stretched: Sequence[Booking],
        placed: Sequence[Booking],
        lost: Sequence[Unscheduled],
        stuck: Sequence[Unscheduled],
        still_without: Sequence[Unscheduled],
    ) -> Moves:
        """All rooms that are given up are free before any is taken, so that projects can change places."""
        before = {b.project_id: self._case(b.project_id) for b in (*stretched, *placed)}
        for booking in stretched:
            row = before[booking.project_id].row
            assert row is not None
            bookings.lift(self.session, row)
        for miss in lost:
            self._loses(miss)
        for booking in placed:
            self._leaves(before[booking.project_id], booking)
        for booking in stretched:
            self._stretches(before[booking.project_id], booking)
        for day, theirs in self._by_day(placed).items():
            self._arrive(day, theirs, before)
        for miss in stuck:
            self._cannot_go_on(miss)
        for miss in still_without:
            self._is_without(miss)
        old = {project_id for project_id, case in before.items() if case.booking is not None}
        return Moves(
            moved=tuple(sorted(old)),
            placed=tuple(sorted(before.keys() - old)),
            lost=tuple(sorted(miss.project_id for miss in lost)),
            stuck=tuple(sorted(miss.project_id for miss in stuck)),
        )

    def _case(self, project_id: str) -> record.Case:
        return record.case(self.session, project_id, lock=True)

    def _by_day(self, placed: Sequence[Booking]) -> dict[str, list[Booking]]:
        days: dict[str, list[Booking]] = defaultdict(list)
        for booking in placed:
            days[projects.row(self.session, booking.project_id).opening_date].append(booking)
        return dict(sorted(days.items()))

    def _loses(self, miss: Unscheduled) -> None:
        case = self._case(miss.project_id)
        vacate(case, self.scribe, miss.code, miss.reason)
        case.project.reason = miss.reason
        projects.move(self.session, case.project, ProjectState.UNSCHEDULED, *BEFORE_START)

    def _is_without(self, miss: Unscheduled) -> None:
        project = projects.row(self.session, miss.project_id, lock=True)
        if (project.state, project.reason) != (ProjectState.UNSCHEDULED, miss.reason):
            project.reason = miss.reason
            projects.move(self.session, project, ProjectState.UNSCHEDULED, *BEFORE_START)

    def _cannot_go_on(self, miss: Unscheduled) -> None:
        """The evaluation under way keeps what it holds; people decide what follows."""
        case = self._case(miss.project_id)
        if case.project.reason != miss.reason:
            case.project.reason = miss.reason
            projects.touch(self.session, case.project)
            self.scribe.note("evaluation.suspended", case, facts={"reason": miss.reason})

    def _leaves(self, case: record.Case, booking: Booking) -> None:
        """The old rooms are free; a panel drawn for other places or times is released."""
        if case.row is None or case.booking is None:
            return
        if not _same_sittings(case.booking, booking):
            release_panel(case, self.scribe)
        for request in guests.of_booking(self.session, case.row.booking_id):
            if request.state == GuestRequestState.SENT:
                guests.set_state(
                    self.session, request, GuestRequestState.CANCELLED, self.reason, self.scribe.now
                )
        bookings.cancel(self.session, case.row)
        told = {"code": "moved", "reason": self.reason}
        for part in case.booking.parts:
            if part.venue_id not in {other.venue_id for other in booking.parts}:
                self.scribe.note_at("booking.cancelled", case, part.venue_id, facts=told)

    def _stretches(self, case: record.Case, booking: Booking) -> None:
        """The evaluation goes on in its rooms with its panel, longer, or on a further day."""
        assert case.row is not None
        assert case.booking is not None
        bookings.resit(self.session, case.row, booking.sessions)
        engagements.resit(self.session, booking.project_id, booking.sessions)
        projects.touch(self.session, case.project)
        now = self._case(booking.project_id)
        told = {"reason": self.reason, "from_start": case.booking.start.isoformat()}
        self.scribe.note_parts("booking.moved", now, {**told, "from_end": case.booking.end.isoformat()})
        if len(booking.sessions) > len(case.booking.sessions):
            self.scribe.note("split.scheduled", now, facts={"reason": self.reason})

    def _arrive(self, day: str, placed: Sequence[Booking], before: dict[str, record.Case]) -> None:
        """The day's new bookings are a plan of their own, published at once."""
        rulebooks.keep(self.session, self.office.book, self.scribe.now)
        row = plans.order(
            self.session,
            date.fromisoformat(day),
            seed=self.plan.seed,
            seconds=0,
            rules_digest=self.office.book.digest,
            by=self.scribe.actor,
            now=self.scribe.now,
        )
        part = replace(self.plan, bookings=tuple(placed), unscheduled=())
        plans.save(self.session, row, part, projects.serials(self.session, day))
        bookings.release(self.session, bookings.of_plan(self.session, row.plan_id), BookingState.PENDING)
        plans.publish(self.session, row, self.scribe.now)
        moved = sum(before[booking.project_id].booking is not None for booking in placed)
        told = {"scheduled": len(placed), "moved": moved, "split_count": sum(b.split for b in placed)}
        self.scribe.note_plan(row, told)
        for booking in placed:
            self._settles(before[booking.project_id], booking)

    def _settles(self, before: record.Case, booking: Booking) -> None:
        """The booking's guests are asked, but for those who have agreed to this very time already."""
        case = self._case(booking.project_id)
        assert case.row is not None
        assert case.booking is not None
        agreed = self._agreed(before, booking)
        keeps_panel = before.booking is not None and _same_sittings(before.booking, booking)
        if case.project.state == ProjectState.UNSCHEDULED:
            case.project.reason = ""
        self._tell_rooms(before, case)
        asked = [part.venue_id for part in case.booking.guests]
        rules = self.office.book.at(
            case.project.opening_at.date(), case.project.region, projects.kind_of(case.project)
        )
        if asked:
            timeout = rules.remote_guest_reply_timeout
            guests.ask(self.session, case.row.booking_id, asked, self.scribe.now, timeout)
        if agreed >= set(asked):
            bookings.set_state(self.session, case.row, BookingState.CONFIRMED)
            to = case.project.state if keeps_panel else ProjectState.BOOKED
            if case.project.state in (ProjectState.GUEST_PENDING, ProjectState.UNSCHEDULED):
                to = ProjectState.BOOKED
            projects.move(self.session, case.project, ProjectState(to), *BEFORE_START)
        else:
            projects.move(self.session, case.project, ProjectState.GUEST_PENDING, *BEFORE_START)
        settled = self._case(booking.project_id)
        for request in guests.of_booking(self.session, case.row.booking_id):
            if request.venue_id in agreed:
                approved = GuestRequestState.APPROVED
                guests.set_state(self.session, request, approved, "agreed before", self.scribe.now)
                continue
            told = {"request_id": request.request_id, "answer_by": request.expires_at.isoformat()}
            self.scribe.note_at("guest.requested", settled, request.venue_id, facts=told)

    def _agreed(self, before: record.Case, booking: Booking) -> set[str]:
        if before.row is None or before.booking is None or before.booking.sessions != booking.sessions:
            return set()
        asked = guests.of_booking(self.session, before.row.booking_id)
        return {request.venue_id for request in asked if request.state == GuestRequestState.APPROVED}

    def _tell_rooms(self, before: record.Case, case: record.Case) -> None:
        assert case.booking is not None
        if before.booking is None:
            self.scribe.note_parts("booking.made", case, {"reason": self.reason})
        for new, old in zip(case.booking.parts, before.booking.parts if before.booking else (), strict=False):
            told = {
                "reason": self.reason,
                "from_venue_id": old.venue_id,
                "from_room_id": old.room_id,
                "from_start": before.booking.start.isoformat() if before.booking else "",
                "from_end": before.booking.end.isoformat() if before.booking else "",
            }
            self.scribe.note_at("booking.moved", case, new.venue_id, facts=told)
        if case.row is not None and case.row.split and not (before.row and before.row.split):
            self.scribe.note("split.scheduled", case, facts={"reason": case.row.reason})


def _same_sittings(before: Booking, after: Booking) -> bool:
    """Whether the same venues sit at the same times, if perhaps in other rooms: the panel can stay."""
    places = [[(part.venue_id, part.experts) for part in booking.parts] for booking in (before, after)]
    return before.sessions == after.sessions and places[0] == places[1]
