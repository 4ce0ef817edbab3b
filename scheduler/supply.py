"""How many experts a plan may count on: who is active, lives in the region and meets the requirement."""

from collections import Counter
from collections.abc import Iterable

from scheduler.people import ExpertStatus, Pool
from scheduler.planning.problem import Supply
from scheduler.projects import Project


def supply_of(pool: Pool, regions: Iterable[str], projects: Iterable[Project]) -> tuple[Supply, ...]:
    """A row for each region and each requirement that the projects ask for; conflicts are not known yet."""
    asked = {requirement for project in projects for requirement, _ in project.specialties}
    counts: Counter[tuple[str, frozenset[str]]] = Counter()
    for expert in pool:
        if expert.status is ExpertStatus.ACTIVE:
            counts.update(
                (expert.region, requirement.codes)
                for requirement in asked
                if requirement.is_met_by(expert.specialties)
            )
    return tuple(
        Supply(region, requirement.codes, counts[region, requirement.codes])
        for region in sorted(set(regions))
        for requirement in asked
    )
