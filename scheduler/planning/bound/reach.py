"""What of a task's starts is certain before anything else is planned: where it may begin at home, and for how long."""

from scheduler.planning.board import Board
from scheduler.planning.board.task import Task
from scheduler.timeline import starts_of

Starts = tuple[tuple[int, int], ...]
"""Sets of starts, each with the slots that a start surely takes: those of the opening day come first."""


def starts_at_home(board: Board, task: Task) -> Starts:
    """All starts at home; sessions on later days count only with what they surely take.

    What has begun is where it is: it counts nothing, and so it has no start here.
    """
    if task.project_id in board.begun:
        return ()
    sure = sure_length(board, task)
    same = later = 0
    for room in task.rooms:
        if task.same_day:
            same |= starts_of(board.free[room], task.length) & task.same_day
        later |= starts_of(board.free[room], sure) & task.window & task.steps
    return tuple((slots, length) for slots, length in ((same, task.length), (later, sure)) if slots)


def sure_length(board: Board, task: Task) -> int:
    """The slots that the first session takes on a later day, in whichever rooms: all of it, or half a day's work."""
    shifts = task.brief.shifts
    opens = max(opens for opens, _ in board.hours)
    closes = min(closes for _, closes in board.hours)
    holds = shifts.day_holds(opens, closes)
    if task.length and task.brief.work <= holds:
        return task.length
    least = min(shifts.length(max(1, holds // 2)), shifts.length(task.brief.work))
    return max(1, least // board.axis.grid)
