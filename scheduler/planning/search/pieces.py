"""A search in pieces: groups of days, each improved with the others held still, on any number of processes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scheduler.planning.search import Manner, Search, insert_all
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.resume import still_allowed
from scheduler.planning.search.ruin import Scope

SMALLEST = 200
"""Tasks from which a piece is worth a search of its own."""

BOLD = Manner(((30.0, 0.3),))
"""How a piece is searched: its days are crowded by what the days before leave to them."""

Found = tuple[tuple[int, Placement], ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece: the draft as it is, the tasks that may move, and how long to search."""

    draft: Draft
    tasks: tuple[int, ...]
    seed: int
    iterations: int
    bound: int
    stop: Callable[[], bool] | None = None

    def __call__(self) -> Found:
        """Placements of the tasks that are cheaper together; the draft is left as it was."""
        draft = self.draft
        before = {nth: draft.placed[nth] for nth in self.tasks if nth in draft.placed}
        search = Search(draft, self.seed, Scope(self.tasks))
        search.run(self.iterations, self.bound, lambda _, __: None, self.stop, BOLD)
        search.finish()
        found = tuple((nth, draft.placed[nth]) for nth in self.tasks if nth in draft.placed)
        put(draft, self.tasks, before.items())
        return found


Run = Callable[[Callable[[Job], Found], Iterable[Job]], Iterable[Found]]
"""How jobs are done: `map`, or that of a pool of processes; the results are the same."""


def done(job: Job) -> Found:
    """The job's result, by a name that reaches another process."""
    return job()


def pieces_of(draft: Draft, tasks: Sequence[int]) -> list[tuple[int, ...]]:
    """The tasks by the days of their first possible starts, as many days together as make a piece."""
    board = draft.board
    days: dict[int, list[int]] = {}
    for nth in tasks:
        days.setdefault(board.first[nth] // board.axis.width, []).append(nth)
    pieces: list[list[int]] = []
    for day in sorted(days):
        if pieces and min(len(pieces[-1]), len(days[day])) < SMALLEST:
            pieces[-1] += days[day]
        else:
            pieces.append(days[day])
    return [tuple(sorted(piece)) for piece in pieces]


def put(draft: Draft, tasks: Iterable[int], placements: Iterable[tuple[int, Placement]]) -> None:
    """The tasks where the placements say; the others, and whose place was taken meanwhile, out."""
    wanted = dict(placements)
    tasks = sorted(tasks)
    for nth in tasks:
        if nth in draft.placed and draft.placed[nth] != wanted.get(nth):
            draft.remove(nth)
    for nth in tasks:
        if nth not in draft.placed and nth in wanted and still_allowed(draft, nth, wanted[nth]):
            draft.add(nth, wanted[nth])


def merge(draft: Draft, tasks: tuple[int, ...], found: Found) -> None:
    """Take what a piece found over into the draft, unless others' moves have made it worse than what was."""
    standing = draft.standing
    before = [(nth, draft.placed[nth]) for nth in tasks if nth in draft.placed]
    put(draft, tasks, found)
    insert_all(draft, tasks)
    if draft.standing > standing:
        put(draft, tasks, before)
