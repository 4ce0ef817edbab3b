"""Rules that can be left out of a problem, each by itself: what is left without it, and where it stands written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any

from scheduler.planning.explain.setting import Setting
from scheduler.planning.problem import Problem
from scheduler.rules import Row as RuleRow
from scheduler.rules import RuleBook
from scheduler.timeline import ZONE, WorkCalendar

Leave = Callable[[Setting, Problem], Problem]

DAYS = 400
"""Days after an opening of which all are taken as working days when the calendar is left out."""
HORIZONS = 3
"""How many times as far ahead is looked when the horizon is left out: what lies beyond is not known."""


@dataclass(frozen=True, slots=True)
class Leavable:
    """A rule, or a fact of rooms that binds like one: how to leave it out, and what the checker then finds broken.

    `parameters` are those of the rule book that state it; the first is the one whose source is told.
    """

    name: str
    leave: Leave
    breaks: frozenset[str]
    parameters: tuple[str, ...] = ()


def source_of(book: RuleBook, setting: Setting, parameter: str) -> str:
    """Where the value in force for the project is written: a law's article, a plan, a practice, an assumption."""
    project = setting.project
    on = project.opening_at.astimezone(ZONE).date()
    rows: tuple[RuleRow, ...] = dict(book.rows).get(parameter, ())
    in_force = [row for row in rows if row.holds(on, project.region, project.kind)]
    return max(in_force, key=lambda row: row.precedence).source if in_force else ""


def with_value(book: RuleBook, name: str, value: Any) -> RuleBook:
    """The rule book with one value of a parameter for all days, regions and kinds."""
    row = RuleRow(value, "A", "left out", date(2000, 1, 1), None, None, "")
    rows = tuple((n, (row,) if n == name else old) for n, old in book.rows)
    return replace(book, rows=rows, digest=f"{book.digest} without {name}")


def _by_book(**values: Any) -> Leave:
    def leave(_: Setting, problem: Problem) -> Problem:
        book = problem.rule_book
        for name, value in values.items():
            book = with_value(book, name, value)
        return replace(problem, rule_book=book)

    return leave


def _hours(_: Setting, problem: Problem) -> Problem:
    venues = (replace(venue, opens=time(0), closes=time(23, 59), hours=()) for venue in problem.venues)
    return replace(problem, venues=tuple(venues))


def _blocked(_: Setting, problem: Problem) -> Problem:
    return replace(problem, venues=tuple(replace(venue, blocked=()) for venue in problem.venues))


def _committed(setting: Setting, problem: Problem) -> Problem:
    outside = set(setting.problem.commitments)
    return replace(problem, commitments=tuple(c for c in problem.commitments if c not in outside))


def _others(setting: Setting, problem: Problem) -> Problem:
    outside = set(setting.problem.commitments)
    return replace(problem, commitments=tuple(c for c in problem.commitments if c in outside))


def _seats(setting: Setting, problem: Problem) -> Problem:
    least = setting.project.panel_size
    return replace(
        problem,
        venues=tuple(
            replace(v, rooms=tuple(replace(r, seats=max(least, r.seats)) for r in v.rooms))
            for v in problem.venues
        ),
    )


def _equipment(setting: Setting, problem: Problem) -> Problem:
    return _with(setting, problem, equipment=frozenset())


def _scope(setting: Setting, problem: Problem) -> Problem:
    """The home in a region of its own, so that every other venue lies elsewhere; its supply and quotas go with it."""
    own = next((v for v in problem.venues if v.venue_id == setting.project.home), None)
    if own is None:
        return problem
    region = f"{own.region}/"
    venues = (replace(v, region=region) if v is own else v for v in problem.venues)
    supply = tuple(replace(row, region=region) for row in problem.supply if row.region == own.region)
    return replace(
        problem,
        venues=tuple(venues),
        supply=(*problem.supply, *supply),
        rule_book=with_value(problem.rule_book, "remote_guest_scope", "other_county"),
    )


def _calendar(setting: Setting, problem: Problem) -> Problem:
    """All days are working days; as many of them may be planned as lie in the horizon that the calendar gives."""
    first = setting.project.opening_at.astimezone(ZONE).date()
    days = frozenset(first + timedelta(days=nth) for nth in range(DAYS))
    old = problem.calendar
    calendar = WorkCalendar(old.holidays - days, old.makeup_workdays | days, old.covered)
    brief = setting.surroundings.brief(setting.project_id)
    most = (brief.days[-1] - first).days if brief and brief.days else 0
    return _as_far(setting, replace(problem, calendar=calendar), most)


