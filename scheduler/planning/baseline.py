"""First come, first served: how evaluations are placed by telephone today, for comparison."""

from scheduler.planning.board import compile_board
from scheduler.planning.board.task import Task
from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Problem
from scheduler.planning.publish import publish
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.insertion import best_placement
from scheduler.timeline import first_slot

CALLS = 3
"""Guests that a home telephones before it takes the best offer (an assumption)."""


def first_come_first_served(problem: Problem) -> Plan:
    """Projects in the order of their openings; each home books its first free room, then telephones.

    The home asks guests in its own fixed list, the neighbours after it in order of their ids, and takes the
    earliest of the first CALLS offers that come within the opening day, or without one the earliest later
    offer; nobody looks ahead, or at balance. The legal rules hold all the same. The bound is the trivial one.
    """
    board = compile_board(problem)
    draft = Draft(board)
    order = sorted(
        range(len(board.tasks)),
        key=lambda n: (board.tasks[n].brief.project.opening_at, board.tasks[n].project_id),
    )
    for nth in order:
        placement = _by_phone(draft, board.tasks[nth]) or best_placement(draft, nth)
        if placement is not None:
            draft.add(nth, placement)
    return publish(draft, problem.wishes.unscheduled * len(board.hopeless))


def _by_phone(draft: Draft, task: Task) -> Placement | None:
    """The placement that a few calls arrange for one session with one guest; None when calls do not suffice."""
    if not task.length or task.guest_count != 1:
        return None
    for starts_wanted in (task.same_day, task.later):
        for room in task.rooms:
            starts = starts_wanted & draft.starts(room, task.length) & draft.supplied(task, 0, task.home)
            if starts and (offer := _best_offer(draft, task, starts)) is not None:
                slot, guest_room = offer
                sessions = ((slot, task.length, task.brief.work),)
                return Placement((room, guest_room), sessions, draft.board.price(task, slot))
    return None


def _best_offer(draft: Draft, task: Task, starts: int) -> tuple[int, int] | None:
    """The earliest start, and the room, among the first CALLS guests that can offer any."""
    offers: list[tuple[int, int]] = []
    count = len(draft.board.venues)
    for venue in sorted(task.guests, key=lambda guest: (guest - task.home) % count):
        if len(offers) == CALLS:
            break
        if draft.may_meet(task, venue):
            common = starts & draft.supplied(task, 1, venue)
            rooms = task.guest_rooms[0][venue]
            free = [(first_slot(slots), r) for r in rooms if (slots := common & draft.starts(r, task.length))]
            offers += sorted(free)[:1]
    return min(offers, default=None)
