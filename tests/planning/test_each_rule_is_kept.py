"""A planner that does not see one rule breaks exactly that rule on its own example; the real one breaks none.

Each case hides one rule from the planner, by what it is told or by taking the rule out of its code, and lets
the checker judge with the whole truth.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest

from scheduler.planning import (
    Budget,
    Commitment,
    Overrun,
    PairCount,
    Problem,
    Quota,
    Refusal,
    Supply,
    problem_after,
    replan,
    solve,
)
from scheduler.planning import board as boards
from scheduler.planning.search.draft import Draft
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook, default_rule_book
from scheduler.timeline import ZONE, WorkCalendar
from scheduler.venues import Blocked, Hours, Room, Venue
from scheduler.verification.plans import verify_plan

BOOK = default_rule_book()
MONDAY = date(2026, 11, 23)
CALENDAR = WorkCalendar(frozenset({date(2026, 11, 24)}), frozenset(), (MONDAY, date(2026, 12, 31)))
NOON = datetime.combine(MONDAY, time(12), ZONE)
SIGHT = frozenset({"projector"})


def book(**values: str) -> RuleBook:
    """The default rule book with another value in the first row of each named parameter."""
    text = BOOK.text
    for name, value in values.items():
        head = f"[[{name.replace('_', '.', 1)}]]\nvalue = "
        before, after = text.split(head, 1)
        text = before + head + value + "\n" + after.split("\n", 1)[1]
    return RuleBook.parse(text)


def venue(nth: int, *seats: int, region: str = "", **facts) -> Venue:
    rooms = tuple(Room(f"R{n}", count, SIGHT if n else frozenset()) for n, count in enumerate(seats))
    return Venue(f"V{nth}", f"C{nth}", "", region or f"53230{nth}", rooms, **facts)


def project(nth: int = 0, sections: int = 1, bidders: int = 8, hour: int = 9, **facts) -> Project:
    return Project(
        **{
            "project_id": f"P{nth}",
            "name": "",
            "kind": ProcurementKind.CONSTRUCTION,
            "category": Category.WORKS,
            "home": "V1",
            "region": "532301",
            "opening_at": datetime.combine(MONDAY, time(hour), ZONE),
            "sections": tuple(Section(str(n), bidders) for n in range(sections)),
            "specialties": ((Requirement(frozenset({"A08"})), 4),),
            **facts,
        }
    )


def problem(*projects: Project, venues=None, rule_book=BOOK, **facts) -> Problem:
    venues = venues or (venue(1, 7, 7), venue(2, 7, 7), venue(3, 7, 7))
    return Problem(projects or (project(),), venues, CALENDAR, rule_book, **facts)


@dataclass(frozen=True)
class Case:
    """A rule, an example on which it binds, and the example as a planner sees it that does not know the rule."""

    rule: str
    truth: Problem
    told: Problem


LONG = project(sections=6)
TRUTH = problem()
NARROW = (venue(1, 2, 7), venue(2, 1, 7), venue(3, 7, 7))
HOURS = (venue(1, 7, 7, closes=time(12)), venue(2, 7, 7), venue(3, 7, 7))
MORNINGS = tuple(
    replace(v, hours=(Hours(time(9), time(12), weekday=1), Hours(time(), time(), day=date(2026, 11, 25))))
    for v in TRUTH.venues
)
LATE = (venue(1, 7, opens=time(11)), venue(2, 7, opens=time(11)), venue(3, 7, opens=time(11)))
BLOCKED = Blocked(NOON - timedelta(hours=6), NOON + timedelta(hours=1))
SAME = (venue(1, 7), venue(2, 7, region="532301"), venue(3, 7))
TWINS = tuple(project(n) for n in range(4))


def case(rule: str, truth: Problem, **told) -> Case:
    return Case(rule, truth, replace(truth, **told))


def all_days() -> WorkCalendar:
    weekend = frozenset(date(2026, 11, 23) + timedelta(days=n) for n in range(30))
    return WorkCalendar(frozenset(), weekend, CALENDAR.covered)


CASES = (
    case(
        "evaluation_follows_the_opening",
        problem(project(hour=14)),
        rule_book=book(opening_duration='"1 min"'),
    ),
    case(
        "starts_lie_on_the_grid",
        problem(rule_book=book(plan_grid='"30 min"'), venues=LATE),
        rule_book=BOOK,
        venues=tuple(replace(v, opens=time(11, 10)) for v in LATE),
    ),
    case(
        "sessions_end_by_the_cutoff",
        problem(project(hour=20)),
        rule_book=book(split_cutoff_local_time="23:59:00"),
        venues=tuple(replace(v, closes=time(23, 59)) for v in TRUTH.venues),
    ),
    case("sessions_keep_venue_hours", problem(venues=HOURS), venues=TRUTH.venues),
    case("sessions_keep_venue_hours", problem(venues=MORNINGS), venues=TRUTH.venues),
    case("splits_go_to_working_days", problem(LONG), calendar=all_days()),
    case(
        "splits_resume_from_the_hour",
        problem(LONG, rule_book=book(split_resume_time="11:00:00")),
        rule_book=BOOK,
    ),
    case(
        "sessions_lie_in_the_horizon",
        problem(project(sections=40), rule_book=book(plan_horizon_wd="3")),
        rule_book=BOOK,
    ),
    case("a_panel_rests", problem(LONG), rule_book=book(eval_max_continuous='"12 h"')),
    case("sessions_hold_the_forecast", TRUTH, durations=(("P0", timedelta(minutes=60)),)),
    case("sessions_hold_no_more", TRUTH, durations=(("P0", timedelta(minutes=360)),)),
    case("sessions_are_worth_the_way", problem(LONG), rule_book=book(eval_max_continuous='"2 h"')),
    case(
        "one_session_where_one_suffices",
        problem(project(sections=2)),
        rule_book=book(eval_max_continuous='"4 h"'),
    ),
    case(
        "rooms_have_enough_seats",
        problem(venues=NARROW),
        venues=(venue(1, 7, 7), venue(2, 7, 7), venue(3, 7, 7)),
    ),
    case("rooms_have_the_equipment", problem(project(equipment=SIGHT)), projects=(project(),)),
    case(
        "seats_follow_the_panel",
        problem(project(owner_representatives=1)),
        projects=(project(owner_representatives=2, specialties=((Requirement(frozenset({"A08"})), 5),)),),
    ),
    case(
        "guests_are_elsewhere",
        problem(venues=SAME),
        venues=(SAME[0], replace(SAME[1], region="532302"), replace(SAME[2], rooms=())),
    ),
    case("guests_are_as_many_as_asked", problem(project(guest_count=2)), projects=(project(),)),
    case(
        "guests_have_not_refused", problem(refusals=(Refusal("P0", "V2"), Refusal("P0", "V3"))), refusals=()
    ),
    case(
        "a_room_holds_one_session",
        problem(
            commitments=tuple(
                Commitment("V1", room, NOON - timedelta(hours=3), NOON + timedelta(hours=2))
                for room in ("R0", "R1")
            )
        ),
        commitments=(),
    ),
    case(
        "a_room_holds_one_session",
        problem(venues=(venue(1, 7, blocked=(BLOCKED,)), venue(2, 7))),
        venues=(venue(1, 7), venue(2, 7)),
    ),
    case(
        "regions_supply_their_experts", problem(supply=(Supply("532301", frozenset({"A08"}), 1),)), supply=()
    ),
    case(
        "no_pair_meets_too_often",
        problem(
            *TWINS, rule_book=book(remote_pair_share_max='"1/4"'), pair_history=(PairCount("V1", "V2", 8),)
        ),
        pair_history=(),
    ),
    case("quotas_hold", problem(*TWINS, quotas=(Quota("532301", "5323", 1),)), quotas=()),
    case(
        "only_lawful_projects_are_booked",
        problem(project(owner_representatives=0)),
        projects=(project(owner_representatives=1),),
    ),
    case("home_is_first", problem(project(home="V2")), projects=(project(home="V1"),)),
    case(
        "rooms_exist",
        problem(venues=(replace(TRUTH.venues[0], rooms=(Room("X", 9),)), *TRUTH.venues[1:])),
        venues=TRUTH.venues,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_planner_that_does_not_know_the_rule_breaks_it_and_the_real_one_does_not(case):
    assert verify_plan(case.truth, solve(case.truth, Budget(20))) == ()
    blind = replace(solve(case.told, Budget(20)), problem_digest=case.truth.digest)
    assert blind.bookings, "the example has a plan to be wrong about"
    assert case.rule in {violation.rule for violation in verify_plan(case.truth, blind)}


def test_a_draft_that_forgets_to_take_the_room_double_books(monkeypatch):
    crowd = problem(*TWINS, venues=(venue(1, 7), venue(2, 7), venue(3, 7)))
    change = Draft._change

    def forget(draft, nth, placement, sign):
        before = list(draft.free)
        change(draft, nth, placement, sign)
        draft.free = before

    assert verify_plan(crowd, solve(crowd, Budget(0))) == ()
    monkeypatch.setattr(Draft, "_change", forget)
    rules = {violation.rule for violation in verify_plan(crowd, solve(crowd, Budget(0)))}
    assert "a_room_holds_one_session" in rules


def test_a_planner_that_takes_the_home_as_guest_is_caught(monkeypatch):
    own = problem(venues=(venue(1, 7, 7), venue(2, 7)))
    monkeypatch.setattr(boards, "part_of", lambda venue, scope: venue.venue_id)
    monkeypatch.setattr(Draft, "ranked_guests", lambda draft, task: [(0, task.home)])
    fitting = boards._Fitting.guests
    monkeypatch.setattr(
        boards._Fitting,
        "guests",
        lambda self, home, seats, gear, scope: {
            home: self.rooms(home, seats, gear),
            **fitting(self, home, seats, gear, scope),
        },
    )
    rules = {violation.rule for violation in verify_plan(own, solve(own, Budget(0)))}
    assert {"a_venue_is_one_place", "guests_are_elsewhere"} <= rules


def test_what_has_begun_may_not_be_moved_by_a_plan_that_starts_anew():
    plan = solve(TRUTH, Budget(0))
    change = Overrun("P0", timedelta(minutes=400))
    after = problem_after(TRUTH, plan, change, NOON)
    assert verify_plan(after, replan(TRUTH, plan, change, NOON)) == ()
    anew = solve(replace(after, begun=(), seed=5), Budget(0))
    moved = replace(
        anew,
        problem_digest=after.digest,
        bookings=tuple(
            replace(b, parts=tuple(replace(p, room_id="R1") for p in b.parts)) for b in anew.bookings
        ),
    )
    assert "what_has_begun_stays" in {violation.rule for violation in verify_plan(after, moved)}


def on_the_opening_day(booking):
    back = booking.start.date() - MONDAY
    early = replace(booking.sessions[0], start=booking.start - back, end=booking.sessions[0].end - back)
    return replace(booking, sessions=(early, *booking.sessions[1:]), split=False)


STATED = {
    "the_opening_day_holds_it_whole": on_the_opening_day,
    "split_is_as_stated": lambda booking: replace(booking, split=not booking.split),
    "avoidable_is_as_stated": lambda booking: replace(booking, avoidable=not booking.avoidable),
    "a_split_carries_its_reason": lambda booking: replace(booking, reason=""),
    "the_evaluation_takes_place": lambda booking: replace(booking, sessions=()),
    "one_session_a_day_in_order": lambda booking: replace(booking, sessions=booking.sessions[::-1]),
}


@pytest.mark.parametrize("rule", STATED)
def test_a_booking_that_says_what_is_not_so_is_caught(rule):
    truth = problem(LONG)
    plan = solve(truth, Budget(0))
    lie = replace(plan, bookings=(STATED[rule](plan.bookings[0]),))
    assert rule in {violation.rule for violation in verify_plan(truth, lie)}


@pytest.mark.parametrize(
    ("rule", "lie"),
    [
        ("the_cost_is_as_stated", {"cost": 7}),
        ("the_bound_is_below_the_cost", {"bound": 10**9}),
        ("the_plan_answers_the_problem", {"rules_digest": "sha256:0"}),
        ("every_project_is_answered_once", {"bookings": ()}),
    ],
)
def test_a_plan_that_misstates_itself_is_caught(rule, lie):
    plan = replace(solve(TRUTH, Budget(0)), **lie)
    assert rule in {violation.rule for violation in verify_plan(TRUTH, plan)}


def test_the_unscheduled_carry_reasons():
    truth = problem(project(home="nowhere"))
    plan = solve(truth, Budget(0))
    silent = replace(plan, unscheduled=(replace(plan.unscheduled[0], reason=""),))
    assert "the_unscheduled_carry_reasons" in {violation.rule for violation in verify_plan(truth, silent)}
