"""A headless day says what is wrong with its panels, without saying who."""

from dataclasses import replace
from datetime import date

from api.calendars import published_calendar
from api.day import embedded_office, run_day
from api.files.openings import made_up
from scheduler.people import Pool
from scheduler.planning import Budget, Problem
from scheduler.rules import default_rule_book
from scheduler.synthetic import make_world

ON = date(2026, 11, 24)
WORLD, BOOK, CALENDAR = make_world(), default_rule_book(), published_calendar()
PROJECTS = made_up(ON, WORLD.venues, BOOK, count=1).projects


def run(world):
    problem = Problem(PROJECTS, WORLD.venues, CALENDAR, BOOK)
    with embedded_office(BOOK, CALENDAR, ON, 1) as office:
        return run_day(office, world, problem, budget=Budget(0))


def test_two_members_who_must_not_sit_together_are_never_passed_over_in_silence():
    few = WORLD.pool.experts[:200]
    everyone = frozenset(expert.expert_id for expert in few)
    feud = Pool(tuple(replace(expert, conflicts=everyone - {expert.expert_id}) for expert in few))
    day = run(replace(WORLD, pool=feud))
    assert set(day.unverified) | set(day.undrawn) == {PROJECTS[0].project_id}
    assert not [expert for expert in everyone if expert in str((day.unverified, day.undrawn))]


def test_a_project_that_nobody_could_evaluate_gets_no_rooms_and_no_draw():
    day = run(replace(WORLD, pool=Pool(WORLD.pool.experts[:1])))
    assert day.draws == {}
    assert [entry.project_id for entry in day.plan.unscheduled] == [PROJECTS[0].project_id]
    assert day.plan.unscheduled[0].reason
