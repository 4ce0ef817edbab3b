"""Provinces planned apart are together a legal plan of everything."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from time import monotonic

from benchmarks.planning.instances import Shape, make
from scheduler.planning import Budget, Problem, Quota, Supply, solve
from scheduler.planning.cores import solve_shards_on
from scheduler.planning.shards import solve_shards
from scheduler.planning.shards.crossing import crossing_by_flow, crossing_quotas
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
    for _, plan in sharded.shards:
        for booking in plan.bookings:
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
    crossing = crossing_by_flow(problem, {project.project_id for project in problem.projects[:6]})
    assert solve_shards_on(2, problem, Budget(160), crossing) == solve_shards(problem, Budget(160), crossing)


def starved():
    """A province of one venue, whose projects must cross although nobody said so, and one with room for them."""
    problem = nation()
    alone = next(p for p in problem.projects if p.exemption is None and p.guest_count == 1).home
    venues = tuple(
        replace(venue, region=f"{'61' if venue.venue_id == alone else '62'}{venue.region[2:]}")
        for venue in problem.venues
    )
    rows = tuple(Supply(venue.region, frozenset(), 14) for venue in venues)
    return replace(problem, venues=venues, supply=rows), alone


def test_who_has_no_place_in_its_province_gets_one_across_the_border():
    problem, alone = starved()
    sharded = solve_shards(problem, Budget(400))
    theirs = {p.project_id for p in problem.projects if p.home == alone and p.exemption is None}
    apart = {miss.project_id for _, plan in sharded.shards for miss in plan.unscheduled}
    assert theirs <= apart, "their own province has no other venue"
    assert not theirs & {miss.project_id for miss in sharded.plan.unscheduled}
    assert verify_plan(problem, sharded.plan) == ()


def test_a_repair_leaves_no_quota_broken():
    problem, alone = starved()
    problem = replace(problem, quotas=(Quota("61", "62", 1),))
    sharded = solve_shards(problem, Budget(400))
    crossed = [b for b in sharded.plan.bookings if b.home.venue_id == alone and b.guests]
    assert len(crossed) == 1
    assert verify_plan(problem, sharded.plan) == ()


def test_provinces_of_few_venues_keep_the_share_that_the_whole_allows_a_pair():
    problem = nation()
    for provinces in (6, 8):
        venues = tuple(
            replace(venue, region=f"{51 + nth % provinces}01{nth:02d}")
            for nth, venue in enumerate(problem.venues)
        )
        part = replace(problem, venues=venues, supply=(), seed=1)
        assert verify_plan(part, solve_shards(part, Budget(200)).plan) == ()


def test_the_repair_makes_the_plan_better_and_says_by_how_much():
    problem = nation()
    crossing = crossing_by_flow(problem, {project.project_id for project in problem.projects[:20]})
    said = []
    sharded = solve_shards(problem, Budget(2_000), crossing, progress=said.append)
    before = next(at.cost for at in reversed(said) if at.phase == "provinces")
    assert sharded.plan.cost < before
    assert said[-1].cost == sharded.plan.cost
    assert {at.phase for at in said} == {"homes", "crossing", "provinces", "repair", "done"}
    assert all(one.cost >= other.cost for one, other in pairwise(said))
    assert all(one.bound <= other.bound for one, other in pairwise(said))
    assert verify_plan(problem, sharded.plan) == ()


def test_told_to_stop_a_plan_by_shards_is_what_there_is_and_legal():
    problem = nation()
    said = []
    crossing = crossing_by_flow(problem, {project.project_id for project in problem.projects[:6]})
    sharded = solve_shards(
        problem,
        Budget(400),
        crossing,
        progress=said.append,
        stop=lambda: [at.phase for at in said].count("provinces") >= 2,
    )
    left = {miss.code for miss in sharded.plan.unscheduled}
    assert left == {"stopped"}
    assert 0 < len(sharded.plan.bookings) < len(problem.projects)
    assert verify_plan(problem, sharded.plan) == ()


def test_stopped_processes_end_within_a_second():
    problem = make(Shape(300, 40, (3, 4), prefectures=12, seed=9))
    venues = tuple(
        replace(venue, region=f"{53 + nth % 2}{venue.region[2:]}") for nth, venue in enumerate(problem.venues)
    )
    problem = replace(problem, venues=venues)
    pressed = []

    def press_soon(at):
        if at.phase == "homes" and not pressed:
            pressed.append(monotonic() + 2)  # in the midst of the provinces' searches

    def stop():
        return bool(pressed) and monotonic() > pressed[0]

    sharded = solve_shards_on(2, problem, Budget(10_000_000), progress=press_soon, stop=stop)
    assert monotonic() - pressed[0] < 3, "a second, and what the load of a test machine takes"
    assert verify_plan(problem, sharded.plan) == ()


def answers(plan):
    return [*(b.project_id for b in plan.bookings), *(m.project_id for m in plan.unscheduled)]
