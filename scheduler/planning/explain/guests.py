"""Why this guest and not another: balance, rotation and distance as the whole plan stands, and the recorded chance."""

from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.planning.board.task import Task
from scheduler.planning.explain.setting import Setting
from scheduler.planning.reasons.said import Said
from scheduler.planning.search.draft import Placement
from scheduler.timeline import run_of


@dataclass(frozen=True, slots=True)
class _Rival:
    """A venue that could have been the guest instead: what its support would cost, and its random number."""

    cost: int
    tie: int
    venue: int


def why_guest(
    setting: Setting, task: Task, placement: Placement, place: int, venue_id: str
) -> Iterator[Said]:
    """Why this guest: how it stands by balance, rotation and distance among those free at that time."""
    rivals = list(_rivals(setting, task, placement, place, venue_id))
    venues = setting.board.venues
    own = next((rival for rival in rivals if venues[rival.venue].venue_id == venue_id), None)
    if own is None:
        return  # a guest that agreed before a rule or a refusal shut it out
    equals = [rival for rival in rivals if rival.cost == own.cost]
    cheaper = sum(rival.cost < own.cost for rival in rivals)
    told = {
        "guest": venue_id,
        "supports": str(setting.draft.supports[own.venue]),
        "before": str(_supported_before(setting, venue_id)),
        "seats": str(venues[own.venue].seats),
        "met": str(_met(setting, venue_id)),
        "free": str(len(rivals)),
        "cheaper": str(cheaper),
        "equal": str(len(equals)),
        "seed": str(setting.problem.seed),
    }
    if len(rivals) == 1:
        yield Said("guest_only", told)
    elif cheaper:
        yield Said("guest_not_least", told)
    elif len(equals) == 1:
        yield Said("guest_least", told)
    else:
        first = min(equals, key=lambda rival: rival.tie) is own
        yield Said("guest_by_lot" if first else "guest_by_search", told)


def _rivals(
    setting: Setting, task: Task, placement: Placement, place: int, venue_id: str
) -> Iterator[_Rival]:
    """The venues that could sit in this place at that time, the other guests apart."""
    draft, venues, ties = setting.draft, setting.board.venues, dict(task.ties)
    assert setting.booking is not None
    besides = {part.venue_id for part in setting.booking.guests} - {venue_id}
    starts = [start for start, _, _ in placement.sessions]
    for cost, venue in draft.ranked_guests(task):
        rooms = task.guest_rooms[place].get(venue, ())
        if venues[venue].venue_id in besides or not _free_all_along(setting, rooms, placement):
            continue
        if all(draft.supplied(task, place + 1, venue) >> start & 1 for start in starts):
            yield _Rival(cost, ties[venue], venue)


def _free_all_along(setting: Setting, rooms: tuple[int, ...], placement: Placement) -> bool:
    taken = 0
    for start, length, _ in placement.sessions:
        taken |= run_of(length) << start
    return any(setting.draft.free[room] & taken == taken for room in rooms)


def _supported_before(setting: Setting, venue_id: str) -> int:
    return sum(p.projects for p in setting.problem.support_history if p.venue_id == venue_id)


def _met(setting: Setting, venue_id: str) -> int:
    """How often the home has had the guest, in the window before the plan and for the plan's other projects."""
    home = setting.project.home
    past = sum(p.projects for p in setting.problem.pair_history if (p.home, p.guest) == (home, venue_id))
    return past + sum(
        booking.project_id != setting.project_id
        and booking.home.venue_id == home
        and any(part.venue_id == venue_id for part in booking.guests)
        for booking in setting.plan.bookings
    )
