"""First layer: the facts behind a project's answer, worked out anew from the plan; no search, no solver."""

from collections.abc import Iterator

from scheduler.planning.board import open_slots
from scheduler.planning.board.task import Task
from scheduler.planning.explain.guests import why_guest
from scheduler.planning.explain.setting import Setting
from scheduler.planning.explain.teams import one_session
from scheduler.planning.reasons.said import Said
from scheduler.planning.reasons.wording import suspension, why_nowhere, why_on_site, why_split
from scheduler.planning.search.draft import Placement
from scheduler.timeline import each_slot, first_slot, run_of, starts_of


def facts(setting: Setting) -> Iterator[Said]:
    """Why the project is split, on site, waiting, with these guests; or why it is nowhere."""
    if setting.booking is None:
        yield from _nowhere(setting)
        return
    brief = setting.surroundings.brief(setting.project_id)
    if brief is None:
        return
    booking = setting.booking
    if booking.split:
        said = why_split(brief)
        free = _same_day(setting) if brief.fits else None
        yield said if free is None else Said("split_free", {**said.facts, "when": _when(setting, free.start)})
    if not brief.remote:
        yield why_on_site(brief)
    if len(booking.sessions) > 1:
        yield Said("sessions", {"count": str(len(booking.sessions))})
    if setting.begun:
        yield Said("begun")
        return
    placement = setting.placement
    if placement is None or setting.nth is None:
        return
    task = setting.board.tasks[setting.nth]
    yield from _wait(setting, task, placement)
    for place, part in enumerate(booking.guests):
        yield from why_guest(setting, task, placement, place, part.venue_id)


def _nowhere(setting: Setting) -> Iterator[Said]:
    if setting.begun:
        yield suspension(setting.project_id, setting.problem)
        return
    hopeless = dict(setting.board.hopeless).get(setting.project_id)
    if hopeless is not None:
        yield hopeless.said
        return
    if setting.nth is not None:
        free = setting.earlier(setting.draft, setting.nth)
        if free is None:
            yield why_nowhere(setting.board.tasks[setting.nth])[1]
        else:
            yield Said("free_now", {"when": _when(setting, free.start)})


def _same_day(setting: Setting) -> Placement | None:
    """A place on the opening day that is free as the plan stands, as after some re-plans."""
    if setting.nth is None:
        return None
    task = setting.board.tasks[setting.nth]
    return one_session(setting.draft, task, task.same_day)


def _wait(setting: Setting, task: Task, placement: Placement) -> Iterator[Said]:
    """Who or what is in the way from the first start that rules and hours allow to the one it has."""
    draft, board = setting.draft, setting.board
    if not task.length or len(placement.sessions) > 1:
        return
    hours = open_slots(board.axis, board.venues[task.home])
    first = first_slot(task.starts & starts_of(hours, task.length))
    if first < 0 or placement.start <= first:
        yield Said("at_once", {"when": _when(setting, placement.start)})
        return
    yield _at_first(setting, task, first)
    earlier = _earliest(setting, task, placement.start)
    if earlier is None:
        yield Said("no_earlier", {"when": _when(setting, placement.start)})
        return
    other = one_session(draft, task, 1 << earlier)
    if other is None or not task.guest_count:
        yield Said("free_now", {"when": _when(setting, earlier)})
        return
    costs = {"other_cost": _cost(setting, task, other), "own_cost": _cost(setting, task, placement)}
    told = {name: str(cost) for name, cost in costs.items()}
    code = "dearer" if costs["other_cost"] >= costs["own_cost"] else "cheaper_now"
    guests = ", ".join(board.venues[board.room_venue[room]].venue_id for room in other.rooms[1:])
    yield Said(code, {"when": _when(setting, earlier), "guests": guests, **told})


def _at_first(setting: Setting, task: Task, first: int) -> Said:
    """What is in the way at the first start: rooms at home, or too few guests."""
    draft, told = setting.draft, {"when": _when(setting, first)}
    if not draft.venue_starts(task.rooms, task.length) >> first & 1:
        held = sorted(setting.holders(first, task.length))
        others = _held_by_others(setting, task, first, held)
        code = ("home_taken_by_both" if others else "home_taken") if held else "home_taken_by_others"
        return Said(code, {**told, "projects": ", ".join(held)})
    if not task.guest_count:
        return Said("experts_short" if not _supplied_at_home(setting, task, first) else "home_free", told)
    if not _supplied_at_home(setting, task, first):
        return Said("experts_short", told)
    may_meet = {venue for _, venue in draft.ranked_guests(task)}
    rooms = [v for v in task.guests if _joins(setting, task, v, first, supplied=False)]
    able = [v for v in rooms if v in may_meet and _joins(setting, task, v, first, supplied=True)]
    counts = {"able": len(task.guests), "rooms": len(rooms), "free": len(able), "needed": task.guest_count}
    code = "home_free" if _team(setting, task, first) else "guests_short"
    return Said(code, {**told, **{name: str(count) for name, count in counts.items()}})


def _held_by_others(setting: Setting, task: Task, first: int, held: list[str]) -> bool:
    """Whether some suitable room is not free for another reason than the plan's projects."""
    rooms = {setting.board.room_ids[room] for room in task.rooms}
    taken = {
        part.room_id
        for project_id in held
        for part in setting.surroundings.bookings[project_id].parts
        if part.venue_id == setting.project.home
    }
    return not rooms <= taken


def _supplied_at_home(setting: Setting, task: Task, slot: int) -> bool:
    return bool(setting.draft.supplied(task, 0, task.home) >> slot & 1)


def _joins(setting: Setting, task: Task, venue: int, slot: int, supplied: bool) -> bool:
    """Whether the venue has a room free for the whole evaluation, and experts where that is asked."""
    draft = setting.draft
    return any(
        draft.venue_starts(suited[venue], task.length) >> slot & 1
        and (not supplied or draft.supplied(task, place, venue) >> slot & 1)
        for place, suited in enumerate(task.guest_rooms, start=1)
        if venue in suited
    )


def _team(setting: Setting, task: Task, slot: int) -> bool:
    return one_session(setting.draft, task, 1 << slot) is not None


def _earliest(setting: Setting, task: Task, before: int) -> int | None:
    """The first start at which rooms and guests are free together, if it is earlier than that slot."""
    draft = setting.draft
    starts = task.starts & draft.venue_starts(task.rooms, task.length) & run_of(before)
    if task.guest_count == 1:
        able = 0
        for _, venue in draft.ranked_guests(task):
            free = draft.venue_starts(task.guest_rooms[0][venue], task.length)
            able |= free & draft.supplied(task, 1, venue)
        starts &= able
    return next((slot for slot in each_slot(starts) if _team(setting, task, slot)), None)


def _cost(setting: Setting, task: Task, placement: Placement) -> int:
    board, draft = setting.board, setting.draft
    venues = [board.room_venue[room] for room in placement.rooms[1:]]
    return placement.price + sum(draft.guest_cost(task, venue) for venue in venues)


def _when(setting: Setting, slot: int) -> str:
    return f"{setting.board.axis.moment(slot):%Y-%m-%d %H:%M}"
