"""Each rule that can be left out is found where it is what keeps a project from its place."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from scheduler.planning import Budget, Commitment, PairCount, Quota, Refusal, Supply, solve
from scheduler.planning.explain import clash
from scheduler.planning.explain.rules import BY_NAME
from scheduler.planning.explain.setting import OF_THE_PLAN
from scheduler.projects import Requirement
from scheduler.timeline import ZONE
from scheduler.venues import Blocked
from tests.planning.claims import ACCOUNT, Judge
from tests.planning.test_each_rule_is_kept import (
    HOURS,
    MONDAY,
    SAME,
    SIGHT,
    TWINS,
    book,
    problem,
    project,
    venue,
)


def at(day, hour, minute=0):
    return datetime.combine(MONDAY, time(hour, minute), ZONE) + timedelta(days=day)


def taken(name, day, since, until, *rooms):
    return tuple(Commitment(name, room, at(day, since), at(day, until)) for room in rooms or ("R0", "R1"))


def open_all_day(*seats):
    return tuple(venue(n, *seats, opens=time(0), closes=time(23, 59)) for n in (1, 2, 3))


PANEL = (Requirement(frozenset({"A08"})), 4)
FULL = book(remote_pair_share_max='"1/4"')
NEXT_DAY = book(plan_horizon_wd="1")

EXAMPLES = {
    "sessions_keep_venue_hours": problem(venues=HOURS),
    "rooms_out_of_use": problem(venues=(venue(1, 7, blocked=(Blocked(at(0, 6), at(0, 13)),)), venue(2, 7))),
    "rooms_taken_otherwise": problem(commitments=taken("V1", 0, 9, 14)),
    "rooms_of_other_projects": problem(*TWINS, venues=(venue(1, 7), venue(2, 7), venue(3, 7))),
    "rooms_have_enough_seats": problem(venues=(venue(1, 2, 2), venue(2, 7))),
    "rooms_have_the_equipment": problem(project(equipment=SIGHT), venues=(venue(1, 7), venue(2, 7, 7))),
    "guests_have_not_refused": problem(refusals=(Refusal("P0", "V2"), Refusal("P0", "V3"))),
    "regions_supply_their_experts": problem(supply=(Supply("532301", frozenset({"A08"}), 1),)),
    "quotas_hold": problem(*TWINS, quotas=(Quota("532301", "5323", 1),)),
    "splits_go_to_working_days": problem(
        project(hour=20), rule_book=NEXT_DAY, commitments=taken("V1", 2, 9, 22)
    ),
    "splits_resume_from_the_hour": problem(
        project(hour=20), rule_book=NEXT_DAY, venues=open_all_day(7, 7), commitments=taken("V1", 2, 9, 22)
    ),
    "sessions_lie_in_the_horizon": problem(project(sections=25), rule_book=book(plan_horizon_wd="3")),
    "a_panel_has_breaks": problem(
        project(hour=17), rule_book=book(eval_break_every='"1 h"', eval_break_length='"60 min"')
    ),
    "a_panel_rests": problem(rule_book=book(eval_max_continuous='"2 h"')),
    "no_pair_meets_too_often": problem(
        rule_book=FULL,
        venues=tuple(venue(n, 7, 7) for n in (1, 2, 3, 4)),
        pair_history=(PairCount("V1", "V2", 8),),
        commitments=(*taken("V3", 0, 9, 14), *taken("V4", 0, 9, 14)),
    ),
    "sessions_hold_the_forecast": problem(project(sections=6)),
    "evaluation_follows_the_opening": problem(project(hour=17), rule_book=book(opening_duration='"3 h"')),
    "guests_are_elsewhere": problem(venues=(*SAME[:2], replace(SAME[2], rooms=()))),
    "guests_take_part": problem(venues=(venue(1, 7, 7),)),
    "sessions_end_by_the_cutoff": problem(project(hour=19), venues=open_all_day(7, 7)),
    "panel_is_large_enough": problem(project(specialties=((PANEL[0], 2),))),
    "panel_is_odd": problem(project(owner_representatives=2)),
    "experts_are_enough": problem(project(owner_representatives=3)),
}


def test_there_is_an_example_for_each_rule():
    assert EXAMPLES.keys() == BY_NAME.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_rule_is_named_with_a_place_that_breaks_it_alone(name):
    truth = EXAMPLES[name]
    plan = solve(truth, Budget(20))
    judge = Judge(truth, plan)
    starts = [(booking.start, booking.project_id) for booking in plan.bookings]
    asked = plan.unscheduled[0].project_id if plan.unscheduled else max(starts)[1]
    found = clash(truth, plan, asked)
    rule = next(rule for rule in found.rules if rule.name == name)
    assert rule.alone is not None
    broken = judge.broken(rule.alone) - OF_THE_PLAN - ACCOUNT
    pairs_of_the_unlawful = {"no_pair_meets_too_often"} if "panel" in name or "experts_are" in name else set()
    assert broken & BY_NAME[name].breaks
    assert broken <= BY_NAME[name].breaks | pairs_of_the_unlawful
    if plan.unscheduled == ():
        assert rule.alone.start < judge.bookings[asked].start
    assert rule.source in {row.source for _, rows in truth.rule_book.rows for row in rows} | {""}
    assert (rule.source == "") == (not BY_NAME[name].parameters)


def test_what_has_begun_has_no_clash_to_tell_of():
    truth = problem(*TWINS, venues=(venue(1, 7), venue(2, 7), venue(3, 7)))
    plan = solve(truth, Budget(0))
    last = max(plan.bookings, key=lambda booking: booking.start)
    begun = replace(truth, begun=(last,))
    assert clash(begun, replace(plan, problem_digest=begun.digest), last.project_id) is None
