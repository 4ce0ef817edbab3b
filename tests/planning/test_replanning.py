"""After a change what can stay stays, nothing starts in the past, and the result is legal for the new problem."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planning.instances import MONDAY, SHAPES, make
from scheduler.errors import BadInput
from scheduler.planning import (
    Budget,
    Cancelled,
    GuestRefused,
    NewProject,
    Offline,
    OpeningPostponed,
    Overrun,
    Supply,
    SupplyDropped,
    moved,
    offers,
    problem_after,
    replan,
    solve,
)
from scheduler.planning.chance import Chance
from scheduler.planning.changes.replan import draft_of
from scheduler.planning.search.insertion import single_session
from scheduler.timeline import ZONE
from scheduler.verification.plans import verify_plan

NOON = datetime.combine(MONDAY, time(12), ZONE)
PROBLEM = make(SHAPES["prefecture-day"])
PLAN = solve(PROBLEM, Budget(150))
COMING = [booking for booking in PLAN.bookings if booking.start > NOON and booking.guests]
RUNNING = [booking for booking in PLAN.bookings if booking.start <= NOON < booking.end]
TONIGHT = datetime.combine(MONDAY, time(22), ZONE)


def work_of(booking) -> timedelta:
    return sum((session.end - session.start for session in booking.sessions), timedelta())


def region_of(venue_id: str) -> str:
    return next(venue.region for venue in PROBLEM.venues if venue.venue_id == venue_id)


def a_change(seed: int):
    chance = Chance(seed)
    booking = COMING[chance.below(len(COMING))]
    running = RUNNING[chance.below(len(RUNNING))]
    guest = booking.guests[0].venue_id
    return (
        NewProject(replace(PROBLEM.projects[chance.below(30)], project_id="NEW")),
        Cancelled(booking.project_id),
        Overrun(running.project_id, work_of(running) + timedelta(minutes=10 * chance.below(60))),
        Overrun(booking.project_id, timedelta(hours=1 + chance.below(20))),
        Offline(booking.home.venue_id, booking.home.room_id, NOON, TONIGHT + timedelta(days=chance.below(3))),
        Offline(running.home.venue_id, None, NOON, TONIGHT + timedelta(days=chance.below(80))),
        GuestRefused(booking.project_id, guest),
        SupplyDropped(Supply(region_of(guest), frozenset(), chance.below(4))),
        OpeningPostponed(booking.project_id, NOON + timedelta(days=chance.below(3), hours=chance.below(9))),
    )[chance.below(9)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**40))
def test_every_change_leads_to_a_legal_plan_in_which_nothing_new_starts_in_the_past(seed):
    change = a_change(seed)
    after = replan(PROBLEM, PLAN, change, NOON)
    assert verify_plan(problem_after(PROBLEM, PLAN, change, NOON), after) == ()
    changed = set(moved(PLAN, after)) | {"NEW"}
    held = {booking.project_id for booking in PLAN.bookings if booking.start <= NOON}
    assert all(b.start >= NOON for b in after.bookings if b.project_id in changed - held)


def losses(plan) -> tuple[int, int]:
    """Who was booked or is new and has no place, and who was not split and now is."""
    before = {booking.project_id: booking for booking in PLAN.bookings}
    had_none = {miss.project_id for miss in PLAN.unscheduled}
    split = [
        b for b in plan.bookings if b.avoidable and b.project_id in before and not before[b.project_id].split
    ]
    return len({miss.project_id for miss in plan.unscheduled} - had_none), len(split)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**40))
def test_who_could_stay_moves_only_to_save_another_its_place_or_its_opening_day(seed):
    change = a_change(seed)
    after = replan(PROBLEM, PLAN, change, NOON)
    draft, displaced, suspended = draft_of(problem_after(PROBLEM, PLAN, change, NOON), PLAN, NOON)
    had_to = {draft.board.tasks[nth].project_id for nth in displaced} | suspended | draft.board.begun
    had_to.add(getattr(change, "project_id", ""))
    others = set(moved(PLAN, after)) - had_to
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            import_module("scheduler.planning.changes.replan"),
            "make_way",
            lambda draft, displaced, before: None,
        )
        alone = replan(PROBLEM, PLAN, change, NOON)
    assert set(moved(PLAN, alone)) <= had_to
    assert losses(after) < losses(alone) if others else losses(after) == losses(alone)


def test_a_chain_of_changes_stays_legal():
    problem, plan = PROBLEM, PLAN
    for seed in (3, 8, 21, 40):
        change = a_change(seed)
        try:
            after = problem_after(problem, plan, change, NOON)
        except BadInput:
            continue
        plan, problem = replan(problem, plan, change, NOON), after
        assert verify_plan(problem, plan) == ()


def test_a_cancellation_and_a_new_project_move_nobody():
    cancelled = replan(PROBLEM, PLAN, Cancelled(COMING[0].project_id), NOON)
    assert moved(PLAN, cancelled) == ()
    change = NewProject(replace(PROBLEM.projects[3], project_id="NEW"))
    assert moved(PLAN, replan(PROBLEM, PLAN, change, NOON)) == ()


@pytest.mark.parametrize("booking", COMING[:6], ids=lambda booking: booking.project_id)
def test_a_guest_that_refuses_is_replaced_at_the_same_start_if_another_is_free_then(booking):
    change = GuestRefused(booking.project_id, booking.guests[0].venue_id)
    after = replan(PROBLEM, PLAN, change, NOON)
    again = next(b for b in after.bookings if b.project_id == booking.project_id)
    assert booking.guests[0].venue_id not in {part.venue_id for part in again.guests}
    draft, (nth, *_), _ = draft_of(problem_after(PROBLEM, PLAN, change, NOON), PLAN, NOON)
    slot = 1 << draft.board.axis.slot_at(booking.start)
    if single_session(draft, draft.board.tasks[nth], slot) is not None:
        assert again.start == booking.start


def test_an_evaluation_that_overruns_past_22_goes_on_next_morning_in_its_rooms():
    booking = RUNNING[0]
    after = replan(PROBLEM, PLAN, Overrun(booking.project_id, timedelta(hours=14)), NOON)
    again = next(b for b in after.bookings if b.project_id == booking.project_id)
    assert again.parts == booking.parts
    assert again.start == booking.start
    assert len(again.sessions) > 1
    assert again.sessions[1].start.astimezone(ZONE).time() >= time(9)


def test_what_has_begun_in_a_venue_that_burns_down_is_suspended_with_the_reason():
    booking = RUNNING[0]
    change = Offline(booking.home.venue_id, None, booking.start, NOON + timedelta(days=200))
    after = replan(PROBLEM, PLAN, change, NOON)
    miss = next(m for m in after.unscheduled if m.project_id == booking.project_id)
    assert miss.code == "suspended"
    assert booking.home.room_id in miss.reason


def test_three_ranked_places_are_offered_for_a_new_project_and_each_is_legal():
    new = replace(PROBLEM.projects[3], project_id="NEW", exemption=None)
    found = offers(PROBLEM, PLAN, new, NOON)
    after = problem_after(PROBLEM, PLAN, NewProject(new), NOON)
    assert len(found) == 3
    assert [offer.added_cost for offer in found] == sorted(offer.added_cost for offer in found)
    for offer in found:
        assert verify_plan(after, offer.plan) == ()
        assert moved(PLAN, offer.plan) == ()
        assert offer.booking in offer.plan.bookings


@pytest.mark.parametrize("change", [Cancelled("nobody"), Overrun("nobody", timedelta(hours=1))])
def test_a_change_to_a_project_that_is_not_there_is_refused(change):
    with pytest.raises(BadInput):
        replan(PROBLEM, PLAN, change, NOON)
