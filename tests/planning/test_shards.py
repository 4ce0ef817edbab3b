"""Provinces planned apart are together a legal plan of everything."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from benchmarks.planning.instances import Shape, make
from scheduler.planning import Budget, Problem, Quota, Supply, solve
from scheduler.planning.crossing import crossing_by_flow, crossing_quotas
from scheduler.planning.shards import solve_shards
from scheduler.verification.plans import verify_plan


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
    assert verify_plan(problem, sharded.plan) == (), (
        "together they are a legal plan, its cost and bound as stated"
    )
    for booking in sharded.plan.bookings:
        for guest in booking.guests:
            wanted = crossing.get(booking.project_id, homes[booking.home.venue_id])
            assert homes[guest.venue_id] == wanted
    assert 0 < sharded.plan.bound <= sharded.plan.cost


def test_the_bound_of_shards_holds_for_plans_that_know_no_provinces():
    for seed in range(4):
        problem = replace(nation(), seed=seed)
        problem = replace(problem, supply=(), projects=problem.projects[seed * 8 : seed * 8 + 20])
        free = solve(problem, Budget(400))
        sharded = solve_shards(problem, Budget(200), {problem.projects[0].project_id: "51"})
        assert sharded.plan.bound <= free.cost


def test_quotas_follow_seats_and_hold_what_the_problem_allows():
    problem = replace(nation(), quotas=(Quota("53", "51", 1),))
    wanted = {project.project_id for project in problem.projects if project.exemption is None}
    quotas = crossing_quotas(problem, wanted)
    homes = {venue.venue_id: venue.region[:2] for venue in problem.venues}
    demand = Counter(homes[p.home] for p in problem.projects if p.project_id in wanted)
    assert Counter({h: sum(q.projects for q in quotas if q.home_region == h) for h in demand}) == demand
    assert all(quota.home_region != quota.guest_region for quota in quotas)
    assert {q.projects for q in quotas if (q.home_region, q.guest_region) == ("53", "51")} <= {1}
    crossing = crossing_by_flow(problem, wanted)
    assert crossing.keys() == wanted
    planned = Counter(
        (homes[p.home], crossing[p.project_id]) for p in problem.projects if p.project_id in wanted
    )
    assert planned == {(q.home_region, q.guest_region): q.projects for q in quotas}
    assert crossing == crossing_by_flow(replace(problem, projects=problem.projects[::-1]), wanted)


def test_who_may_cross_nowhere_stays():
    problem = nation()
    none = tuple(Quota(a, b, 0) for a in ("51", "52", "53") for b in ("51", "52", "53"))
    assert crossing_by_flow(replace(problem, quotas=none), {p.project_id for p in problem.projects}) == {}


def test_where_shards_are_solved_does_not_matter():
    problem = nation()
    with ThreadPoolExecutor(2) as pool:
        assert solve_shards(problem, Budget(20), run=pool.map) == solve_shards(problem, Budget(20))


def answers(plan):
    return [*(b.project_id for b in plan.bookings), *(m.project_id for m in plan.unscheduled)]
