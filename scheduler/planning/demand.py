"""What one project asks of the plan: seats by place, sessions, and the starts its rules allow."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler.estimate import forecast
from scheduler.panel import guest_seats, is_remote, seat_demands
from scheduler.planning.problem import Problem, opening_day
from scheduler.projects import Project, Requirement
from scheduler.rules import Rules
from scheduler.timeline import MINUTE, ZONE, local, with_breaks, work_within


@dataclass(frozen=True)
class Demand:
    """A project in the planner's terms: slots are steps of `plan.grid` counted from local midnight.

    `durations` and `lengths` are the time and the slots that each session takes, breaks included. `same_day`
    are the first and last start on the opening day, or None when the evaluation cannot end there by the cutoff
    whatever is free. `window` bounds the sessions of other days; one session may start anywhere in it, several
    start at its beginning.
    """

    project: Project
    opening: date
    days: tuple[date, ...]
    durations: tuple[timedelta, ...]
    lengths: tuple[int, ...]
    same_day: tuple[int, int] | None
    window: tuple[int, int]
    home_seats: int
    guest_seats: tuple[int, ...]
    requirements: tuple[tuple[int, Requirement, int], ...]
    why_split: str

    @property
    def experts_at_home(self) -> int:
        """Drawn seats at the home venue."""
        return self.project.experts - sum(self.guest_seats)


def demand_of(problem: Problem, project: Project, grid: timedelta) -> Demand:
    """The project's demand under its rules."""
    rules = problem.rules(project)
    home = next(venue for venue in problem.venues if venue.venue_id == project.home)
    opening = opening_day(project)
    closes = min(rules.split_cutoff_local_time, home.closes)
    resumes = max(rules.split_resume_time, home.opens)
    window = (_slot_up(local(opening, resumes), grid), _slot_down(local(opening, closes), grid))
    work = forecast(project, rules).quantile
    at_once = with_breaks(work, rules)
    ready = max(project.opening_at + rules.opening_duration, local(opening, home.opens)).astimezone(ZONE)
    first, last = _slot_up(ready, grid), window[1] - _slots(at_once, grid)
    fits = work <= rules.eval_max_continuous and ready.date() == opening and first <= last
    guests = guest_seats(project, rules)
    placed = seat_demands(project, rules)
    durations = tuple(with_breaks(part, rules) for part in _sessions(work, window, grid, rules))
    return Demand(
        project=project,
        opening=opening,
        days=problem.calendar.working_days_after(opening, rules.plan_horizon_wd),
        durations=durations,
        lengths=tuple(_slots(duration, grid) for duration in durations),
        same_day=(first, last) if fits else None,
        window=window,
        home_seats=project.panel_size - sum(guests),
        guest_seats=guests,
        requirements=tuple((demand.place, demand.requirement, demand.seats) for demand in placed),
        why_split="" if fits else _why_split(ready, work, at_once, rules, closes),
    )


def on_site_reason(project: Project, problem: Problem) -> str:
    """Why the project has no guests, or nothing when it has."""
    if is_remote(project, problem.rules(project)):
        return ""
    return f"on site: {project.exemption}" if project.exemption else "on site: remote.enabled is false"


def _sessions(work: timedelta, window: tuple[int, int], grid: timedelta, rules: Rules) -> list[timedelta]:
    """The working time of each session when the evaluation fills days one after another; none if no day has room."""
    each = work_within((window[1] - window[0]) * grid, rules)
    if each <= timedelta():
        return []
    full, rest = divmod(work, each)
    return [each] * full + ([rest] if rest else [])


def _why_split(ready: datetime, work: timedelta, at_once: timedelta, rules: Rules, closes: time) -> str:
    minutes = work // MINUTE
    limit = rules.eval_max_continuous // MINUTE
    if minutes > limit:
        return f"{minutes} min of work is more than one session holds ({limit} min)"
    return f"{ready:%H:%M} + {at_once // MINUTE} min is past {closes:%H:%M}"


def _slots(length: timedelta, grid: timedelta) -> int:
    return -(-length // grid)


def _slot_up(at: datetime, grid: timedelta) -> int:
    return _slots(timedelta(hours=at.hour, minutes=at.minute, seconds=at.second), grid)


def _slot_down(at: datetime, grid: timedelta) -> int:
    return timedelta(hours=at.hour, minutes=at.minute) // grid
