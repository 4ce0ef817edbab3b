"""Plans of made-up days are complete, legal, reproducible, and better than today's practice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.planning import Budget, Problem, first_come_first_served, solve
from scheduler.projects import Exemption, ProcurementKind, Project, Requirement, Section
from scheduler.rules import default_rule_book
from scheduler.synthetic import make_openings, make_world
from scheduler.timeline import WorkCalendar
from scheduler.verification.plans import verify_plan

ON = date(2026, 11, 24)
WORLD = make_world()
BOOK = default_rule_book()
CALENDAR = WorkCalendar(frozenset({date(2026, 11, 25)}), frozenset(), (date(2026, 1, 1), date(2026, 12, 31)))


def day(count: int = 12, seed: int = 0, **changes) -> Problem:
    projects = []
    for number, opening in enumerate(make_openings(ON, count, seed)):
        venue = WORLD.venues[number % len(WORLD.venues)]
        bids, sections = opening.bidders, opening.sections
        projects.append(
            Project(
                project_id=opening.notice,
                name=opening.notice,
                kind=ProcurementKind.CONSTRUCTION,
                category=opening.category,
                home=venue.venue_id,
                region=venue.region,
                opening_at=opening.opening_at,
                sections=tuple(
                    Section(str(n), bids // sections + (n < bids % sections)) for n in range(sections)
                ),
                specialties=((Requirement(frozenset({"A08"})), 3), (Requirement(frozenset({"A07"})), 1)),
            )
        )
    facts = {
        "projects": tuple(projects),
        "venues": WORLD.venues,
        "calendar": CALENDAR,
        "rule_book": BOOK,
        **changes,
    }
    return Problem(**facts)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 40), st.integers(0, 1_000))
def test_every_project_is_booked_and_no_rule_is_broken(count, seed):
    problem = day(count, seed)
    plan = solve(problem, Budget(50))
    assert verify_plan(problem, plan) == ()
    assert not plan.unscheduled
    assert plan.bound <= plan.cost


def test_the_order_of_input_never_matters_and_the_same_seed_gives_the_same_plan():
    problem = day()
    turned = replace(problem, projects=problem.projects[::-1], venues=problem.venues[::-1])
    assert turned.digest == problem.digest
    assert solve(turned, Budget(50)) == solve(problem, Budget(50))


def test_another_seed_asks_other_guests():
    plans = set()
    problem = day()
    plans |= {
        tuple(booking.parts for booking in solve(replace(problem, seed=seed), Budget(0)).bookings)
        for seed in (0, 1, 2)
    }
    assert len(plans) == 3


def test_the_plan_costs_no_more_than_first_come_first_served():
    problem = day(40)
    by_phone = first_come_first_served(problem)
    assert verify_plan(problem, by_phone) == ()
    assert solve(problem, Budget(200)).cost < by_phone.cost


def test_what_cannot_end_by_22_is_split_to_the_next_working_day_with_the_reason():
    problem = day(1)
    large = replace(problem.projects[0], sections=tuple(Section(str(n), 10) for n in range(8)))
    booking = solve(replace(problem, projects=(large,))).bookings[0]
    assert booking.split
    assert not booking.avoidable
    assert booking.start.date() == date(2026, 11, 26), "the 25th is a holiday"
    assert len(booking.sessions) > 1
    assert "a panel works at most 8 h in one session" in booking.reason


def test_an_exempt_project_stays_on_site_and_says_why():
    problem = day(1)
    exempt = replace(problem.projects[0], exemption=Exemption.SITE_SURVEY)
    booking = solve(replace(problem, projects=(exempt,))).bookings[0]
    assert booking.guests == ()
    assert "site_survey" in booking.reason


def test_three_hundred_sections_at_one_minute_are_left_out_with_the_true_reason():
    problem = day(1)
    huge = replace(problem.projects[0], sections=tuple(Section(str(n), 12) for n in range(376)))
    plan = solve(replace(problem, projects=(huge,)))
    assert verify_plan(replace(problem, projects=(huge,)), plan) == ()
    assert plan.unscheduled[0].code == "beyond_horizon"
    assert "needs 105 sessions for 832 h 40 min of work" in plan.unscheduled[0].reason


@pytest.mark.parametrize(
    "venues", [WORLD.venues[:1], tuple(replace(venue, rooms=()) for venue in WORLD.venues)]
)
def test_without_guests_or_rooms_projects_are_unscheduled_not_lost(venues):
    projects = tuple(replace(project, home=venues[0].venue_id) for project in day(3).projects)
    problem = day(3, projects=projects, venues=venues)
    plan = solve(problem, Budget(10))
    assert verify_plan(problem, plan) == ()
    assert len(plan.unscheduled) == 3


def test_a_blocked_room_and_a_venue_without_hours_are_respected():
    closed = tuple(replace(venue, opens=venue.closes) for venue in WORLD.venues)
    problem = day(3, venues=closed)
    plan = solve(problem)
    assert verify_plan(problem, plan) == ()
    assert {entry.code for entry in plan.unscheduled} == {"never_open"}


BREAKS = {
    "evaluation_follows_the_opening": lambda b: shift(b, timedelta(hours=-8)),
    "sessions_end_by_the_cutoff": lambda b: shift(b, timedelta(hours=11)),
    "starts_lie_on_the_grid": lambda b: shift(b, timedelta(minutes=3)),
    "split_is_as_stated": lambda b: replace(b, split=not b.split),
    "sessions_lie_in_the_horizon": lambda b: shift(b, timedelta(days=300)),
    "avoidable_is_as_stated": lambda b: replace(b, avoidable=not b.avoidable),
    "sessions_hold_the_forecast": lambda b: replace(
        b, sessions=(replace(b.sessions[0], end=b.start + timedelta(minutes=20)),)
    ),
    "rooms_exist": lambda b: replace(b, parts=(replace(b.home, room_id="none"), *b.guests)),
    "guests_are_as_many_as_asked": lambda b: replace(b, parts=b.parts[:1]),
    "seats_follow_the_panel": lambda b: replace(b, parts=(replace(b.home, seats=1), *b.guests)),
}


def shift(booking, by):
    moved = tuple(
        replace(session, start=session.start + by, end=session.end + by) for session in booking.sessions
    )
    return replace(booking, sessions=moved)


@pytest.mark.parametrize("rule", BREAKS)
def test_the_checker_finds_each_kind_of_broken_booking(rule):
    problem = day()
    plan = solve(problem, Budget(10))
    broken = replace(plan, bookings=(BREAKS[rule](plan.bookings[0]), *plan.bookings[1:]))
    assert rule in {violation.rule for violation in verify_plan(problem, broken)}


def test_the_checker_finds_double_booking_and_missing_answers():
    problem = day()
    plan = solve(problem, Budget(10))
    first, second, *rest = plan.bookings
    clashing = replace(second, parts=first.parts, sessions=first.sessions)
    rules = {v.rule for v in verify_plan(problem, replace(plan, bookings=(first, clashing, *rest)))}
    assert "a_room_holds_one_session" in rules
    rules = {v.rule for v in verify_plan(problem, replace(plan, bookings=tuple(rest)))}
    assert "every_project_is_answered_once" in rules
    rules = {v.rule for v in verify_plan(replace(problem, seed=9), plan)}
    assert "the_plan_answers_the_problem" in rules
