"""Which projects a viewer reaches, and how much of each: the row's counterpart of `api.disclosure`."""

from collections.abc import Iterable

from api.disclosure import Role, Viewer, may_follow
from api.record import PREFECTURE, Case
from models.projects import ProjectState

STARTED = frozenset((ProjectState.EVALUATING, ProjectState.REPORTED, ProjectState.RESULT_FINAL))


def runs(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer acts for the project's home centre."""
    acts = viewer.role in (Role.OPERATOR, Role.MACHINE)
    return acts and viewer.centre_id is not None and viewer.centre_id == case.centre_id


def hosts(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer answers for a venue of the booking."""
    return viewer.role is Role.HOST and not viewer.venue_ids.isdisjoint(case.venue_ids)


def hosts_guest(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer answers for a guest venue of the booking, not for its home."""
    return viewer.role is Role.HOST and not viewer.venue_ids.isdisjoint(case.venue_ids[1:])


def oversees(viewer: Viewer, case: Case) -> bool:
    """Whether the project, or a venue of its booking, lies in the supervisor's region."""
    places = case.venue_ids
    return (
        viewer.role is Role.SUPERVISOR
        and bool(viewer.region)
        and any(case.regions[place].startswith(viewer.region or "-") for place in places)
    )


def knows_project(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer may know which project it is: a guest host only after the start."""
    if case.project.state == ProjectState.RESULT_FINAL:
        return True
    return (
        runs(viewer, case)
        or oversees(viewer, case)
        or (hosts(viewer, case) and case.project.state in STARTED)
    )


def knows_panel(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer may know the panel's names: all once the result is out, before it those on site."""
    if case.project.result_at is not None:
        return True
    on_site = runs(viewer, case) or hosts(viewer, case) or oversees(viewer, case)
    return on_site and viewer.role is not Role.MACHINE and case.project.names_unlocked_at is not None


def sees_sittings(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer may know where and when the evaluation sits, under its neutral serial.

    The region's board is open to whoever runs evaluations; the public learns of an evaluation by its result.
    """
    if case.project.state == ProjectState.RESULT_FINAL:
        return True
    prefecture = case.region[:PREFECTURE]
    return may_follow(viewer, f"region/{prefecture}")


def topics(viewer: Viewer, regions: Iterable[str]) -> list[str]:
    """The topics of the live channel that concern the viewer and may be followed."""
    wanted = [
        "public",
        *(f"centre/{viewer.centre_id}" for _ in range(viewer.centre_id is not None)),
        *(f"venue/{venue_id}" for venue_id in sorted(viewer.venue_ids)),
        *(f"expert/{viewer.expert_id}" for _ in range(viewer.expert_id is not None)),
        *sorted({f"region/{region[:PREFECTURE]}" for region in regions}),
        "audit",
    ]
    return [topic for topic in wanted if may_follow(viewer, topic)]
