"""The judge of the planning benchmarks: frozen instances, best-known values, planners in processes of their own."""

import hashlib
import os

import pytest

from benchmarks.planning import best_known
from benchmarks.planning.__main__ import against_the_telephone, near, thinned
from benchmarks.planning.apart import apart
from benchmarks.planning.changes import explained, flaws, measured
from benchmarks.planning.instances import SHAPES, instance
from scheduler.planning import Budget, solve

FROZEN = {
    "prefecture-day": "d541523f314844ad",
    "prefecture-busy": "f61f190b9662d30a",
    "tight-rooms": "7e41d9856f115e98",
    "province-day": "64d97d65823cf806",
    "province-busy": "58ddf0c85fda7472",
    "province-week": "d419175703e8d5bc",
}

LEGAL = {
    "instance": "made-up",
    "planner": "yidi",
    "cost": 100,
    "unscheduled": 0,
    "avoidable": 1,
    "violations": 0,
    "first_violations": 0,
}
KNOWN = {"made-up": {"cost": 95, "unscheduled": 0, "avoidable": 1}}


def written(problem) -> str:
    """What makes an instance, in words that new fields of the values do not change."""
    lines = [
        f"{p.project_id} {p.home} {p.opening_at.isoformat()} {p.category} {p.guest_count} {p.exemption} "
        f"{[section.bidders for section in p.sections]} {p.owner_representatives} "
        f"{[(sorted(needed.codes), seats) for needed, seats in p.specialties]}"
        for p in problem.projects
    ]
    lines += [
        f"{v.venue_id} {v.region} {v.opens} {v.closes} {[(room.room_id, room.seats) for room in v.rooms]}"
        for v in problem.venues
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("name", SHAPES)
def test_instances_never_drift(name):
    assert hashlib.sha256(written(instance(name)).encode()).hexdigest()[:16] == FROZEN[name]


def test_a_best_plan_is_known_for_each_instance_at_the_weights_in_force():
    assert best_known.load(instance("prefecture-day")).keys() == SHAPES.keys()


@pytest.mark.parametrize(
    "change", [{"violations": 1}, {"first_violations": 1}, {"cost": 105}, {"unscheduled": 1}, {"cost": None}]
)
def test_a_run_fails_when_a_rule_is_broken_or_the_plan_is_far_from_the_best_known(change):
    assert not best_known.flaw(LEGAL, KNOWN)
    assert best_known.flaw(LEGAL | change, KNOWN)


def test_only_legal_and_better_plans_become_the_best_known():
    rows = [
        LEGAL | {"cost": 80, "violations": 1},
        LEGAL | {"cost": 70, "avoidable": 2},
        LEGAL | {"cost": 96, "avoidable": 0, "planner": "other"},
    ]
    after = best_known.learn(rows, KNOWN, "2026-11-24", "a command")
    assert (after["made-up"]["cost"], after["made-up"]["planner"]) == (96, "other"), "fewer splits come first"
    assert best_known.learn(rows[:2], KNOWN, "2026-11-24", "a command") == KNOWN


def test_values_known_at_other_weights_do_not_count(tmp_path):
    problem = instance("prefecture-day")
    file = tmp_path / "best.json"
    best_known.save(problem, KNOWN, file)
    assert best_known.load(problem, file) == KNOWN
    best_known.save(instance("prefecture-day").with_(wishes=heavier(problem)), KNOWN, file)
    assert best_known.load(problem, file) == {}


def heavier(problem):
    return type(problem.wishes)(
        **{name: getattr(problem.wishes, name) + 1 for name in problem.wishes.__dataclass_fields__}
    )


def test_a_planner_that_dies_in_its_process_leaves_no_answer():
    spent = apart(sorted, [3, 1])
    assert spent.answer == [1, 3]
    assert spent.memory_mb > 0
    assert apart(os._exit, 1) is None


def test_time_to_a_near_plan_counts_legal_plans_alone():
    course = [(1.0, None, 10), (2.0, 200, 10), (3.0, 99, 50), (4.0, 96, 60)]
    assert near(LEGAL | {"course": course}, KNOWN) == 3.0
    assert near(LEGAL | {"course": course, "violations": 1}, KNOWN) is None
    assert near(LEGAL | {"course": course[:2]}, KNOWN) is None


def test_a_course_keeps_its_ends_and_every_visible_step():
    course = [(0.0, 1000, 0), (1.0, 999, 0), (2.0, 900, 0), (3.0, 900, 500), (4.0, 900, 500)]
    assert thinned(course) == [course[0], *course[2:]]


def test_splits_and_waits_are_compared_with_the_telephone():
    yidi = LEGAL | {"mean_wait_min": 10.0, "gini_by_seats": 0.05}
    phone = yidi | {"planner": "first come first served", "avoidable": 10, "mean_wait_min": 45.0}
    (row,) = against_the_telephone([yidi, phone])
    assert (row["fewer"], row["times shorter"]) == ("90%", 4.5)


def test_each_kind_of_change_is_measured_and_judged():
    problem = instance("prefecture-day")
    plan = solve(problem, Budget(50))
    rows = measured(problem, plan, 1)
    assert len(rows) == 9
    assert flaws(rows) == []
    assert flaws([rows[0] | {"moved_max": 1}])
    assert flaws([rows[1] | {"violations": 1}])
    assert explained(problem, plan, 2)["count"] >= 2
