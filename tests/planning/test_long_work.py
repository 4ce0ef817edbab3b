"""Work of many days keeps its room, though others would take a day of it here and there."""

from datetime import date, datetime, time, timedelta

from scheduler.planning import Budget, Problem, SupportCount, solve
from scheduler.planning.board import compile_board
from scheduler.planning.search.start import by_opening, place_missing
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook, default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Room, Venue
from scheduler.verification.plans import verify_plan

MONDAY = date(2026, 11, 23)
CALENDAR = WorkCalendar(frozenset(), frozenset(), (date(2026, 1, 1), date(2026, 12, 31)))
THREE_DAYS = """
[[plan.horizon_wd]]
value = 3
strength = 'P'
source = 'test'
effective_from = 2026-01-01
"""


def project(name: str, home: str, hour: int) -> Project:
    return Project(
        project_id=name,
        name=name,
        kind=ProcurementKind.CONSTRUCTION,
        category=Category.WORKS,
        home=home,
        region=REGIONS[home],
        opening_at=datetime.combine(MONDAY, time(hour), ZONE),
        sections=(Section("1", 3),),
        specialties=((Requirement(frozenset({"A08"})), 4),),
    )


REGIONS = {"A": "532301", "B": "532302", "C": "532303", "D": "532304"}
VENUES = tuple(Venue(v, v, "", region, (Room("1", 9),), time(9)) for v, region in REGIONS.items())
PROBLEM = Problem(
    projects=(project("early", "B", 9), project("long", "A", 11)),
    venues=VENUES,
    calendar=CALENDAR,
    rule_book=RuleBook.parse(default_rule_book().text + THREE_DAYS),
    support_history=(SupportCount("C", 5), SupportCount("D", 5)),
    durations=(("early", timedelta(hours=10)), ("long", timedelta(hours=24))),
)
"""The early one prefers A for a guest, as A has supported least; the long one needs A's room on all three days."""


def test_who_has_no_place_comes_first_in_its_own_room():
    draft = by_opening(compile_board(PROBLEM))
    assert draft.missing == 1
    place_missing(draft, range(2))
    assert draft.missing == 0


def test_both_are_in_the_plan():
    plan = solve(PROBLEM, Budget(1))
    assert verify_plan(PROBLEM, plan) == ()
    assert plan.unscheduled == ()


def test_nobody_moves_where_that_helps_nobody():
    problem = PROBLEM.with_(durations=(("early", timedelta(hours=10)), ("long", timedelta(hours=40))))
    draft = by_opening(compile_board(problem))
    before = dict(draft.placed)
    place_missing(draft, range(2))
    assert (draft.missing, draft.placed) == (1, before)
