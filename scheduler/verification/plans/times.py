"""Rules on when: the opening, the grid, hours, the 22:00 line, working days, sessions."""

from collections.abc import Iterator
from datetime import time
from fractions import Fraction
from itertools import pairwise

from scheduler.planning.outcome import Booking, Session
from scheduler.planning.problem import Problem
from scheduler.verification.plans.facts import (
    DAY,
    Facts,
    is_working,
    local,
    minutes,
    step_up,
    working_days_between,
)
from scheduler.verification.plans.violation import Violation


def starts(facts: Facts, booking: Booking) -> Iterator[Violation]:
    """No session starts before the opening is over, and each starts on the grid."""
    ready = facts.project.opening_at + facts.rules.opening_duration
    for session in booking.sessions:
        if session.start < ready:
            yield Violation("evaluation_follows_the_opening", booking.project_id, f"{session.start}")
        if local(session.start)[1] % facts.grid:
            yield Violation("starts_lie_on_the_grid", booking.project_id, f"{session.start}")


def hours(problem: Problem, facts: Facts, booking: Booking) -> Iterator[Violation]:
    """Each session lies in one day, ends by the 22:00 line, and inside the hours that each of its venues has on it."""
    venues = {venue.venue_id: venue for venue in problem.venues}
    for session in booking.sessions:
        start_day, start = local(session.start)
        end_day, end = local(session.end)
        end += DAY * (end_day - start_day).days
        if end > facts.cutoff:
            yield Violation("sessions_end_by_the_cutoff", booking.project_id, f"ends {session.end}")
        for part in booking.parts:
            venue = venues.get(part.venue_id)
            opens, closes = venue.hours_on(start_day) if venue else (time.min, time.max)
            if start < minutes(opens) or end > minutes(closes):
                yield Violation(
                    "sessions_keep_venue_hours", booking.project_id, f"{part.venue_id}: {session.start}"
                )


def split(problem: Problem, facts: Facts, booking: Booking) -> Iterator[Violation]:
    """On the opening day in one session; otherwise split, on working days, from the hour, in the horizon."""
    days = [local(session.start)[0] for session in booking.sessions]
    opening = facts.opening_day
    if not days:
        yield Violation("the_evaluation_takes_place", booking.project_id, "no session")
        return
    if booking.split != (days[0] != opening):
        yield Violation("split_is_as_stated", booking.project_id, f"starts {days[0]}, opens {opening}")
    if booking.avoidable != (booking.split and facts.fits_opening_day()):
        yield Violation("avoidable_is_as_stated", booking.project_id, f"avoidable: {booking.avoidable}")
    if booking.split and not booking.reason:
        yield Violation("a_split_carries_its_reason", booking.project_id, "no reason")
    if days[0] == opening and len(days) > 1 and not has_begun(problem, booking):
        yield Violation("the_opening_day_holds_it_whole", booking.project_id, f"{len(days)} sessions")
    for session, day in zip(booking.sessions, days, strict=True):
        if day == opening:
            continue
        if not is_working(problem, day):
            yield Violation("splits_go_to_working_days", booking.project_id, f"{day}")
        if local(session.start)[1] < facts.resume:
            yield Violation("splits_resume_from_the_hour", booking.project_id, f"{session.start}")
    if days[-1] > opening and working_days_between(problem, opening, days[-1]) > facts.rules.plan_horizon_wd:
        yield Violation("sessions_lie_in_the_horizon", booking.project_id, f"{days[-1]}")


def has_begun(problem: Problem, booking: Booking) -> bool:
    """Whether the evaluation is under way: then its sessions follow what happens (run-time split)."""
    return any(begun.project_id == booking.project_id for begun in problem.begun)


def sessions(problem: Problem, facts: Facts, booking: Booking) -> Iterator[Violation]:
    """One session a day, in order, none too long; together they hold the forecast, and none is a scrap."""
    for earlier, later in pairwise(booking.sessions):
        if local(earlier.start)[0] >= local(later.start)[0]:
            yield Violation("one_session_a_day_in_order", booking.project_id, f"{later.start}")
    done = Fraction(0)
    full = full_session(problem, facts, booking)
    least = Fraction(full, 2)
    under_way = has_begun(problem, booking)
    for nth, session in enumerate(booking.sessions):
        work = facts.work_in(_length(session))
        done += work
        if work > facts.most_work:
            yield Violation(
                "a_panel_rests", booking.project_id, f"{work} minutes of work from {session.start}"
            )
        if nth < len(booking.sessions) - 1 and work < least and not under_way:
            yield Violation("sessions_are_worth_the_way", booking.project_id, f"{work} minutes of work")
    if len(booking.sessions) > 1 and step_up(facts.work, facts.grid) <= full and not under_way:
        yield Violation("one_session_where_one_suffices", booking.project_id, f"a day holds {full} minutes")
    if done < facts.work:
        yield Violation("sessions_hold_the_forecast", booking.project_id, f"{done} of {facts.work} minutes")
    if done >= facts.work + 2 * facts.grid * max(1, len(booking.sessions)) and not under_way:
        yield Violation("sessions_hold_no_more", booking.project_id, f"{done} of {facts.work} minutes")


def full_session(problem: Problem, facts: Facts, booking: Booking) -> int:
    """The most work that one day can hold at the venues of the booking."""
    ids = {part.venue_id for part in booking.parts}
    used = [venue for venue in problem.venues if venue.venue_id in ids]
    opens = max([facts.resume, *(minutes(venue.usual[0]) for venue in used)])
    closes = min([facts.cutoff, *(minutes(venue.usual[1]) for venue in used)])
    window = Fraction(max(0, closes - step_up(opens, facts.grid)))
    return min(facts.most_work, int(facts.work_in(window)))


def _length(session: Session) -> Fraction:
    return Fraction((session.end - session.start).total_seconds()) / 60
