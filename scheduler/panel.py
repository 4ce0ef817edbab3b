"""The shape of a panel (评标委员会): size, share of experts, and how its expert seats lie over home and guests."""

from dataclasses import dataclass
from math import ceil

from scheduler.errors import BadInput
from scheduler.projects import Project, Requirement
from scheduler.rules import Rules


class PanelNotLawful(BadInput):
    """The panel asked for breaks a rule on its shape."""

    code = "panel_not_lawful"


@dataclass(frozen=True, slots=True)
class SeatDemand:
    """Expert seats of one specialty at one place: 0 is the home venue, 1 to N the guests."""

    place: int
    requirement: Requirement
    seats: int


def check_panel(project: Project, rules: Rules) -> None:
    """Raise `PanelNotLawful` unless the panel has a lawful size, parity and share of experts.

    招标投标法 art. 37: odd, at least the minimum of the kind, experts at least 2/3 of all members.
    """
    size, experts = project.panel_size, project.experts
    if size < rules.panel_min_size:
        raise PanelNotLawful("panel_size", size, f"panel.min_size: at least {rules.panel_min_size}")
    if rules.panel_odd_required and size % 2 == 0:
        raise PanelNotLawful("panel_size", size, "panel.odd_required: an odd number of members")
    least = ceil(rules.panel_expert_min_fraction * size)
    if experts < least:
        raise PanelNotLawful(
            "specialties", experts, f"panel.expert_min_fraction: at least {least} experts of {size}"
        )


def is_remote(project: Project, rules: Rules) -> bool:
    """Whether the project is evaluated with guest venues (seed plan item 4): enabled and not exempt."""
    exempt = project.exemption is not None and project.exemption in rules.remote_exempt
    return rules.remote_enabled and not exempt


def guest_seats(project: Project, rules: Rules) -> tuple[int, ...]:
    """Expert seats at each guest venue; empty when the project stays on site.

    Together max(remote.guest_expert_min_count, share of the experts rounded up), shared evenly, each at least
    remote.guest_min_per_venue. Raises `PanelNotLawful` when the panel has too few experts for that.
    """
    if not is_remote(project, rules):
        return ()
    guests = project.guest_count
    share = ceil(rules.remote_guest_expert_min_fraction * project.experts)
    total = max(rules.remote_guest_expert_min_count, share, guests * rules.remote_guest_min_per_venue)
    if total > project.experts:
        raise PanelNotLawful(
            "guest_count", guests, f"remote.guest_min_per_venue: {total} experts at the guests needed"
        )
    return tuple(total // guests + (place < total % guests) for place in range(guests))


def seat_demands(project: Project, rules: Rules) -> tuple[SeatDemand, ...]:
    """The expert seats by place and specialty: guests take turns through the specialties, home keeps the rest.

    Each guest in turn takes a seat of the specialty with most seats left (the first listed among equals), so
    that the scarce single-seat specialties stay at home and no guest depends on one specialty alone.
    """
    left = [seats for _, seats in project.specialties]
    taken: dict[tuple[int, int], int] = {}
    for place, seats in enumerate(guest_seats(project, rules), start=1):
        for _ in range(seats):
            nth = max(range(len(left)), key=lambda index: left[index])
            left[nth] -= 1
            taken[place, nth] = taken.get((place, nth), 0) + 1
    for nth, seats in enumerate(left):
        if seats:
            taken[0, nth] = seats
    return tuple(
        SeatDemand(place, project.specialties[nth][0], seats) for (place, nth), seats in sorted(taken.items())
    )
