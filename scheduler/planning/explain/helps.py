"""Second layer: what would give a project a better place; each help is a booking that the checker passed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from scheduler.planning.explain.setting import Setting
from scheduler.planning.outcome import Booking
from scheduler.planning.problem import Problem
from scheduler.planning.publish import booking_of
from scheduler.planning.reasons.said import Said
from scheduler.planning.search.draft import Draft
from scheduler.planning.search.insertion import best_placement
from scheduler.projects import Project
from scheduler.timeline import ZONE
from scheduler.venues import Room, Venue

MOST_RIVALS = 8
"""Other projects that are tried elsewhere."""
SHORTER = (30, 60, 120, 240)
"""Minutes by which an evaluation is tried shorter, the least that helps being told."""


@dataclass(frozen=True, slots=True)
class Help:
    """What would give the project a better place: its kind, a sentence, and the booking it would have.

    `moved` is where another project would sit, if that must move for it.
    """

    kind: str
    said: Said
    booking: Booking
    moved: Booking | None = None

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.said.sentence()


def helps(setting: Setting) -> Iterator[Help]:
    """A free place, a shorter evaluation, one guest fewer, one more room at home, another project elsewhere."""
    if not could_be_better(setting):
        return
    project, near = setting.project, setting.near
    yield from _told(setting, "free_place", near)
    yield from _shorter(setting)
    brief = setting.surroundings.brief(setting.project_id)
    if brief is not None and brief.remote and project.guest_count > 1:
        fewer = replace(project, guest_count=project.guest_count - 1)
        # A smaller sum of supports lowers the share cap of the home, which its other projects must keep too.
        same_home = {p.project_id for p in setting.problem.projects if p.home == project.home}
        together = setting.surroundings.of(same_home)
        yield from _told(setting, "fewer_guests", with_project(together, fewer))
    # A home that gets its first room could be a guest too, which lowers the even share of others: not promised.
    if any(venue.venue_id == project.home and venue.rooms for venue in near.venues):
        room = _with_room(near, project.home, project.panel_size, project.equipment)
        yield from _told(setting, "more_rooms", room, seats=str(project.panel_size))
    yield from _moves(setting)


def could_be_better(setting: Setting) -> bool:
    """Whether there is a wish to fulfil: it is nowhere, split, or waits; what has begun sits where it sits."""
    if setting.begun:
        return False
    if setting.booking is None:
        return True
    placement = setting.placement
    if placement is None or setting.nth is None:
        return False
    return setting.booking.split or placement.price > setting.board.least[setting.nth]


def when(booking: Booking) -> str:
    """The local start."""
    return f"{booking.start.astimezone(ZONE):%Y-%m-%d %H:%M}"


def with_project(problem: Problem, project: Project) -> Problem:
    """The problem with another version of one of its projects."""
    versions = (project if p.project_id == project.project_id else p for p in problem.projects)
    return replace(problem, projects=tuple(versions))


def _told(setting: Setting, kind: str, problem: Problem, **facts: str) -> Iterator[Help]:
    booking = setting.tried(problem)
    if booking is not None and (kind == "free_place" or not setting.is_free(booking)):
        yield Help(kind, Said(kind, {**facts, "when": when(booking)}), booking)


def _shorter(setting: Setting) -> Iterator[Help]:
    """The first shorter working time that gives a better place."""
    brief = setting.surroundings.brief(setting.project_id)
    if brief is None:
        return
    others = tuple(entry for entry in setting.near.durations if entry[0] != setting.project_id)
    for less in SHORTER:
        if less >= brief.work:
            return
        work = (setting.project_id, timedelta(minutes=brief.work - less))
        shorter = replace(setting.near, durations=(*others, work))
        found = list(_told(setting, "shorter", shorter, less=str(less)))
        if found:
            yield from found
            return


def _with_room(problem: Problem, home: str, seats: int, equipment: frozenset[str]) -> Problem:
    venues = (_one_more(v, seats, equipment) if v.venue_id == home else v for v in problem.venues)
    return replace(problem, venues=tuple(venues))


def _one_more(venue: Venue, seats: int, equipment: frozenset[str]) -> Venue:
    name = f"{venue.rooms[-1].room_id if venue.rooms else venue.venue_id}+"
    return replace(venue, rooms=(*venue.rooms, Room(name, seats, equipment)))


def _moves(setting: Setting) -> Iterator[Help]:
    """The first other project whose moving gives this one a better place while both together wait no longer."""
    if setting.nth is None:
        return
    task = setting.board.tasks[setting.nth]
    first = setting.board.first[setting.nth]
    under_way = {booking.project_id for booking in setting.problem.begun}
    rivals = sorted(set(setting.holders(first, max(1, task.length))) - under_way)[:MOST_RIVALS]
    if not rivals:
        return
    together = setting.surroundings.of({setting.project_id, *rivals})
    draft, nth = setting.placed(together)
    if nth is None:
        return
    index = {each.project_id: at for at, each in enumerate(draft.board.tasks)}
    for rival in rivals:
        found = _swapped(setting, together, draft, nth, index[rival]) if rival in index else None
        if found is not None:
            yield found
            return


def _swapped(setting: Setting, together: Problem, draft: Draft, nth: int, other: int) -> Help | None:
    """The project placed first and the other after it, if they do not wait longer and the checker agrees."""
    if other not in draft.placed:
        return None
    board, now = draft.board, setting.placement
    before = board.problem.wishes.unscheduled if now is None else now.price
    old = draft.remove(other)
    found = None
    placement = setting.earlier(draft, nth)
    if placement is not None:
        draft.add(nth, placement)
        again = best_placement(draft, other)
        if again is not None and placement.price + again.price <= before + old.price:
            draft.add(other, again)
            mine = booking_of(board, board.tasks[nth], placement)
            moved = booking_of(board, board.tasks[other], again)
            if setting.passes(together, draft, mine, moved):
                told = {"other": moved.project_id, "to": when(moved), "when": when(mine)}
                found = Help("move_other", Said("move_other", told), mine, moved)
            draft.remove(other)
        draft.remove(nth)
    draft.add(other, old)
    return found
