"""The verifier's view of a statement of scarcity: how many of the candidates of other draws can sit at most."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from scheduler.verification.draws.parts import check, whole


def all_needed(entry: Mapping[str, Any], reserved: set[str]) -> None:
    """Those reserved are needed in person: all candidates of their employer must sit for the seats to be filled."""
    most = most_seated(entry, set())
    check(sum(most.values()) <= whole(entry["needed"]), "experts are reserved that are not scarce")
    count = Counter(employer for _, employer, *_ in entry["candidates"])
    needed = {one for one, employer, *_ in entry["candidates"] if most[employer] == count[employer]}
    check(reserved <= needed, "an expert is reserved for nothing, or could be stood in for by a colleague")


def most_seated(entry: Mapping[str, Any], panel: set[str]) -> dict[str, int]:
    """How many of each employer's candidates who are not on the panel can at most sit, by the projects' caps."""
    caps = {project: whole(cap) for project, cap in entry["caps"]}
    experts = [expert for expert, *_ in entry["candidates"]]
    named = {project for project, _ in entry["seats"]}
    sound = len(set(experts)) == len(experts) and named == set(caps) and len(caps) == len(entry["caps"]) > 0
    check(sound, "a statement of scarcity is malformed")
    count, able = Counter[str](), Counter[tuple[str, str]]()
    for expert, employer, *projects in entry["candidates"]:
        check(
            len(set(projects)) == len(projects) > 0 and named.issuperset(projects), "a candidate is malformed"
        )
        if expert not in panel:
            count[employer] += 1
            able.update((employer, project) for project in projects)
    return {
        employer: min(total, sum(min(cap, able[employer, project]) for project, cap in caps.items()))
        for employer, total in count.items()
    }
