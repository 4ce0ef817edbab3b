"""Who loses its place by a change, and others who move so that it keeps one: as few as that takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from scheduler.planning.outcome import Booking
from scheduler.planning.search import Search
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.insertion import best_placement
from scheduler.planning.search.resume import still_allowed
from scheduler.planning.search.ruin import Scope
from scheduler.timeline import run_of

ITERATIONS = 80
"""Ruin and recreate after a change: enough to free a start, short enough for a blink."""


def improve(draft: Draft, movable: tuple[int, ...], about: Sequence[int]) -> None:
    """The draft with some tasks moved for the sake of others, where that makes it better."""
    search = Search(draft, draft.board.problem.seed, Scope(movable, tuple(about)))
    search.run(ITERATIONS, 0, lambda _, __: None, None)
    search.finish()


def make_way(draft: Draft, displaced: Iterable[int], before: Mapping[str, Booking]) -> None:
    """Fewer of the displaced harmed, by others' moving: never for less, and as few of them as are needed.

    Harmed is who has no place, and then who is split (开评分离) although its opening day could hold it and, in
    the plan before, did. Somebody new is promised a place, but not by others' moving one on its opening day.
    """
    world = _World(draft, before)
    for nth in chain(*world.harmed(displaced)):
        world.swap(nth)
    harmed = world.harmed(displaced)
    if not any(harmed):
        return
    stood = dict(draft.placed)
    improve(draft, world.movable, [*harmed[0], *harmed[1]])
    if _count(world.harmed(displaced)) >= _count(harmed):
        _restore(draft, world.movable, stood)
    # Each that goes back may free the place of another.
    while sum(_return(draft, nth) for nth in sorted(draft.kept)):
        pass


class _World:
    """A draft after a change, and the bookings before it."""

    def __init__(self, draft: Draft, before: Mapping[str, Booking]) -> None:
        self.draft, self.before = draft, before
        tasks = draft.board.tasks
        self.movable = tuple(n for n, task in enumerate(tasks) if task.project_id not in draft.board.begun)

    def harms(self, nth: int, placement: Placement | None) -> bool:
        """Whether the task has no place there, or is split though it need not be and was not."""
        if placement is None:
            return True
        task = self.draft.board.tasks[nth]
        booking = self.before.get(task.project_id)
        split = self.draft.board.axis.day_of(placement.start) > task.brief.opening_day
        return split and task.brief.fits and booking is not None and not booking.split

    def harmed(self, tasks: Iterable[int]) -> tuple[list[int], list[int]]:
        """Those of the tasks that have no place, and those that are split."""
        placed = self.draft.placed
        harmed = [nth for nth in tasks if self.harms(nth, placed.get(nth))]
        return [nth for nth in harmed if nth not in placed], [nth for nth in harmed if nth in placed]

    def swap(self, nth: int) -> None:
        """Give the harmed task the place that one other can leave without harm, at the least cost of both."""
        draft = self.draft
        old = draft.remove(nth) if nth in draft.placed else None
        options = [option for other in self._in_the_way(nth) for option in self._both(nth, other)]
        if options:
            _, other, here, there = min(options, key=lambda option: option[:2])
            draft.remove(other)
            draft.add(nth, here)
            draft.add(other, there)
        elif old is not None:
            draft.add(nth, old)

    def _in_the_way(self, nth: int) -> list[int]:
        """Who sits in the task's rooms at home when it could be there."""
        draft, task = self.draft, self.draft.board.tasks[nth]
        starts = task.same_day or task.starts
        wanted = starts | starts << max(0, task.length - 1)
        here = {other for room in task.rooms for other in draft.users[room]}
        return sorted(
            other
            for other in here.intersection(self.movable)
            if any(wanted & run_of(length) << start for start, length, _ in draft.placed[other].sessions)
        )

    def _both(self, nth: int, other: int) -> Iterator[tuple[int, int, Placement, Placement]]:
        """The cost of the draft with the task placed first and the other after it, if that harms neither."""
        draft = self.draft
        left, here = draft.remove(other), best_placement(draft, nth)
        if here is not None and not self.harms(nth, here):
            draft.add(nth, here)
            there = best_placement(draft, other)
            if there is not None and not self.harms(other, there):
                draft.add(other, there)
                yield draft.cost, other, here, there
                draft.remove(other)
            draft.remove(nth)
        draft.add(other, left)


def _count(harmed: tuple[list[int], list[int]]) -> tuple[int, int]:
    return len(harmed[0]), len(harmed[1])


def _restore(draft: Draft, movable: Iterable[int], stood: Mapping[int, Placement]) -> None:
    others = [nth for nth in movable if draft.placed.get(nth) != stood.get(nth)]
    for nth in others:
        if nth in draft.placed:
            draft.remove(nth)
    for nth in others:
        if nth in stood:
            draft.add(nth, stood[nth])


def _return(draft: Draft, nth: int) -> bool:
    """Whether a task that moved is back where it was: its place turned out not to be needed."""
    kept, now = draft.kept[nth], draft.placed.get(nth)
    if now == kept:
        return False
    if now is not None:
        draft.remove(nth)
    if still_allowed(draft, nth, kept):
        draft.add(nth, kept)
        return True
    if now is not None:
        draft.add(nth, now)
    return False
