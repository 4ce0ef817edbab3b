"""Whatever the problem, absurd ones included, a plan is complete, legal, and claims nothing that is false."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.planning import (
    Budget,
    Commitment,
    Distance,
    PairCount,
    Problem,
    Quota,
    Refusal,
    Supply,
    SupportCount,
    first_come_first_served,
    solve,
)
from scheduler.planning.chance import Chance
from scheduler.projects import Category, Exemption, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook, default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Blocked, Hours, Room, Venue
from scheduler.verification.plans import verify_plan

BOOK = default_rule_book()
MONDAY = date(2026, 11, 23)
CALENDAR = WorkCalendar(frozenset({date(2026, 11, 25)}), frozenset({date(2026, 11, 28)}), (MONDAY, MONDAY))


def book(**values: str) -> RuleBook:
    """The default rule book with other values in its first row of each named parameter."""
    text = BOOK.text
    for name, value in values.items():
        head = f"[[{name.replace('_', '.', 1)}]]\nvalue = "
        before, after = text.split(head, 1)
        text = before + head + value + "\n" + after.split("\n", 1)[1]
    return RuleBook.parse(text)


BOOKS = (
    BOOK,
    book(eval_break_every='"1 h"', eval_break_length='"15 min"', plan_horizon_wd="3"),
    book(plan_grid='"30 min"', split_forecast_quantile='"9/10"', split_resume_time="10:15:00"),
    book(split_cutoff_local_time="12:00:00", split_runtime_check="[11:00:00]", eval_max_continuous='"2 h"'),
    book(remote_guest_scope='"other_prefecture"', remote_guest_choice='"nearest"'),
    book(opening_duration='"30 h"', remote_pair_share_max='"1/100"'),
    book(wish_unscheduled="9", wish_avoidable_split="0", wish_support="7", wish_rotation="0"),
)


def venues(pick):
    count = pick([5, 6, 5, 6, 4, 3, 1, 0])
    made = []
    for nth in range(count):
        opens, closes = pick([(9, 22), (9, 22), (8, 22), (0, 23), (10, 17), (12, 12), (8, 10)])
        rooms = tuple(
            Room(
                f"R{r}",
                pick([7, 9, 7, 5, 3]),
                pick([frozenset(), frozenset({"3D"})]),
            )
            for r in range(pick([2, 1, 3, 2, 2, 0]))
        )
        blocked = ()
        if pick(range(4)) == 0:
            start = datetime.combine(MONDAY, time(pick(range(21)), 17), ZONE)
            length = timedelta(hours=pick([1, 30, 900]))
            blocked = (Blocked(start, start + length, pick([None, "R0"])),)
        region = pick(["532301", "532302", "532303", "530101"]) if nth else "532301"
        hours = pick(
            [
                (),
                (),
                (),
                (Hours(time(9), time(12), weekday=1), Hours(time(), time(), day=MONDAY + timedelta(days=1))),
                (Hours(time(7), time(23, 59), day=MONDAY), *(Hours(time(), time(), n) for n in (2, 4, 5))),
            ]
        )
        own = (f"V{nth}", f"C{nth}", "", region, rooms, time(opens), time(closes), blocked, hours)
        made.append(Venue(*own))
    return tuple(made)


def projects(pick):
    made = []
    for nth in range(pick(range(13))):
        shape = pick([(4, 1), (5, 0), (5, 2), (4, 1), (7, 2), (4, 1), (4, 1), (6, 1), (1, 0)])
        sections = pick([1] * 8 + [2, 2, 3, 5, 40, 376])
        at = datetime.combine(
            MONDAY + timedelta(days=pick([0, 0, 0, 1, 2, 5])),
            time(pick([9, 9, 9, 10, 14, 17, 21, 23, 0]), 13),
            ZONE,
        )
        made.append(
            Project(
                project_id=f"P{nth}",
                name="",
                kind=pick([ProcurementKind.GP_OPEN, ProcurementKind.GP_OPEN, ProcurementKind.WATER]),
                category=pick(list(Category)),
                home=f"V{pick([0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 9])}",
                region="532301",
                opening_at=at,
                sections=tuple(Section(str(n), pick(range(21))) for n in range(min(sections, 40)))
                + tuple(Section(f"s{n}", 3) for n in range(max(0, sections - 40))),
                specialties=((Requirement(frozenset({"A08"})), shape[0]),),
                owner_representatives=shape[1],
                guest_count=pick([1] * 8 + [2, 2, 3, 4]),
                exemption=pick([None, None, None, Exemption.SITE_SURVEY]),
                equipment=pick([frozenset()] * 9 + [frozenset({"3D"})]),
            )
        )
    return tuple(made)


def problem_of(seed: int) -> Problem:
    chance = Chance(seed)

    def pick(options):
        return options[chance.below(len(options))]

    morning = datetime.combine(MONDAY, time(9, 5), ZONE)
    return Problem(
        projects=projects(pick),
        venues=venues(pick),
        calendar=CALENDAR,
        rule_book=pick(BOOKS),
        commitments=pick([(), (Commitment("V0", "R0", morning, morning + timedelta(hours=7)),)]),
        pair_history=pick([(), (PairCount("V0", "V1", 3), PairCount("V0", "V2", 1))]),
        support_history=pick([(), (SupportCount("V1", 40), SupportCount("V9", 1))]),
        supply=pick(
            [
                (),
                (Supply("532302", frozenset({"A08"}), 4), Supply("532301", frozenset(), 5, MONDAY)),
                (Supply("532302", frozenset(), 0), Supply("532303", frozenset({"A08"}), 2)),
            ]
        ),
        distances=pick([(), (Distance("V0", "V1", 300), Distance("V0", "V2", 20))]),
        quotas=pick([(), (Quota("5323", "5301", 1),)]),
        refusals=pick([(), (Refusal("P0", "V1"),)]),
        seed=pick(range(4)),
    )


def problems():
    """Problems by number: uniform, where hypothesis would linger at empty ones."""
    return st.integers(0, 2**40).map(problem_of)


@settings(max_examples=200, deadline=None)
@given(problems())
def test_no_problem_breaks_the_planner_and_no_plan_breaks_a_rule(problem):
    plan = solve(problem, Budget(30))
    assert verify_plan(problem, plan) == ()
    assert len(plan.bookings) + len(plan.unscheduled) == len(problem.projects)


def every(problem: Problem, name: str, **changes) -> Problem:
    """The problem with these fields the same in all its venues or projects."""
    return replace(problem, **{name: tuple(replace(one, **changes) for one in getattr(problem, name))})


AT_ONE_MINUTE = datetime.combine(MONDAY, time(11), ZONE)
ABSURD = {
    "no rooms": lambda problem: every(problem, "venues", rooms=(), blocked=()),
    "days of no length": lambda problem: every(problem, "venues", opens=time(9), closes=time(9), hours=()),
    "one venue": lambda problem: replace(problem, venues=problem.venues[:1]),
    "no venues": lambda problem: replace(problem, venues=()),
    "all exempt": lambda problem: every(problem, "projects", exemption=Exemption.SITE_SURVEY),
    "all by one home at one minute": lambda problem: every(
        problem, "projects", home="V0", opening_at=AT_ONE_MINUTE
    ),
    "376 sections in each": lambda problem: every(
        problem, "projects", sections=tuple(Section(str(n), 1) for n in range(376))
    ),
    "no experts": lambda problem: replace(
        problem, supply=tuple(Supply(f"53230{n}", frozenset(), 0) for n in range(1, 4))
    ),
}


@pytest.mark.parametrize("absurdity", ABSURD)
@settings(max_examples=15, deadline=None)
@given(problem=problems())
def test_on_absurd_days_too_every_project_is_answered_and_no_rule_is_broken(absurdity, problem):
    problem = ABSURD[absurdity](problem)
    plan = solve(problem, Budget(10))
    assert verify_plan(problem, plan) == ()
    assert len(plan.bookings) + len(plan.unscheduled) == len(problem.projects)
    placeless = {"no rooms", "days of no length", "no venues"}
    assert not (plan.bookings and absurdity in placeless)


def test_376_projects_that_open_at_one_minute_are_placed_as_far_as_there_are_rooms():
    """A notice of 376 sections that opened at one minute is in the data; here each is evaluated for itself."""
    rooms = tuple(Room(f"R{n}", 7) for n in range(4))
    places = tuple(Venue(f"V{n}", f"C{n}", "", f"5323{n:02d}", rooms, time(9), time(22)) for n in range(1, 7))
    lots = tuple(
        Project(
            project_id=f"P{n:03d}",
            name="",
            kind=ProcurementKind.CONSTRUCTION,
            category=Category.GOODS,
            home="V1",
            region="532301",
            opening_at=AT_ONE_MINUTE,
            sections=(Section("1", 3),),
            specialties=((Requirement(frozenset({"A08"})), 4),),
            owner_representatives=1,
        )
        for n in range(376)
    )
    problem = Problem(lots, places, CALENDAR, BOOK)
    plan = solve(problem, Budget(0))
    assert verify_plan(problem, plan) == ()
    assert len(plan.bookings) + len(plan.unscheduled) == 376
    starts = Counter(booking.start for booking in plan.bookings)
    assert max(starts.values()) == len(rooms), "the home's rooms are all used, and no more"
    assert {miss.code for miss in plan.unscheduled} <= {"no_common_time"}


@settings(max_examples=30, deadline=None)
@given(problems())
def test_the_telephone_breaks_no_rule_either_and_never_beats_the_bound(problem):
    by_phone = first_come_first_served(problem)
    assert verify_plan(problem, by_phone) == ()
    assert solve(problem, Budget(10)).bound <= by_phone.cost


@settings(max_examples=25, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_input_never_matters(problem, random):
    mixed = {
        name: tuple(random.sample(getattr(problem, name), len(getattr(problem, name))))
        for name in ("projects", "venues", "pair_history", "supply", "distances")
    }
    assert solve(replace(problem, **mixed), Budget(20)) == solve(problem, Budget(20))
