"""Of two plans the better has fewer projects without a place, then fewer avoidable splits; only then weights count."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from scheduler.errors import BadRules
from scheduler.planning import Budget, Commitment, Problem, Wishes, solve
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook, default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Room, Venue
from scheduler.verification.plans import verify_plan

MONDAY = date(2026, 11, 23)
CALENDAR = WorkCalendar(frozenset(), frozenset(), (date(2026, 1, 1), date(2026, 12, 31)))
TEXT = default_rule_book().text


def with_row(name: str, value: int, **more: str) -> str:
    """The default rule book with one more row, which wins."""
    keys = "".join(f'{key} = "{text}"\n' for key, text in more.items())
    return (
        f"{TEXT}\n[[{name}]]\nvalue = {value}\nstrength = 'P'\nsource = 'test'\n"
        f"effective_from = 2026-01-01\n{keys}"
    )


def project(name: str, hour: int, minutes: int) -> tuple[Project, tuple[str, timedelta]]:
    return (
        Project(
            project_id=name,
            name=name,
            kind=ProcurementKind.CONSTRUCTION,
            category=Category.WORKS,
            home="H",
            region="532301",
            opening_at=datetime.combine(MONDAY, time(hour), ZONE),
            sections=(Section("1", 3),),
            specialties=((Requirement(frozenset({"A08"})), 4),),
        ),
        (name, timedelta(minutes=minutes)),
    )


def day_that_tempts(text: str) -> Problem:
    """One room at home; a long evaluation fits only if the short ones that open in the afternoon wait for it."""
    made = [project("long", 9, 450), *(project(f"short {n}", 13, 30) for n in range(8))]
    guests = tuple(
        Venue(f"G{n}", f"C{n}", "", f"53230{n + 2}", (Room("1", 9), Room("2", 9)), time(9)) for n in range(6)
    )
    return Problem(
        projects=tuple(each for each, _ in made),
        venues=(Venue("H", "C", "", "532301", (Room("1", 9),), time(9)), *guests),
        calendar=CALENDAR,
        rule_book=RuleBook.parse(text),
        durations=tuple(work for _, work in made),
    )


def test_no_wait_is_worth_an_avoidable_split_however_little_it_weighs():
    problem = day_that_tempts(with_row("wish.avoidable_split", 5))
    plan = solve(problem, Budget(2_000))
    morning = datetime.combine(MONDAY, time(9), ZONE)
    taken = Commitment("H", "1", morning, morning + timedelta(hours=4))
    cheaper = solve(problem.with_(commitments=(taken,)), Budget(2_000))
    cheaper = replace(cheaper, problem_digest=problem.digest, bound=plan.bound)
    assert verify_plan(problem, plan) == ()
    assert plan.avoidable_splits == 0
    assert verify_plan(problem, cheaper) == ()
    assert plan.cost > cheaper.cost >= plan.bound
    assert cheaper.avoidable_splits == 1, "by weight alone the long evaluation would be split"


def test_weights_are_rows_of_the_rule_book_by_region_and_day():
    assert day_that_tempts(TEXT).wishes.support == 3
    for region, weight in {"53": 8, "532301": 8, "5399": 3}.items():
        book = with_row("wish.support", 8, region=region)
        assert day_that_tempts(book).wishes.support == weight
    ended = with_row("wish.support", 8).replace("2026-01-01", "2027-01-01")
    assert day_that_tempts(ended).wishes.support == 3
    with pytest.raises(BadRules, match="all kinds"):
        RuleBook.parse(with_row("wish.support", 8, kind="gp_open"))


def test_a_part_of_a_problem_keeps_the_weights_of_the_whole():
    problem = day_that_tempts(with_row("wish.wait", 2))
    own = Wishes.of(default_rule_book(), MONDAY, "53")
    assert problem.with_(projects=()).wishes == problem.wishes
    assert problem.with_(rule_book=default_rule_book()).wishes.wait == 2
    assert problem.with_(wishes=own).wishes.wait == 1
    assert problem.with_(wishes=own).digest != problem.digest


@pytest.mark.parametrize(("name", "value"), [("wish.wait", -1), ("wish.unscheduled", 499)])
def test_weights_that_would_turn_the_order_round_are_refused(name, value):
    with pytest.raises(BadRules, match=name):
        RuleBook.parse(with_row(name, value))
