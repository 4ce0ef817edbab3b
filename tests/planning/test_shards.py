"""Provinces planned apart are together a legal plan of everything."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from benchmarks.planning.instances import Shape, make
from scheduler.planning import Budget, Problem, Supply
from scheduler.planning.shards import solve_shards
from scheduler.verification.plans import verify_plan
from scheduler.verification.plans.capacity import room_times, supply
from scheduler.verification.plans.facts import facts_of


def nation() -> Problem:
    """Three provinces of eight venues, by their region codes, and a bound on each region's experts."""
    problem = make(Shape(45, 24, (2, 3), prefectures=24, seed=5))
    codes = ("53", "51", "52")
    venues = tuple(
        replace(venue, region=f"{codes[nth % 3]}01{nth:02d}") for nth, venue in enumerate(problem.venues)
    )
    rows = tuple(Supply(venue.region, frozenset(), 14) for venue in venues)
    return replace(problem, venues=venues, supply=rows)


def test_shards_answer_every_project_once_and_are_legal_apart_and_together():
    problem = nation()
    crossing = {project.project_id: "53" for project in problem.projects[:4]}
    homes = {venue.venue_id: venue.region[:2] for venue in problem.venues}
    crossing = {
        p.project_id: "53" if homes[p.home] != "53" else "51"
        for p in problem.projects
        if p.project_id in crossing
    }
    sharded = solve_shards(problem, Budget(40), crossing)
    for shard, plan in sharded.shards:
        assert verify_plan(shard, plan) == ()
    answered = Counter(p for _, plan in sharded.shards for p in answers(plan))
    assert answered == Counter(project.project_id for project in problem.projects)
    whole = replace(sharded.shards[-1][1], bookings=sharded.bookings)
    facts = {project.project_id: facts_of(problem, project) for project in problem.projects}
    assert list(room_times(problem, whole)) == []
    assert list(supply(problem, facts, whole)) == []
    for booking in sharded.bookings:
        for guest in booking.guests:
            wanted = crossing.get(booking.project_id, homes[booking.home.venue_id])
            assert homes[guest.venue_id] == wanted
    assert sharded.bound <= sharded.cost


def test_where_shards_are_solved_does_not_matter():
    problem = nation()
    with ThreadPoolExecutor(2) as pool:
        assert solve_shards(problem, Budget(20), run=pool.map) == solve_shards(problem, Budget(20))


def answers(plan):
    return [*(b.project_id for b in plan.bookings), *(m.project_id for m in plan.unscheduled)]
