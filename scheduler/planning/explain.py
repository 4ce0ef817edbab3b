"""Explanations: the facts behind a booking, and what would help; each help is a plan that the checker passed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from scheduler.errors import BadInput
from scheduler.planning.board import compile_board
from scheduler.planning.draft import Draft
from scheduler.planning.insertion import best_placement
from scheduler.planning.outcome import Booking, Plan
from scheduler.planning.problem import Commitment, Problem
from scheduler.planning.publish import booking_of, publish
from scheduler.planning.resume import place_begun, placement_of
from scheduler.planning.task import Task
from scheduler.planning.wording import hours
from scheduler.projects import Project
from scheduler.timeline import ZONE, run_of
from scheduler.venues import Room
from scheduler.verification.plans import verify_plan

MOST_RIVALS = 8


@dataclass(frozen=True, slots=True)
class Help:
    """What would give the project a better place: its kind, a sentence, and the booking it would have."""

    kind: str
    sentence: str
    booking: Booking


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the project is where it is, or nowhere, and what would help."""

    project_id: str
    why: tuple[str, ...]
    helps: tuple[Help, ...]


def explain(problem: Problem, plan: Plan, project_id: str) -> Explanation:
    """The facts about a project's answer in a plan of the problem; raises `BadInput` when it has none.

    Where nothing that helps is found, `helps` is empty: that is no proof that nothing would.
    """
    miss = next((m for m in plan.unscheduled if m.project_id == project_id), None)
    booking = next((b for b in plan.bookings if b.project_id == project_id), None)
    if miss is None and booking is None:
        raise BadInput("project_id", project_id, "a project of the plan")
    world = _World(problem, plan, project_id)
    why = [miss.reason] if miss is not None else list(_facts(world, booking))
    helps = list(_helps(world, booking))
    return Explanation(project_id, tuple(why), tuple(helps))


class _World:
    """The plan with the project taken out, and what happens to the project when something is otherwise."""

    def __init__(self, problem: Problem, plan: Plan, project_id: str) -> None:
        self.problem, self.plan, self.project_id = problem, plan, project_id
        self.project = next(p for p in problem.projects if p.project_id == project_id)
        self.near = self.around(frozenset({self.project.home}))
        self.here = self.draft(problem)

    def around(self, homes: frozenset[str]) -> Problem:
        """The problem of these homes' projects alone, the rooms that all others have booked being taken.

        What is legal there is legal in the whole: rooms, caps and hours are the same. Experts and quotas are
        shared by all, so where the problem has such rows it stays whole.
        """
        problem = self.problem
        if problem.supply or problem.quotas:
            return problem
        projects = tuple(p for p in problem.projects if p.home in homes)
        ids = {p.project_id for p in projects}
        taken = tuple(
            Commitment(part.venue_id, part.room_id, session.start, session.end)
            for booking in self.plan.bookings
            if booking.project_id not in ids
            for part in booking.parts
            for session in booking.sessions
        )
        return replace(
            problem,
            projects=projects,
            commitments=problem.commitments + taken,
            durations=tuple(entry for entry in problem.durations if entry[0] in ids),
            begun=tuple(booking for booking in problem.begun if booking.project_id in ids),
            refusals=tuple(entry for entry in problem.refusals if entry.project_id in ids),
        )

    def draft(self, problem: Problem, without: frozenset[str] = frozenset()) -> tuple[Draft, int | None]:
        """Everyone else where they are, and the project's index; None when it can have no place at all."""
        draft = Draft(compile_board(problem))
        place_begun(draft, 0)
        index = {task.project_id: nth for nth, task in enumerate(draft.board.tasks)}
        for booking in self.plan.bookings:
            nth = index.get(booking.project_id)
            if nth is None or nth in draft.placed or booking.project_id in {self.project_id, *without}:
                continue
            placement = placement_of(draft.board, nth, booking)
            if placement is not None:
                draft.add(nth, placement)
        return draft, index.get(self.project_id)

    def booked(self, problem: Problem, draft: Draft, nth: int) -> Booking | None:
        """The project's booking in the draft, if the checker finds nothing wrong with the whole."""
        if nth not in draft.placed or verify_plan(problem, publish(draft, 0)):
            return None
        return booking_of(draft.board, draft.board.tasks[nth], draft.placed[nth])

    def sound(self, *changed: Booking) -> bool:
        """Whether the plan with these bookings instead of theirs passes the checker, around their homes."""
        homes = frozenset(booking.home.venue_id for booking in changed)
        near = self.around(homes)
        bookings = {b.project_id: b for b in (*self.plan.bookings, *changed)}
        draft = Draft(compile_board(near))
        place_begun(draft, 0)
        for nth, task in enumerate(draft.board.tasks):
            booking = bookings.get(task.project_id)
            if nth not in draft.placed and booking is not None:
                placement = placement_of(draft.board, nth, booking)
                if placement is None:
                    return False
                draft.add(nth, placement)
        return not verify_plan(near, publish(draft, 0))

    def tried(self, problem: Problem) -> Booking | None:
        """Where the project would be in this other problem, all others staying."""
        draft, nth = self.draft(problem)
        placement = best_placement(draft, nth) if nth is not None else None
        if nth is None or placement is None:
            return None
        draft.add(nth, placement)
        return self.booked(problem, draft, nth)


