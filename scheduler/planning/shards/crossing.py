"""Which projects have guests from which province (跨省配额): quotas from a flow on aggregates, then by project."""

from collections import Counter
from collections.abc import Collection

import numpy as np
from ortools.graph.python import min_cost_flow

from scheduler.planning.chance import ticket, tie
from scheduler.planning.problem import Problem, Quota

FINE = 12
"""Bits of a cost below one unit, by which equals are told apart at random."""
STEP = 1_000
"""Cost of one support relative to the mean province's seats."""
STAY = 1 << 40
"""Cost of a project that crosses nowhere: more than any way to cross."""


def crossing_quotas(problem: Problem, wanted: Collection[str], digits: int = 2) -> tuple[Quota, ...]:
    """How many of the wanted projects of each province have their guests in each other one.

    A flow from home provinces over pairs to guest provinces: supports in proportion to seats, those that a
    province gives its own projects counted in; a pair's nth meeting costs more than the one before; quotas of
    the problem that name these provinces hold. Equals are chosen by the recorded seed.
    """
    prefix = {venue.venue_id: venue.region[:digits] for venue in problem.venues}
    seats: Counter[str] = Counter()
    for venue in problem.venues:
        seats[venue.region[:digits]] += venue.seats
    places = sorted(place for place, count in seats.items() if count)
    demand, own = _demand(problem, wanted, prefix)
    if not demand or not places:
        return ()
    nodes = {place: nth for nth, place in enumerate(places)}
    homes = sorted(demand)
    sink = 2 * len(places) + len(homes)
    mean = sum(seats.values()) / len(places)
    limits = {(quota.home_region, quota.guest_region): quota.projects for quota in problem.quotas}
    arcs: list[tuple[int, int, int, int]] = []
    names: list[tuple[str, str] | None] = []
    for nth, home in enumerate(homes):
        start = 2 * len(places) + nth
        arcs.append((start, sink, demand[home], STAY << FINE))
        names.append(None)
        for place in places:
            room = min(demand[home], limits.get((home, place), demand[home]))
            noise = tie(ticket(problem.seed, home), ticket(problem.seed, place)) & ((1 << FINE) - 1)
            for meeting in range(room if place != home else 0):
                arcs.append((start, nodes[place], 1, (meeting * STEP << FINE) + noise))
                names.append((home, place))
    total = sum(demand.values())
    for place in places:
        for nth in range(1, total + 1):
            price = round((2 * (own[place] + nth) - 1) * STEP * mean / seats[place] / len(places))
            arcs.append((nodes[place], sink, 1, price << FINE))
            names.append(None)
    taken = _flow(arcs, {2 * len(places) + nth: demand[home] for nth, home in enumerate(homes)}, sink)
    counts = Counter(name for name, units in zip(names, taken, strict=True) if name for _ in range(units))
    return tuple(sorted(Quota(home, place, count) for (home, place), count in counts.items()))


def crossing_by_flow(problem: Problem, wanted: Collection[str], digits: int = 2) -> dict[str, str]:
    """The region prefix that each wanted project's guests come from; who crosses where within the quotas is random.

    A project that no quota has room for is left out: it stays in its own province.
    """
    prefix = {venue.venue_id: venue.region[:digits] for venue in problem.venues}
    waiting: dict[str, list[str]] = {}
    for project in problem.projects:
        if project.project_id in wanted and project.exemption is None:
            waiting.setdefault(prefix.get(project.home, ""), []).append(project.project_id)
    for ids in waiting.values():
        ids.sort(key=lambda project_id: (ticket(problem.seed, project_id), project_id))
    crossing = {}
    for quota in crossing_quotas(problem, wanted, digits):
        for _ in range(quota.projects):
            crossing[waiting[quota.home_region].pop()] = quota.guest_region
    return crossing


def _demand(
    problem: Problem, wanted: Collection[str], prefix: dict[str, str]
) -> tuple[Counter[str], Counter[str]]:
    """Projects of each province that are to cross, and supports that it gives to its others."""
    demand, own = Counter[str](), Counter[str]()
    for project in problem.projects:
        if project.exemption is None and project.home in prefix:
            if project.project_id in wanted:
                demand[prefix[project.home]] += 1
            else:
                own[prefix[project.home]] += project.guest_count
    return demand, own


def _flow(arcs: list[tuple[int, int, int, int]], supplies: dict[int, int], sink: int) -> list[int]:
    """The units on each arc of a cheapest flow."""
    flow = min_cost_flow.SimpleMinCostFlow()
    ends = flow.add_arcs_with_capacity_and_unit_cost(*np.array(arcs, dtype=np.int64).T)
    for node, supply in supplies.items():
        flow.set_node_supply(node, supply)
    flow.set_node_supply(sink, -sum(supplies.values()))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("a flow in which everyone may stay always exists")
    return [int(units) for units in flow.flows(ends)]
