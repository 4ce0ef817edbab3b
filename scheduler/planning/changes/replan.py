"""Re-planning: what has begun stays, what can stay stays, only what is displaced finds a new place."""

from dataclasses import replace
from datetime import datetime

from scheduler.errors import require
from scheduler.planning.board import compile_board
from scheduler.planning.changes import Change, GuestRefused, OpeningPostponed, changed
from scheduler.planning.changes.making_way import improve, make_way
from scheduler.planning.outcome import Booking, Plan
from scheduler.planning.problem import Problem
from scheduler.planning.publish import publish
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.insertion import best_placement, single_session
from scheduler.planning.search.resume import place_begun, placement_of, still_allowed


def problem_after(problem: Problem, plan: Plan, change: Change, now: datetime) -> Problem:
    """The problem that a re-plan answers: changed, with what has begun by `now` held fast.

    An evaluation whose opening is postponed, or whose guest refuses, has not begun, whatever the plan said.
    Raises `BadInput` when a guest refuses an evaluation that it is known to sit in.
    """
    after = changed(problem, change)
    ids = {project.project_id for project in after.projects}
    known = {booking.project_id: booking for booking in problem.begun}
    match change:
        case OpeningPostponed(project_id):
            ids -= {project_id}
        case GuestRefused(project_id, venue_id):
            sitting = {part.venue_id for part in known[project_id].guests} if project_id in known else set()
            require(venue_id not in sitting, "venue_id", venue_id, f"{project_id} has begun there")
            ids -= {project_id} - known.keys()
    begun = [b for b in plan.bookings if b.project_id in ids and (b.start <= now or b.project_id in known)]
    return replace(after, begun=tuple(begun))


def replan(problem: Problem, plan: Plan, change: Change, now: datetime) -> Plan:
    """A legal plan for the problem after the change that keeps every booking it can.

    It answers `problem_after(problem, plan, change, now)`. Nothing new starts before `now`. What is displaced finds
    its place among what is free. A booking that could stay moves only if otherwise a project would lose its place,
    a new one find none, or an evaluation be split (开评分离) that was not. The bound counts what can have no place;
    a full one would cost more time than the answer.
    """
    after = problem_after(problem, plan, change, now)
    draft, displaced, _ = draft_of(after, plan, now)
    board = draft.board
    before = {booking.project_id: booking for booking in plan.bookings}
    for nth in displaced:
        placement = _near(draft, nth, before.get(board.tasks[nth].project_id))
        if placement is not None:
            draft.add(nth, placement)
    waiting = [n for n in displaced if n not in draft.placed or draft.placed[n].price > board.least[n]]
    if waiting and len(displaced) > 1:
        improve(draft, tuple(displaced), waiting)
    had_none = {miss.project_id for miss in plan.unscheduled}
    make_way(draft, [n for n in displaced if board.tasks[n].project_id not in had_none], before)
    return publish(draft, after.wishes.unscheduled * len(board.hopeless))


def moved(before: Plan, after: Plan) -> tuple[str, ...]:
    """Projects booked in both plans whose rooms or sessions differ."""
    old = {booking.project_id: (booking.parts, booking.sessions) for booking in before.bookings}
    return tuple(
        booking.project_id
        for booking in after.bookings
        if booking.project_id in old and old[booking.project_id] != (booking.parts, booking.sessions)
    )


def draft_of(after: Problem, plan: Plan, now: datetime) -> tuple[Draft, list[int], frozenset[str]]:
    """A draft with everything that can stay, the tasks that need a place, and those that cannot go on."""
    board = compile_board(after)
    draft = Draft(board)
    index = {task.project_id: nth for nth, task in enumerate(board.tasks)}
    moment = board.axis.slots_before(now)
    suspended = place_begun(draft, moment)
    draft.forbid_before(moment)
    for booking in plan.bookings:
        nth = index.get(booking.project_id)
        if nth is None or booking.project_id in board.begun:
            continue
        placement = placement_of(board, nth, booking)
        if placement is not None and still_allowed(draft, nth, placement):
            draft.add(nth, placement)
            draft.kept[nth] = placement
    displaced = [
        n for n, task in enumerate(board.tasks) if n not in draft.placed and task.project_id not in suspended
    ]
    return draft, displaced, suspended


def _near(draft: Draft, nth: int, before: Booking | None) -> Placement | None:
    """A place at the start it had, if there is one; otherwise the cheapest."""
    if before is not None:
        old = placement_of(draft.board, nth, before)
        if old is not None and len(old.sessions) == 1:
            same = single_session(draft, draft.board.tasks[nth], 1 << old.start)
            if same is not None:
                return same
    return best_placement(draft, nth)
