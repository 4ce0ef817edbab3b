"""First drafts of a plan: by openings, and guests given to the starts at which the homes alone do best."""

from collections.abc import Iterable, Mapping

from scheduler.planning.board import Board
from scheduler.planning.search import insert_all
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.insertion import single_session
from scheduler.planning.search.resume import place_begun

DAYS_AHEAD = 6
"""Days of the axis after the last opening that a search looks at first."""


def by_opening(board: Board) -> Draft:
    """Everyone in the order of the first possible start, evaluations that fit into their opening day first."""
    draft = _empty(board)
    _fill(draft, range(len(board.tasks)))
    return draft


def by_home_starts(board: Board, starts: Mapping[int, int]) -> Draft:
    """Rooms at home are kept at the homes' best starts, then guests join there; who finds none comes last.

    Long work comes first: it takes whole days of its rooms, the others fit around it.
    """
    draft = _empty(board)
    tasks = board.tasks
    _fill(draft, (n for n, task in enumerate(tasks) if not task.length))
    kept = []
    for nth in sorted(starts, key=lambda n: (starts[n], n)):
        task, slot = tasks[nth], starts[nth]
        if nth in draft.placed or not task.length or not task.starts >> slot & 1:
            continue
        room = next((r for r in task.rooms if draft.starts(r, task.length) >> slot & 1), None)
        if room is not None:
            held = Placement((room,), ((slot, task.length, task.brief.work),), board.price(task, slot))
            draft.add(nth, held)
            kept.append(nth)
    # Several guests are hardest to find, and who needs none may give way a room.
    for nth in sorted(kept, key=lambda n: (-tasks[n].guest_count, starts[n], n)):
        slot = draft.remove(nth).start
        joined = single_session(draft, tasks[nth], 1 << slot)
        if joined is not None:
            draft.add(nth, joined)
    _fill(draft, range(len(tasks)))
    return draft


def place_missing(draft: Draft, movable: Iterable[int]) -> None:
    """Who has no place comes first in its rooms at home, and who sits there is placed anew, if fewer are left out.

    Work of many days finds no room free for so long once others have taken a day of it here and there.
    """
    movable = frozenset(movable)
    first = draft.board.first
    for nth in sorted(movable - draft.placed.keys()):
        standing = draft.standing
        others = {other for room in draft.board.tasks[nth].rooms for other in draft.users[room]} & movable
        before = {other: draft.remove(other) for other in sorted(others)}
        insert_all(draft, (nth, *sorted(others, key=lambda other: (first[other], other))))
        if draft.standing >= standing:
            for other in (nth, *before):
                if other in draft.placed:
                    draft.remove(other)
            for other, placement in before.items():
                draft.add(other, placement)


def _empty(board: Board) -> Draft:
    """A draft with what has begun in its place, which looks no further ahead than it must."""
    draft = Draft(board)
    place_begun(draft, 0)
    width = board.axis.width
    ends = [start + length for p in draft.placed.values() for start, length, _ in p.sessions]
    days = max(board.first, default=0) // width + DAYS_AHEAD
    draft.look_until(min(board.axis.slots, max([days * width, *ends])))
    return draft


def _fill(draft: Draft, tasks: Iterable[int]) -> None:
    """Place those that have no place; where the near days are full, on all days."""
    board = draft.board
    begun = board.begun
    order = sorted(
        (n for n in tasks if n not in draft.placed and board.tasks[n].project_id not in begun),
        key=lambda n: (not board.tasks[n].brief.fits, board.first[n], board.tasks[n].length, n),
    )
    insert_all(draft, order)
    if any(n not in draft.placed for n in order):
        draft.look_until(None)
        insert_all(draft, order)
