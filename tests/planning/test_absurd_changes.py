"""Planning and re-planning at the edges: nothing to start at, work without end, news that comes too late."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from scheduler.errors import BadInput
from scheduler.planning import (
    Budget,
    GuestRefused,
    Overrun,
    Problem,
    Supply,
    SupplyDropped,
    problem_after,
    replan,
    solve,
)
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook, default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Room, Venue
from scheduler.verification.plans import verify_plan

MONDAY = date(2026, 11, 23)
CALENDAR = WorkCalendar(frozenset(), frozenset(), (MONDAY, date(2026, 12, 31)))
VENUES = tuple(Venue(f"V{n}", "C", "", f"53230{n}", (Room("R0", 7), Room("R1", 7))) for n in range(1, 5))


def book(**values: str) -> RuleBook:
    text = default_rule_book().text
    for name, value in values.items():
        before, after = text.split(f"[[{name.replace('_', '.', 1)}]]\nvalue = ", 1)
        text = f"{before}[[{name.replace('_', '.', 1)}]]\nvalue = {value}\n" + after.split("\n", 1)[1]
    return RuleBook.parse(text)


def project(nth: int = 0, hour: int = 9, day: date = MONDAY) -> Project:
    return Project(
        project_id=f"P{nth}",
        name="",
        kind=ProcurementKind.CONSTRUCTION,
        category=Category.WORKS,
        home="V1",
        region="532301",
        opening_at=datetime.combine(day, time(hour), ZONE),
        sections=(Section("1", 8),),
        specialties=((Requirement(frozenset({"A08"})), 4),),
    )


def problem(*projects: Project, rule_book: RuleBook | None = None, **facts) -> Problem:
    return Problem(projects, VENUES, CALENDAR, rule_book or default_rule_book(), **facts)


def test_a_project_that_can_start_at_no_time_of_its_horizon_is_unscheduled_beside_the_others():
    late = project(1, hour=22, day=MONDAY + timedelta(days=3))
    asked = problem(project(0), late, rule_book=book(plan_horizon_wd="0"))
    plan = solve(asked, Budget(20))
    assert verify_plan(asked, plan) == ()
    assert [miss.project_id for miss in plan.unscheduled] == ["P1"]


def test_work_of_millions_of_days_is_beyond_the_horizon_at_once():
    asked = problem(project(), durations=(("P0", timedelta(days=50_000_000)),))
    plan = solve(asked, Budget(20))
    assert plan.unscheduled[0].code == "beyond_horizon"
    begun = solve(problem(project()), Budget(0))
    noon = begun.bookings[0].start + timedelta(hours=1)
    change = Overrun("P0", timedelta(days=50_000_000))
    assert replan(problem(project()), begun, change, noon).unscheduled[0].code == "suspended"


def test_a_grid_that_does_not_divide_the_longest_session_leaves_planner_and_checker_of_one_mind():
    asked = problem(
        project(), rule_book=book(plan_grid='"7 min"'), durations=(("P0", timedelta(minutes=480)),)
    )
    plan = solve(asked, Budget(0))
    assert verify_plan(asked, plan) == ()
    assert "8 h 3 min of work on the grid of 7 min" in plan.bookings[0].reason


def test_work_that_is_found_lacking_the_day_after_is_not_laid_into_the_past():
    asked = problem(project())
    plan = solve(asked, Budget(0))
    held = plan.bookings[0].sessions
    change = Overrun("P0", timedelta(hours=9))
    tomorrow = held[-1].end + timedelta(days=1)
    after = replan(asked, plan, change, tomorrow)
    assert verify_plan(problem_after(asked, plan, change, tomorrow), after) == ()
    assert after.bookings[0].sessions[:1] == held
    assert all(session.start > tomorrow for session in after.bookings[0].sessions[1:])


def test_a_guest_that_refuses_after_the_planned_start_is_replaced_because_nothing_has_begun():
    asked = problem(project())
    plan = solve(asked, Budget(0))
    booking = plan.bookings[0]
    late = booking.start + timedelta(minutes=30)
    change = GuestRefused("P0", booking.guests[0].venue_id)
    after = replan(asked, plan, change, late)
    assert verify_plan(problem_after(asked, plan, change, late), after) == ()
    assert after.bookings[0].start >= late
    assert after.bookings[0].guests[0].venue_id != booking.guests[0].venue_id


@pytest.mark.parametrize("work", [timedelta(hours=2), timedelta(hours=20)])
def test_two_guests_may_come_from_one_region_as_far_as_its_experts_suffice_for_both(work):
    twins = (VENUES[0], VENUES[1], replace(VENUES[2], region="532302"))
    wanted = replace(project(), guest_count=2, specialties=((Requirement(frozenset({"A08"})), 4),))
    asked = replace(problem(wanted), venues=twins, durations=(("P0", work),))
    enough, short = (Supply("532302", frozenset(), experts) for experts in (2, 1))
    plan = solve(replace(asked, supply=(enough,)), Budget(0))
    assert verify_plan(replace(asked, supply=(enough,)), plan) == ()
    assert len(plan.bookings[0].guests) == 2
    for before in (replace(asked, supply=(enough,)), asked):
        change, now = SupplyDropped(short), plan.bookings[0].start - timedelta(hours=1)
        held = replace(plan, problem_digest=before.digest)
        after = replan(before, held, change, now)
        assert verify_plan(problem_after(before, held, change, now), after) == ()
        assert [miss.code for miss in after.unscheduled] == ["no_common_time"]


def test_a_guest_cannot_refuse_an_evaluation_that_it_is_known_to_sit_in():
    asked = problem(project())
    plan = solve(asked, Budget(0))
    with pytest.raises(BadInput, match="has begun there"):
        replan(
            replace(asked, begun=plan.bookings),
            plan,
            GuestRefused("P0", plan.bookings[0].guests[0].venue_id),
            plan.bookings[0].start + timedelta(minutes=30),
        )