def _facts(world: _World, booking: Booking | None) -> Iterator[str]:
    if booking is None:
        return
    if booking.reason:
        yield booking.reason
    draft, nth = world.here
    if nth is None:
        return
    board, task = draft.board, draft.board.tasks[nth]
    placement = placement_of(board, nth, booking)
    if placement is None:
        return
    if placement.start > board.first[nth]:
        first = board.axis.moment(board.first[nth])
        taken = sorted(board.tasks[n].project_id for n in _rivals(draft, task, board.first[nth]))
        names = ", ".join(taken) or "commitments, blocked times, guests' rooms or experts"
        yield f"could start {first:%Y-%m-%d %H:%M} at the earliest; its rooms at home are then held by {names}"
    for place, part in enumerate(booking.guests):
        free = [
            (cost, venue)
            for cost, venue in draft.ranked_guests(task)
            if all(
                any(
                    draft.free[r] & (run_of(length) << slot) == run_of(length) << slot
                    for r in task.guest_rooms[place].get(venue, ())
                )
                for slot, length, _ in placement.sessions
            )
        ]
        guest = next((v for _, v in free if board.venues[v].venue_id == part.venue_id), None)
        if guest is not None:
            cheaper = sum(cost < draft.guest_cost(task, guest) for cost, _ in free)
            equal = sum(cost == draft.guest_cost(task, guest) for cost, _ in free)
            yield (
                f"{part.venue_id} is guest: it has {draft.supports[guest]} other supports for "
                f"{board.venues[guest].seats} seats; of {len(free)} venues free at that time {cheaper} are "
                f"further behind, and {equal} stand equal, among whom the recorded seed chose"
            )


def _rivals(draft: Draft, task: Task, slot: int) -> set[int]:
    wanted = run_of(max(1, task.length)) << slot
    return {
        n
        for room in task.rooms
        for n in draft.users[room]
        if any((run_of(length) << start) & wanted for start, length, _ in draft.placed[n].sessions)
    }


def _helps(world: _World, now: Booking | None) -> Iterator[Help]:
    """A shorter evaluation, one guest fewer, another room at home, another project elsewhere: what helps of it."""
    draft, nth = world.here
    if any(booking.project_id == world.project_id for booking in world.problem.begun):
        return  # it sits where it sits
    if now is not None and (nth is None or not _could_be_better(draft, nth, now)):
        return
    project, problem = world.project, world.near
    if nth is not None:
        work = draft.board.tasks[nth].brief.work
        for less in (30, 60, 120, 240):
            if less >= work:
                break
            others = tuple(entry for entry in problem.durations if entry[0] != project.project_id)
            shorter = replace(
                problem, durations=(*others, (project.project_id, timedelta(minutes=work - less)))
            )
            if better := _better(now, world.tried(shorter)):
                yield Help("shorter", f"{hours(less)} shorter, it could start {_when(better)}", better)
                break
    if project.guest_count > 1:
        fewer = replace(project, guest_count=project.guest_count - 1)
        with_fewer = replace(problem, projects=(*_others(problem, project.project_id), fewer))
        if better := _better(now, world.tried(with_fewer)):
            yield Help("fewer_guests", f"with one guest fewer it could start {_when(better)}", better)
    seats = project.panel_size
    if better := _better(now, world.tried(_with_room(problem, project.home, seats, project.equipment))):
        yield Help(
            "more_rooms",
            f"with one more room of {seats} seats at home it could start {_when(better)}",
            better,
        )
    if nth is not None:
        yield from _moves(world, draft, nth, now)


def _moves(world: _World, draft: Draft, nth: int, now: Booking | None) -> Iterator[Help]:
    """The first other project whose moving elsewhere gives this one a better place at no greater cost."""
    rivals = sorted(_rivals(draft, draft.board.tasks[nth], draft.board.first[nth]))
    for other in rivals[:MOST_RIVALS]:
        name = draft.board.tasks[other].project_id
        if name in draft.board.begun:
            continue
        found = _swapped(world, draft, nth, other, now)
        if found is not None:
            yield found
            return


def _swapped(world: _World, draft: Draft, nth: int, other: int, now: Booking | None) -> Help | None:
    """The project placed first and the other after it, if that costs less and the checker agrees."""
    board = draft.board
    old, placement = draft.remove(other), best_placement(draft, nth)
    again = None
    if placement is not None:
        draft.add(nth, placement)
        again = best_placement(draft, other)
        if again is not None:
            draft.add(other, again)
    cheaper = again is not None and draft.cost < world.plan.cost
    booking = _better(now, booking_of(board, board.tasks[nth], placement)) if cheaper and placement else None
    moved = booking_of(board, board.tasks[other], again) if again is not None else None
    for index in (nth, other):
        if index in draft.placed:
            draft.remove(index)
    draft.add(other, old)
    if booking is None or moved is None or not world.sound(booking, moved):
        return None
    return Help(
        "move_other",
        f"if {moved.project_id} moved to {_when(moved)}, it could start {_when(booking)}",
        booking,
    )


def _could_be_better(draft: Draft, nth: int, booking: Booking) -> bool:
    placement = placement_of(draft.board, nth, booking)
    return booking.split or placement is None or placement.price > draft.board.least[nth]


def _better(now: Booking | None, then: Booking | None) -> Booking | None:
    """The other booking when there was none, or it starts at least half an hour earlier."""
    if then is None or (now is not None and then.start + timedelta(minutes=30) > now.start):
        return None
    return then


def _when(booking: Booking) -> str:
    return f"{booking.start.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _others(problem: Problem, project_id: str) -> tuple[Project, ...]:
    return tuple(p for p in problem.projects if p.project_id != project_id)


def _with_room(problem: Problem, home: str, seats: int, equipment: frozenset[str]) -> Problem:
    venues = []
    for venue in problem.venues:
        if venue.venue_id == home:
            name = f"{venue.rooms[-1].room_id if venue.rooms else venue.venue_id}+"
            venues.append(replace(venue, rooms=(*venue.rooms, Room(name, seats, equipment))))
        else:
            venues.append(venue)
    return replace(problem, venues=tuple(venues))