def _horizon(setting: Setting, problem: Problem) -> Problem:
    brief = setting.surroundings.brief(setting.project_id)
    return _as_far(setting, problem, HORIZONS * brief.rules.plan_horizon_wd if brief else 0)


def _as_far(setting: Setting, problem: Problem, days: int) -> Problem:
    """The problem in which at least so many working days may be planned."""
    project = setting.project
    on = project.opening_at.astimezone(ZONE).date()
    now = problem.rule_book.at(on, project.region, project.kind).plan_horizon_wd
    return _by_book(plan_horizon_wd=days)(setting, problem) if days > now else problem


def _forecast(setting: Setting, problem: Problem) -> Problem:
    brief = setting.surroundings.brief(setting.project_id)
    least = timedelta(minutes=brief.shifts.grid if brief else 10)
    others = tuple(entry for entry in problem.durations if entry[0] != setting.project_id)
    return replace(problem, durations=(*others, (setting.project_id, least)))


def _on_site(setting: Setting, problem: Problem) -> Problem:
    brief = setting.surroundings.brief(setting.project_id)
    if brief is not None and not brief.remote:
        return problem
    return _by_book(remote_enabled=False)(setting, problem)


def _with(setting: Setting, problem: Problem, **changes: Any) -> Problem:
    versions = (replace(p, **changes) if p.project_id == setting.project_id else p for p in problem.projects)
    return replace(problem, projects=tuple(versions))


def _rule(name: str, leave: Leave, *breaks: str, by: tuple[str, ...] = ()) -> Leavable:
    return Leavable(name, leave, frozenset(breaks or (name,)), by)


ROOM = "a_room_holds_one_session"
LAWFUL = "only_lawful_projects_are_booked"
FORECAST = "sessions_hold_the_forecast"

LEAVABLE: tuple[Leavable, ...] = (
    _rule("sessions_keep_venue_hours", _hours),
    _rule("rooms_out_of_use", _blocked, ROOM),
    _rule("rooms_taken_otherwise", _committed, ROOM),
    _rule("rooms_of_other_projects", _others, ROOM),
    _rule("rooms_have_enough_seats", _seats),
    _rule("rooms_have_the_equipment", _equipment),
    _rule("guests_have_not_refused", lambda _, problem: replace(problem, refusals=())),
    _rule("regions_supply_their_experts", lambda _, problem: replace(problem, supply=())),
    _rule("quotas_hold", lambda _, problem: replace(problem, quotas=())),
    _rule("splits_go_to_working_days", _calendar),
    _rule("splits_resume_from_the_hour", _by_book(split_resume_time=time(0)), by=("split_resume_time",)),
    _rule("sessions_lie_in_the_horizon", _horizon, by=("plan_horizon_wd",)),
    _rule(
        "a_panel_has_breaks",
        _by_book(eval_break_length=timedelta()),
        FORECAST,
        by=("eval_break_length", "eval_break_every"),
    ),
    _rule("a_panel_rests", _by_book(eval_max_continuous=timedelta(hours=24)), by=("eval_max_continuous",)),
    _rule(
        "no_pair_meets_too_often", _by_book(remote_pair_share_max=Fraction(1)), by=("remote_pair_share_max",)
    ),
    _rule(FORECAST, _forecast, by=("split_forecast_quantile",)),
    _rule("evaluation_follows_the_opening", _by_book(opening_duration=timedelta()), by=("opening_duration",)),
    _rule("guests_are_elsewhere", _scope, by=("remote_guest_scope",)),
    _rule(
        "guests_take_part",
        _on_site,
        "guests_are_as_many_as_asked",
        "seats_follow_the_panel",
        by=("remote_enabled",),
    ),
    _rule(
        "sessions_end_by_the_cutoff",
        _by_book(split_cutoff_local_time=time(23, 59)),
        by=("split_cutoff_local_time",),
    ),
    _rule("panel_is_large_enough", _by_book(panel_min_size=1), LAWFUL, by=("panel_min_size",)),
    _rule("panel_is_odd", _by_book(panel_odd_required=False), LAWFUL, by=("panel_odd_required",)),
    _rule(
        "experts_are_enough",
        _by_book(panel_expert_min_fraction=Fraction(0)),
        LAWFUL,
        by=("panel_expert_min_fraction",),
    ),
)
"""In the order in which they are given up first: facts of rooms, then assumptions and practice, laws last.

What cannot be left out (a home, one start for all, room for what has begun) always holds.
"""

BY_NAME: Mapping[str, Leavable] = {rule.name: rule for rule in LEAVABLE}
