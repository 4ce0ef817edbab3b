"""Whatever the problem, absurd ones included, a plan is complete, legal, and claims nothing that is false."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

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
    Wishes,
    first_come_first_served,
    solve,
)
from scheduler.projects import Category, Exemption, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook, default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Blocked, Room, Venue
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
    book(split_cutoff_local_time="12:00:00", eval_max_continuous='"2 h"'),
    book(remote_guest_scope='"other_prefecture"', remote_guest_choice='"nearest"'),
    book(opening_duration='"30 h"', remote_pair_share_max='"1/100"'),
)


@st.composite
def venues(draw):
    count = draw(st.integers(0, 5))
    made = []
    for nth in range(count):
        opens, closes = sorted(draw(st.tuples(*[st.sampled_from([0, 8, 9, 10, 12, 17, 22])] * 2)))
        rooms = tuple(
            Room(f"R{r}", draw(st.integers(1, 9)), draw(st.sampled_from([frozenset(), frozenset({"3D"})])))
            for r in range(draw(st.integers(0, 3)))
        )
        blocked = ()
        if draw(st.integers(0, 3)) == 0:
            start = datetime.combine(MONDAY, time(draw(st.integers(0, 20)), 17), ZONE)
            length = timedelta(hours=draw(st.sampled_from([1, 30, 900])))
            blocked = (Blocked(start, start + length, draw(st.sampled_from([None, "R0"]))),)
        region = draw(st.sampled_from(["532301", "532302", "532303", "530101"]))
        made.append(Venue(f"V{nth}", f"C{nth}", "", region, rooms, time(opens), time(closes), blocked))
    return tuple(made)


@st.composite
def projects(draw):
    made = []
    for nth in range(draw(st.integers(0, 12))):
        sections = draw(st.sampled_from([1, 1, 1, 2, 5, 40, 376]))
        at = datetime.combine(
            MONDAY + timedelta(days=draw(st.integers(0, 6))), time(draw(st.integers(0, 23)), 13), ZONE
        )
        made.append(
            Project(
                project_id=f"P{nth}",
                name="",
                kind=draw(st.sampled_from([ProcurementKind.CONSTRUCTION, ProcurementKind.WATER])),
                category=draw(st.sampled_from(list(Category))),
                home=f"V{draw(st.integers(0, 5))}",
                region="532301",
                opening_at=at,
                sections=tuple(Section(str(n), draw(st.integers(0, 20))) for n in range(min(sections, 40)))
                + tuple(Section(f"s{n}", 3) for n in range(max(0, sections - 40))),
                specialties=((Requirement(frozenset({"A08"})), draw(st.integers(1, 6))),),
                owner_representatives=draw(st.integers(0, 2)),
                guest_count=draw(st.sampled_from([1, 1, 2, 3, 4])),
                exemption=draw(st.sampled_from([None, None, None, Exemption.SITE_SURVEY])),
                equipment=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"3D"})])),
            )
        )
    return tuple(made)


@st.composite
def problems(draw):
    morning = datetime.combine(MONDAY, time(9, 5), ZONE)
    return Problem(
        projects=draw(projects()),
        venues=draw(venues()),
        calendar=CALENDAR,
        rule_book=draw(st.sampled_from(BOOKS)),
        commitments=draw(
            st.sampled_from([(), (Commitment("V0", "R0", morning, morning + timedelta(hours=7)),)])
        ),
        pair_history=draw(st.sampled_from([(), (PairCount("V0", "V1", 3), PairCount("V0", "V2", 1))])),
        support_history=draw(st.sampled_from([(), (SupportCount("V1", 40), SupportCount("V9", 1))])),
        supply=draw(
            st.sampled_from(
                [
                    (),
                    (Supply("532302", frozenset({"A08"}), 4), Supply("532301", frozenset(), 5, MONDAY)),
                    (Supply("532302", frozenset(), 0), Supply("532303", frozenset({"A08"}), 2)),
                ]
            )
        ),
        distances=draw(st.sampled_from([(), (Distance("V0", "V1", 300), Distance("V0", "V2", 20))])),
        quotas=draw(st.sampled_from([(), (Quota("5323", "5301", 1),)])),
        refusals=draw(st.sampled_from([(), (Refusal("P0", "V1"),)])),
        wishes=draw(st.sampled_from([Wishes(), Wishes(avoidable_split=0, support=7, rotation=0)])),
        seed=draw(st.integers(0, 3)),
    )


@settings(max_examples=120, deadline=None)
@given(problems())
def test_no_problem_breaks_the_planner_and_no_plan_breaks_a_rule(problem):
    plan = solve(problem, Budget(30))
    assert verify_plan(problem, plan) == ()
    assert len(plan.bookings) + len(plan.unscheduled) == len(problem.projects)


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
