"""What the rules say about one project, worked out from the problem alone, by arithmetic of the checker's own."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil, exp, floor, log
from statistics import NormalDist
from zoneinfo import ZoneInfo

from scheduler.errors import SchedulerError
from scheduler.panel import SeatDemand, check_panel, is_remote, seat_demands
from scheduler.planning.problem import Problem
from scheduler.projects import Category, Project
from scheduler.rules import Rules
from scheduler.venues import Venue

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = 24 * 60


def minutes(clock: time) -> int:
    """Minutes since midnight."""
    return 60 * clock.hour + clock.minute


def local(moment: datetime) -> tuple[date, Fraction]:
    """The local day and the exact minute of it."""
    there = moment.astimezone(SHANGHAI)
    seconds = there.hour * 3600 + there.minute * 60 + there.second + Fraction(there.microsecond, 10**6)
    return there.date(), seconds / 60


def step_up(minute: Fraction | int, grid: int) -> int:
    """The first multiple of the grid at or after the minute."""
    return ceil(Fraction(minute) / grid) * grid


def is_working(problem: Problem, day: date) -> bool:
    """Whether the calendar's own sets make it a working day."""
    calendar = problem.calendar
    if day in calendar.makeup_workdays:
        return True
    return day.weekday() not in (5, 6) and day not in calendar.holidays


def working_days_between(problem: Problem, after: date, until: date) -> int:
    """How many working days lie after the first and up to the second day."""
    count, day = 0, after
    while day < until:
        day += timedelta(days=1)
        count += is_working(problem, day)
    return count


@dataclass(frozen=True, slots=True)
class Facts:
    """One project under its rules."""

    project: Project
    rules: Rules
    home: Venue
    demands: tuple[SeatDemand, ...]
    remote: bool
    work: int
    """Minutes of work that the sessions must hold."""

    @property
    def grid(self) -> int:
        """Minutes between possible starts."""
        return max(1, int(self.rules.plan_grid.total_seconds() // 60))

    @property
    def opening_day(self) -> date:
        """The local day of the opening."""
        return local(self.project.opening_at)[0]

    @property
    def cutoff(self) -> int:
        """The 22:00 line in minutes."""
        return minutes(self.rules.split_cutoff_local_time)

    @property
    def resume(self) -> int:
        """When split evaluations may begin, in minutes."""
        return minutes(self.rules.split_resume_time)

    @property
    def most_work(self) -> int:
        """Minutes a panel may work in one session."""
        return int(self.rules.eval_max_continuous.total_seconds() // 60)

    def seats(self, place: int) -> tuple[int, int]:
        """Seats and expert seats at a place: 0 is home, 1 to N the guests."""
        experts = sum(demand.seats for demand in self.demands if demand.place == place)
        return experts + (self.project.owner_representatives if place == 0 else 0), experts

    def length(self, work: int) -> int:
        """Minutes from start to end of a session with so much work: a break after each full stretch."""
        every = int(self.rules.eval_break_every.total_seconds() // 60)
        pause = int(self.rules.eval_break_length.total_seconds() // 60)
        if every <= 0 or work <= 0:
            return work
        return work + pause * (ceil(work / every) - 1)

    def work_in(self, length: Fraction) -> Fraction:
        """The work that a session of so many minutes holds, breaks taken out."""
        every = Fraction(self.rules.eval_break_every.total_seconds()) / 60
        pause = Fraction(self.rules.eval_break_length.total_seconds()) / 60
        if every <= 0:
            return length
        rounds = floor(length / (every + pause))
        return rounds * every + min(every, length - rounds * (every + pause))

    def ready(self) -> tuple[date, int]:
        """Day and minute, on the grid, from which the evaluation may start after the opening."""
        day, minute = local(self.project.opening_at + self.rules.opening_duration)
        return day, step_up(minute, self.grid)

    def fits_opening_day(self) -> bool:
        """Whether, were every room free, it could end by the line and the closing on its opening day."""
        day, minute = self.ready()
        opens, closes = self.home.hours_on(day)
        start = max(minute, step_up(minutes(opens), self.grid))
        by = min(self.cutoff, minutes(closes))
        rounded = step_up(self.work, self.grid)
        return day == self.opening_day and rounded <= self.most_work and start + self.length(rounded) <= by

    def wait(self, problem: Problem, start: datetime) -> int:
        """Steps of the grid between the earliest start and this one, nights and days off left out."""
        day, minute = local(start)
        if self.fits_opening_day():
            opens = step_up(minutes(self.home.hours_on(self.opening_day)[0]), self.grid)
            first, days = max(self.ready()[1], opens), working_days_between(problem, self.opening_day, day)
        else:
            opens = step_up(minutes(self.home.usual[0]), self.grid)
            first = max(step_up(self.resume, self.grid), opens)
            days = working_days_between(problem, self.opening_day, day) - 1
        steps = days * ((self.cutoff - self.resume) // self.grid) + floor((minute - first) / self.grid)
        return max(0, steps)


def facts_of(problem: Problem, project: Project) -> Facts | str:
    """The facts, or why the project can have no place at all."""
    home = next((venue for venue in problem.venues if venue.venue_id == project.home), None)
    if home is None:
        return f"home venue {project.home} is unknown"
    try:
        rules = problem.rule_book.at(local(project.opening_at)[0], project.region, project.kind)
        check_panel(project, rules)
        demands = seat_demands(project, rules)
    except SchedulerError as refusal:
        return str(refusal)
    work = dict(problem.durations).get(project.project_id)
    needed = quantile(project, rules) if work is None else work
    return Facts(project, rules, home, demands, is_remote(project, rules), ceil(needed.total_seconds() / 60))


def quantile(project: Project, rules: Rules) -> timedelta:
    """The rule book's duration at split.forecast_quantile, worked out once more."""
    base = {
        Category.WORKS: rules.duration_base_works,
        Category.WORKS_LOW_PRICE: rules.duration_base_works_low_price,
        Category.SERVICES: rules.duration_base_services,
        Category.GOODS: rules.duration_base_goods,
    }[project.category]
    each = {
        Category.WORKS: rules.duration_per_bidder_works,
        Category.WORKS_LOW_PRICE: rules.duration_per_bidder_works_low_price,
        Category.SERVICES: rules.duration_per_bidder_services,
        Category.GOODS: rules.duration_per_bidder_goods,
    }[project.category]
    total = rules.duration_setup + rules.duration_report
    for section in project.sections:
        total += base + each * section.bidders
    factor = Fraction(rules.duration_quantile_factor)
    if rules.split_forecast_quantile != Fraction(4, 5):
        level = min(max(float(rules.split_forecast_quantile), 0.01), 0.99)
        deviation = log(factor) / NormalDist().inv_cdf(0.8)
        factor = Fraction(exp(deviation * NormalDist().inv_cdf(level)))
    seconds = max(60, total // timedelta(seconds=1))
    return timedelta(minutes=ceil(factor * seconds / 60))
