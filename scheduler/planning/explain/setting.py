"""One project of a plan and the draft of everything else, in which its places and their true prices are looked up."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from scheduler.errors import BadInput
from scheduler.planning.board import Board, compile_board
from scheduler.planning.board.balance import met_before
from scheduler.planning.explain.around import Surroundings
from scheduler.planning.explain.teams import one_session
from scheduler.planning.outcome import Booking, Plan, Unscheduled
from scheduler.planning.problem import Problem
from scheduler.planning.publish import booking_of, publish
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.insertion import best_placement
from scheduler.planning.search.resume import placement_of
from scheduler.planning.search.several import several_sessions
from scheduler.timeline import MINUTE, run_of
from scheduler.verification.plans import verify_plan

WORTH_TELLING = timedelta(minutes=30)
"""By how much an earlier start must be earlier."""


OF_THE_PLAN = frozenset(
    (
        "split_is_as_stated",
        "avoidable_is_as_stated",
        "a_split_carries_its_reason",
        "the_cost_is_as_stated",
        "the_bound_is_below_the_cost",
        "the_plan_answers_the_problem",
    )
)
"""What the checker finds of a plan's words about itself: they speak of the rules as they are."""


class Setting:
    """The project by itself: its answer in the plan, its problem around, and a draft without it."""

    def __init__(self, problem: Problem, plan: Plan, project_id: str) -> None:
        booked = next((b for b in plan.bookings if b.project_id == project_id), None)
        missed = next((m for m in plan.unscheduled if m.project_id == project_id), None)
        if booked is None and missed is None:
            raise BadInput("project_id", project_id, "a project of the plan")
        self.problem, self.plan, self.project_id = problem, plan, project_id
        self.booking: Booking | None = booked
        self.miss: Unscheduled | None = missed
        self.surroundings = Surroundings(problem, plan)
        self.project = self.surroundings.projects[project_id]
        self.begun = any(booking.project_id == project_id for booking in problem.begun)
        self.latest = None if booked is None else booked.start - WORTH_TELLING
        """The last start that counts as better than now's."""
        self.near = self.surroundings.of({project_id})
        self.draft, self.nth = self.placed(self.near)
        self._price_truly(self.draft)

    @property
    def board(self) -> Board:
        """The board of the problem around."""
        return self.draft.board

    @property
    def placement(self) -> Placement | None:
        """Where the project sits on that board."""
        if self.booking is None or self.nth is None:
            return None
        return placement_of(self.board, self.nth, self.booking)

    def placed(self, problem: Problem, *without: str) -> tuple[Draft, int | None]:
        """A problem's projects where the plan has them, but for this one and some others; the index of this one."""
        draft, found = Draft(compile_board(problem)), None
        for nth, task in enumerate(draft.board.tasks):
            booking = self.surroundings.bookings.get(task.project_id)
            if task.project_id == self.project_id:
                found = nth
            elif booking is not None and task.project_id not in without:
                placement = placement_of(draft.board, nth, booking)
                if placement is not None:
                    draft.add(nth, placement)
        return draft, found

    def tried(self, problem: Problem) -> Booking | None:
        """A better booking than now in another problem around the project, passed by the checker; None if not found."""
        draft, nth = self.placed(problem)
        if nth is None:
            return None
        placement = self.earlier(draft, nth)
        if placement is None:
            return None
        draft.add(nth, placement)
        booking = booking_of(draft.board, draft.board.tasks[nth], placement)
        return booking if self.passes(problem, draft, booking) else None

    def earlier(self, draft: Draft, nth: int) -> Placement | None:
        """A place that starts by `latest`; any where there is none now."""
        board, task = draft.board, draft.board.tasks[nth]
        if self.latest is None:
            return best_placement(draft, nth) or one_session(draft, task, run_of(board.axis.slots))
        before = board.axis.slots_before(self.latest + MINUTE)
        single = one_session(draft, task, run_of(before))
        if single is not None or task.length:
            return single
        several = several_sessions(draft, task)
        return several if several is not None and several.start < before else None

    def passes(self, problem: Problem, draft: Draft, *changed: Booking) -> bool:
        """Whether the checker finds nothing wrong with the draft.

        Commitments of rooms in which none of the draft's own bookings sits can break no rule of theirs, so they
        are left out of what the checker reads: nothing else of the problem is.
        """
        rooms = {(part.venue_id, part.room_id) for booking in changed for part in booking.parts}
        rooms |= {
            (draft.board.venues[draft.board.room_venue[room]].venue_id, draft.board.room_ids[room])
            for placement in draft.placed.values()
            for room in placement.rooms
        }
        held = tuple(c for c in problem.commitments if (c.venue_id, c.room_id) in rooms)
        narrow = replace(problem, commitments=held)
        return not verify_plan(narrow, publish(draft, 0, narrow.digest))

    def is_free(self, booking: Booking) -> bool:
        """Whether the booking breaks no rule as things are."""
        return not broken_by(self, self.near, booking) - OF_THE_PLAN

    def holders(self, slot: int, length: int) -> Iterator[str]:
        """The projects of the plan that sit in a suitable room at home while it would."""
        if self.nth is None:
            return
        axis, task = self.board.axis, self.board.tasks[self.nth]
        rooms = {(self.project.home, self.board.room_ids[room]) for room in task.rooms}
        start = axis.moment(slot)
        end = start + length * axis.grid * MINUTE
        for booking in self.plan.bookings:
            if booking.project_id == self.project_id:
                continue
            here = any((part.venue_id, part.room_id) in rooms for part in booking.parts)
            if here and any(s.start < end and start < s.end for s in booking.sessions):
                yield booking.project_id

    def _price_truly(self, draft: Draft) -> None:
        """Give the draft the supports and meetings of the whole plan, so that its guests cost what they do there."""
        board, wishes = draft.board, draft.board.problem.wishes
        index = {venue.venue_id: nth for nth, venue in enumerate(board.venues)}
        others = [b for b in self.plan.bookings if b.project_id != self.project_id]
        for venue, count in Counter(p.venue_id for b in others for p in b.guests).items():
            nth = index[venue]
            draft.supports[nth] = count
            draft.next_support[nth] = board.support_price(nth, count + 1)
        home = index.get(self.project.home)
        if home is None:
            return
        met = {guest: n for (at, guest), n in met_before(self.problem).items() if at == self.project.home}
        for booking in others:
            if booking.home.venue_id == self.project.home:
                for part in booking.guests:
                    met[part.venue_id] = met.get(part.venue_id, 0) + 1
        draft.extra[home] = {index[venue]: wishes.rotation * n for venue, n in met.items() if venue in index}


def broken_by(setting: Setting, problem: Problem, booking: Booking) -> frozenset[str]:
    """The rules that the project's booking breaks in a problem around it, all others staying."""
    rooms = {(part.venue_id, part.room_id) for part in booking.parts}
    held = tuple(c for c in problem.commitments if (c.venue_id, c.room_id) in rooms)
    known = setting.surroundings.bookings
    ids = [project.project_id for project in problem.projects if project.project_id != setting.project_id]
    others = tuple(known[project_id] for project_id in ids if project_id in known)
    missing = tuple(Unscheduled(project_id, "-", "-") for project_id in ids if project_id not in known)
    narrow = replace(problem, commitments=held)
    answer = Plan((booking, *others), missing, 0, 0, problem.seed, narrow.digest, problem.rule_book.digest)
    return frozenset(violation.rule for violation in verify_plan(narrow, answer))
