"""Repair across provinces (跨省修补): who fared badly in the provinces' plans seeks a better place in several at once.

A repair works on the whole problem's scale: supports and meetings that others give count, share caps are those of
all the home's projects. What it finds is cheaper in the whole plan by exactly what it says.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

from scheduler.planning.board import Board, compile_board
from scheduler.planning.board.task import Task
from scheduler.planning.outcome import Booking, Unscheduled
from scheduler.planning.problem import PairCount, Problem
from scheduler.planning.publish import booking_of
from scheduler.planning.reasons.wording import why_unscheduled
from scheduler.planning.search import Search, insert_all
from scheduler.planning.search.draft import Draft
from scheduler.planning.search.resume import placement_of, still_allowed
from scheduler.planning.search.ruin import Scope
from scheduler.planning.shards.jobs import Stop
from scheduler.planning.wishes import Standing

LONG = timedelta(hours=1)
"""Whoever waits so long seeks a better place."""


@dataclass(frozen=True, slots=True)
class Level:
    """How far ahead a venue is on the whole problem's scale, supports that others ask of it included."""

    venue_id: str
    ahead: Fraction
    scale: Fraction


@dataclass(frozen=True, slots=True)
class Repaired:
    """New places of a group's movable projects, and by how much the whole plan's cost changes."""

    bookings: tuple[Booking, ...]
    unscheduled: tuple[Unscheduled, ...]
    saved: int


@dataclass(frozen=True, slots=True)
class Repair:
    """Improves the `bookings` of a few provinces' movable projects around all others.

    Those in `about` may have guests in any of the provinces; the others, who make way, in their own and where they
    have them now. `None` when nothing better was found.
    """

    problem: Problem
    bookings: tuple[Booking, ...]
    about: tuple[str, ...]
    levels: tuple[Level, ...]
    met: tuple[PairCount, ...]
    limits: tuple[tuple[str, int], ...]
    digits: int
    iterations: int

    def __call__(self, stop: Stop | None = None) -> Repaired | None:
        """Places that are better together than those the projects had."""
        board = self._board()
        draft = Draft(board)
        index = {task.project_id: nth for nth, task in enumerate(board.tasks)}
        for booking in self.bookings:
            nth = index.get(booking.project_id)
            placement = placement_of(board, nth, booking) if nth is not None else None
            if nth is None or placement is None or not still_allowed(draft, nth, placement):
                return None  # a place that this group cannot state stays as it is
            draft.add(nth, placement)
        before, cost = draft.standing, draft.cost
        if not self._search(draft, before, stop):
            return None
        return Repaired(
            tuple(
                booking_of(board, task, draft.placed[n])
                for n, task in enumerate(board.tasks)
                if n in draft.placed
            ),
            tuple(why_unscheduled(task) for n, task in enumerate(board.tasks) if n not in draft.placed),
            cost - draft.cost,
        )

    def _search(self, draft: Draft, before: Standing, stop: Stop | None) -> bool:
        """Whether the draft has become better."""
        board = draft.board
        movable = tuple(range(len(board.tasks)))
        order = sorted(movable, key=lambda n: (board.first[n], board.tasks[n].length, n))
        insert_all(draft, order)
        if movable:
            search = Search(draft, board.problem.seed, Scope(movable))
            search.run(self.iterations, 0, lambda _, __: None, stop)
            search.finish()
        return draft.standing < before

    def _board(self) -> Board:
        """The group's board on the scale of the whole; who makes way keeps to its own province."""
        board, about = compile_board(self.problem), frozenset(self.about)
        levels = {level.venue_id: (level.ahead, level.scale) for level in self.levels}
        index = {venue.venue_id: nth for nth, venue in enumerate(board.venues)}
        board.support = tuple(
            levels.get(venue.venue_id, own) for venue, own in zip(board.venues, board.support, strict=True)
        )
        board.met = {
            (index[pair.home], index[pair.guest]): pair.projects
            for pair in self.met
            if pair.home in index and pair.guest in index
        }
        board.limits = {index[home]: limit for home, limit in self.limits if home in index}
        current = {b.project_id: {index[part.venue_id] for part in b.guests} for b in self.bookings}
        prefixes = [venue.region[: self.digits] for venue in board.venues]
        board.tasks = tuple(
            task
            if task.project_id in about
            else _among(
                task,
                {v for v in task.guests if prefixes[v] == prefixes[task.home]}
                | current.get(task.project_id, set()),
            )
            for task in board.tasks
        )
        return board


def _among(task: Task, guests: set[int]) -> Task:
    """The task with no other possible guests than these."""
    return replace(
        task,
        guests=tuple(v for v in task.guests if v in guests),
        guest_rooms=tuple(
            {v: rooms for v, rooms in suited.items() if v in guests} for suited in task.guest_rooms
        ),
        ties=tuple((v, number) for v, number in task.ties if v in guests),
        distance={v: far for v, far in task.distance.items() if v in guests},
    )
