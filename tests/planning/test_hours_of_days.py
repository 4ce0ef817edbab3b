"""A venue's hours may differ by weekday and by day: the plan keeps them, and says so truly."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from scheduler.errors import BadInput
from scheduler.planning import Budget, Problem, solve
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Blocked, Hours, Room, Venue
from scheduler.verification.plans import verify_plan

MONDAY = date(2026, 11, 23)
CALENDAR = WorkCalendar(frozenset(), frozenset(), (MONDAY, date(2026, 12, 31)))
HOME = Venue("V1", "C", "", "532301", (Room("R0", 7),))
GUEST = Venue("V2", "C", "", "532302", (Room("R0", 7),))
CLOSED = time()


def planned(home: Venue = HOME, guest: Venue = GUEST, bidders: int = 8, sections: int = 1):
    project = Project(
        project_id="P0",
        name="",
        kind=ProcurementKind.CONSTRUCTION,
        category=Category.WORKS,
        home="V1",
        region="532301",
        opening_at=datetime.combine(MONDAY, time(9), ZONE),
        sections=tuple(Section(str(n), bidders) for n in range(sections)),
        specialties=((Requirement(frozenset({"A08"})), 4),),
    )
    problem = Problem((project,), (home, guest), CALENDAR, default_rule_book())
    plan = solve(problem, Budget(20))
    assert verify_plan(problem, plan) == ()
    return plan


def test_a_day_comes_before_its_weekday_and_both_before_the_usual_hours():
    venue = replace(HOME, hours=(Hours(time(10), time(16), weekday=1), Hours(time(8), time(9), day=MONDAY)))
    assert venue.hours_on(MONDAY) == (time(8), time(9))
    assert venue.hours_on(MONDAY + timedelta(days=7)) == (time(10), time(16))
    assert venue.hours_on(MONDAY + timedelta(days=1)) == (time(9), time(22))


def test_an_evaluation_whose_home_closes_early_that_day_is_split_without_blame():
    booking = planned(replace(HOME, hours=(Hours(time(9), time(12), day=MONDAY),))).bookings[0]
    assert (booking.split, booking.avoidable) == (True, False)
    assert "after V1 closes at 12:00" in booking.reason
    assert booking.start == datetime.combine(MONDAY + timedelta(days=1), time(9), ZONE)


def test_a_home_closed_on_the_weekday_of_the_opening_says_so():
    booking = planned(replace(HOME, hours=(Hours(CLOSED, CLOSED, weekday=1),))).bookings[0]
    assert "V1 is closed on the opening day" in booking.reason
    assert not booking.avoidable


def test_longer_hours_of_one_day_hold_what_the_usual_ones_do_not():
    short = replace(HOME, closes=time(11)), replace(GUEST, closes=time(11))
    longer = tuple(replace(v, hours=(Hours(time(9), time(22), day=MONDAY),)) for v in short)
    assert planned(*short).bookings[0].split
    assert not planned(*longer).bookings[0].split


def test_work_of_several_days_goes_by_the_hours_of_most_weekdays():
    mornings = tuple(Hours(time(9), time(13), weekday=n) for n in (1, 2, 3, 4))
    home = replace(HOME, hours=(*mornings, Hours(CLOSED, CLOSED, weekday=5)))
    assert home.usual == (time(9), time(13))
    booking = planned(home, sections=3).bookings[0]
    assert len(booking.sessions) > 1
    assert all(session.end.astimezone(ZONE).time() <= time(13) for session in booking.sessions)


def test_a_venue_that_opens_only_on_tuesdays_is_used_on_tuesdays():
    closed = tuple(Hours(CLOSED, CLOSED, weekday=n) for n in (1, 3, 4, 5))
    booking = planned(guest=replace(GUEST, hours=closed)).bookings[0]
    assert booking.start.isoweekday() == 2
    assert booking.avoidable


@pytest.mark.parametrize("facts", [{}, {"weekday": 8}, {"weekday": 1, "day": MONDAY}])
def test_hours_name_one_weekday_or_one_day(facts):
    with pytest.raises(BadInput):
        Hours(time(9), time(12), **facts)


def test_the_order_of_blocked_times_and_hours_never_matters():
    noon = datetime.combine(MONDAY, time(12), ZONE)
    blocked = (Blocked(noon, noon + timedelta(hours=1)), Blocked(noon, noon + timedelta(hours=1), "R0"))
    hours = (Hours(time(9), time(12), weekday=3), Hours(time(9), time(12), day=MONDAY))
    one = replace(HOME, blocked=blocked, hours=hours)
    assert one == replace(HOME, blocked=blocked[::-1], hours=hours[::-1])
