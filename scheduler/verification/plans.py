"""The independent checker: every way in which a plan breaks the rules, from the plain plan.

It shares no arithmetic with the planner: durations, breaks, seats and caps are worked out anew here from the
rule book. Each rule is one function that yields violations; `RULES` lists them all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil

from scheduler.planning.outcome import Plan, Side
from scheduler.planning.problem import Problem
from scheduler.projects import Requirement
from scheduler.timeline import ZONE
from scheduler.verification.plan_case import (
    Case,
    Use,
    is_working_day,
    local,
    next_working_day,
    overlaps,
    seats_by_place,
    with_breaks,
    work_in,
    working_time,
)


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One breach: the rule's name, whom it concerns, and what is wrong as a sentence."""

    rule: str
    subject: str
    detail: str


def verify_plan(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every way in which the plan breaks the rules; empty means sound. Never raises on a bad plan."""
    case = Case(
        problem,
        plan,
        {project.project_id: project for project in problem.projects},
        {venue.venue_id: venue for venue in problem.venues},
    )
    return tuple(sorted({violation for rule in RULES for violation in rule(case)}))


def every_project_is_answered_once(case: Case) -> Iterator[Violation]:
    """Each project is booked once or left out once with a reason; nothing else is in the plan."""
    answers = Counter([booking.project_id for booking in case.plan.bookings])
    answers.update(entry.project_id for entry in case.plan.unscheduled)
    for project_id in sorted(case.projects.keys() | answers.keys()):
        if project_id not in case.projects:
            yield Violation("every_project_is_answered_once", project_id, "is not in the problem")
        elif answers[project_id] != 1:
            yield Violation(
                "every_project_is_answered_once", project_id, f"has {answers[project_id]} answers"
            )
    for entry in case.plan.unscheduled:
        if not entry.reason or not entry.code:
            yield Violation(
                "every_project_is_answered_once", entry.project_id, "is left out without a reason"
            )


def the_plan_answers_this_problem(case: Case) -> Iterator[Violation]:
    """The plan names the problem and the rule book it was made for, and its bound is not above its cost."""
    if case.plan.problem_digest != case.problem.digest:
        yield Violation("the_plan_answers_this_problem", "plan", "was made for another problem")
    if case.plan.rules_digest != case.problem.rule_book.digest:
        yield Violation("the_plan_answers_this_problem", "plan", "was made under another rule book")
    if case.plan.bound > case.plan.cost:
        yield Violation("the_plan_answers_this_problem", "plan", "claims a bound above its cost")


def evaluations_start_after_the_opening(case: Case) -> Iterator[Violation]:
    """No evaluation starts before its opening has ended."""
    for booking, project, rules in case.booked():
        ready = project.opening_at + rules.opening_duration
        if any(session.start < ready for session in booking.sessions):
            detail = f"starts at {local(booking.start):%F %H:%M}, the opening ends {local(ready):%F %H:%M}"
            yield Violation("evaluations_start_after_the_opening", booking.project_id, detail)


def sessions_keep_to_the_hours(case: Case) -> Iterator[Violation]:
    """Each session lies on one day between the opening hours of all its venues and the 22:00 line."""
    for booking, _, rules in case.booked():
        for session in booking.sessions:
            start, end = local(session.start), local(session.end)
            for part in booking.parts:
                venue = case.venues.get(part.venue_id)
                if venue is None:
                    continue
                closes = min(venue.closes, rules.split_cutoff_local_time)
                if start.date() != end.date() or start.time() < venue.opens or end.time() > closes:
                    detail = (
                        f"{start:%F %H:%M} to {end:%F %H:%M} is outside {venue.opens:%H:%M} to {closes:%H:%M}"
                    )
                    yield Violation(
                        "sessions_keep_to_the_hours", booking.project_id, f"{venue.venue_id}: {detail}"
                    )


def sessions_start_on_the_grid(case: Case) -> Iterator[Violation]:
    """Each session starts on a step of plan.grid."""
    for booking, _, rules in case.booked():
        for session in booking.sessions:
            start = local(session.start)
            if (start - datetime.combine(start.date(), time(), ZONE)) % rules.plan_grid:
                yield Violation("sessions_start_on_the_grid", booking.project_id, f"{start:%F %H:%M}")


def split_evaluations_resume_on_working_days(case: Case) -> Iterator[Violation]:
    """A split evaluation starts on a later working day, not before the resume time, and goes on working day by day.

    An evaluation that is not split is held in one session on the day of its opening.
    """
    rule = "split_evaluations_resume_on_working_days"
    for booking, project, rules in case.booked():
        opening = local(project.opening_at).date()
        days = [local(session.start).date() for session in booking.sessions]
        if not booking.split:
            if days != [opening]:
                yield Violation(
                    rule, booking.project_id, "is not marked as split, but leaves the opening day"
                )
            continue
        if days[0] <= opening:
            yield Violation(rule, booking.project_id, "is marked as split, but starts on the opening day")
        expected = days[0]
        for nth, (day, session) in enumerate(zip(days, booking.sessions, strict=True)):
            if not is_working_day(case.problem, day):
                yield Violation(rule, booking.project_id, f"{day} is no working day")
            if local(session.start).time() < rules.split_resume_time:
                yield Violation(
                    rule, booking.project_id, f"{day}: starts before {rules.split_resume_time:%H:%M}"
                )
            if nth and day != expected:
                yield Violation(
                    rule, booking.project_id, f"goes on {day}, the next working day is {expected}"
                )
            expected = next_working_day(case.problem, day)


def split_evaluations_start_within_the_horizon(case: Case) -> Iterator[Violation]:
    """The last session lies at most plan.horizon_wd working days after the opening."""
    for booking, project, rules in case.booked():
        last = local(project.opening_at).date()
        for _ in range(rules.plan_horizon_wd):
            last = next_working_day(case.problem, last)
        if local(booking.end).date() > last:
            yield Violation(
                "split_evaluations_start_within_the_horizon", booking.project_id, f"ends after {last}"
            )


def avoidable_splits_are_named(case: Case) -> Iterator[Violation]:
    """`avoidable` is said exactly of splits whose evaluation could end by the cutoff from its earliest start."""
    for booking, project, rules in case.booked():
        if not booking.split:
            if booking.avoidable:
                yield Violation("avoidable_splits_are_named", booking.project_id, "is not split")
            continue
        home = case.venues.get(project.home)
        if home is None:
            continue
        work = working_time(project, rules)
        opened = local(project.opening_at + rules.opening_duration)
        day = opened.date()
        earliest = max(opened, datetime.combine(day, home.opens, ZONE))
        off_grid = (earliest - datetime.combine(day, time(), ZONE)) % rules.plan_grid
        earliest += (rules.plan_grid - off_grid) % rules.plan_grid
        closes = datetime.combine(day, min(home.closes, rules.split_cutoff_local_time), ZONE)
        could = (
            work <= rules.eval_max_continuous
            and day == local(project.opening_at).date()
            and earliest + with_breaks(work, rules) <= closes
        )
        if could != booking.avoidable:
            detail = "could have ended in time" if could else "could not have ended in time"
            yield Violation("avoidable_splits_are_named", booking.project_id, detail)


def sessions_hold_the_work(case: Case) -> Iterator[Violation]:
    """Together the sessions hold the forecast's working time, each no more than eval.max_continuous, with breaks."""
    for booking, project, rules in case.booked():
        held = timedelta()
        for session in booking.sessions:
            work = work_in(session.end - session.start, rules)
            if work > rules.eval_max_continuous:
                detail = f"{local(session.start):%F}: {work} of work in one session"
                yield Violation("sessions_hold_the_work", booking.project_id, detail)
            held += work
        needed = working_time(project, rules)
        if held < needed:
            yield Violation("sessions_hold_the_work", booking.project_id, f"holds {held}, needs {needed}")


def rooms_hold_one_evaluation_at_a_time(case: Case) -> Iterator[Violation]:
    """No room has two evaluations, or an evaluation and a commitment or blocked time, at once."""
    uses: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for booking in case.plan.bookings:
        for part in booking.parts:
            for session in booking.sessions:
                uses[part.venue_id, part.room_id].append((session.start, session.end, booking.project_id))
    for taken in case.problem.commitments:
        uses[taken.venue_id, taken.room_id].append((taken.start, taken.end, "a commitment"))
    for venue in case.venues.values():
        for blocked in venue.blocked:
            for room in venue.rooms:
                if blocked.room_id in (None, room.room_id):
                    uses[venue.venue_id, room.room_id].append((blocked.start, blocked.end, "blocked time"))
    outside = ("a commitment", "blocked time")
    for (venue_id, room_id), intervals in uses.items():
        for first, second in overlaps(intervals):
            if first[2] in outside and second[2] in outside:
                continue
            detail = f"{first[2]} and {second[2]} overlap from {local(second[0]):%F %H:%M}"
            yield Violation("rooms_hold_one_evaluation_at_a_time", f"{venue_id}/{room_id}", detail)


def rooms_fit_their_part(case: Case) -> Iterator[Violation]:
    """Each part sits in a room of its venue with enough seats and the equipment."""
    for booking, project, _ in case.booked():
        for part in booking.parts:
            venue = case.venues.get(part.venue_id)
            room = (
                next((room for room in venue.rooms if room.room_id == part.room_id), None) if venue else None
            )
            if room is None:
                detail = f"{part.venue_id}/{part.room_id} does not exist"
                yield Violation("rooms_fit_their_part", booking.project_id, detail)
            elif room.seats < part.seats or not room.equipment >= project.equipment:
                detail = f"{part.room_id}: {room.seats} seats for {part.seats}, or equipment missing"
                yield Violation("rooms_fit_their_part", booking.project_id, detail)


def home_and_guests_are_as_the_rules_ask(case: Case) -> Iterator[Violation]:
    """The home is the project's; guests are as many as asked, distinct, of other regions; none when exempt."""
    rule = "home_and_guests_are_as_the_rules_ask"
    for booking, project, rules in case.booked():
        sides = [part.side for part in booking.parts]
        if (
            not sides
            or sides[0] is not Side.HOME
            or Side.HOME in sides[1:]
            or booking.home.venue_id != project.home
        ):
            yield Violation(rule, booking.project_id, f"home is {project.home}, first and alone")
            continue
        remote = rules.remote_enabled and (
            project.exemption is None or project.exemption not in rules.remote_exempt
        )
        wanted = project.guest_count if remote else 0
        guests = [part.venue_id for part in booking.guests]
        if len(guests) != wanted or len(set(guests)) != wanted:
            yield Violation(rule, booking.project_id, f"{wanted} distinct guests, not {len(set(guests))}")
        home = case.venues.get(project.home)
        for guest in guests:
            venue = case.venues.get(guest)
            if venue is not None and home is not None and venue.region == home.region:
                yield Violation(rule, booking.project_id, f"{guest} lies in the home's own region")


def seats_match_the_panel(case: Case) -> Iterator[Violation]:
    """Home has the owner representatives and its experts; guests together have their share, at least the minimum."""
    rule = "seats_match_the_panel"
    for booking, project, rules in case.booked():
        if not booking.parts:
            continue
        guests = sum(part.experts for part in booking.guests)
        if booking.home.experts + guests != project.experts:
            yield Violation(
                rule, booking.project_id, f"{booking.home.experts + guests} experts of {project.experts}"
            )
        if booking.home.seats != booking.home.experts + project.owner_representatives:
            yield Violation(rule, booking.project_id, f"{booking.home.seats} seats at home")
        if any(part.seats != part.experts for part in booking.guests):
            yield Violation(rule, booking.project_id, "guest seats are the experts drawn there")
        if any(part.experts < rules.remote_guest_min_per_venue for part in booking.guests):
            yield Violation(rule, booking.project_id, "a guest has too few experts")
        share = rules.remote_guest_expert_min_fraction * project.experts
        if booking.guests and guests < max(share, Fraction(rules.remote_guest_expert_min_count)):
            yield Violation(rule, booking.project_id, f"{guests} of {project.experts} experts at guests")


def experts_are_enough_each_day(case: Case) -> Iterator[Violation]:
    """On no day are more seats of a requirement asked of a venue's region than experts may be drawn there."""
    limits = {(entry.venue_id, entry.requirement): entry.experts for entry in case.problem.supply}
    if not limits:
        return
    asked: Counter[tuple[str, Requirement, date]] = Counter()
    for booking, project, _ in case.booked():
        days = {local(session.start).date() for session in booking.sessions}
        for place, requirement, seats in seats_by_place(booking, project):
            for day in days:
                asked[booking.parts[place].venue_id, requirement, day] += seats
    for (venue_id, requirement, day), seats in asked.items():
        limit = limits.get((venue_id, requirement))
        if limit is not None and seats > limit:
            yield Violation("experts_are_enough_each_day", venue_id, f"{day}: {seats} seats, {limit} experts")


def guests_rotate(case: Case) -> Iterator[Violation]:
    """No guest supports more than remote.pair_share_max of a home's guest visits in the window, but one always."""
    pairs: Counter[tuple[str, str]] = Counter()
    for entry in case.problem.pair_history:
        pairs[entry.home, entry.guest] += entry.projects
    totals: Counter[str] = Counter()
    for (home, _), count in pairs.items():
        totals[home] += count
    share: dict[str, Fraction] = {}
    planned: set[tuple[str, str]] = set()
    for project in case.problem.projects:
        rules = case.rules(project)
        remote = rules.remote_enabled and (
            project.exemption is None or project.exemption not in rules.remote_exempt
        )
        totals[project.home] += project.guest_count if remote else 0
        share[project.home] = rules.remote_pair_share_max
    for booking in case.plan.bookings:
        for part in booking.guests:
            pairs[booking.home.venue_id, part.venue_id] += 1
            planned.add((booking.home.venue_id, part.venue_id))
    for home, guest in sorted(planned):
        share_of_visits: int = ceil(share.get(home, Fraction(1)) * totals[home])
        allowed = max(1, share_of_visits)
        if pairs[home, guest] > allowed:
            detail = f"{pairs[home, guest]} of {totals[home]} visits, {allowed} allowed"
            yield Violation("guests_rotate", f"{home}>{guest}", detail)


RULES = (
    every_project_is_answered_once,
    the_plan_answers_this_problem,
    evaluations_start_after_the_opening,
    sessions_keep_to_the_hours,
    sessions_start_on_the_grid,
    split_evaluations_resume_on_working_days,
    split_evaluations_start_within_the_horizon,
    avoidable_splits_are_named,
    sessions_hold_the_work,
    rooms_hold_one_evaluation_at_a_time,
    rooms_fit_their_part,
    home_and_guests_are_as_the_rules_ask,
    seats_match_the_panel,
    experts_are_enough_each_day,
    guests_rotate,
)
