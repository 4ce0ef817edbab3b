"""One project as the search sees it: its work, its possible starts and their prices, the rooms it needs."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.errors import SchedulerError
from scheduler.estimate import forecast
from scheduler.panel import SeatDemand, check_panel, is_remote, seat_demands
from scheduler.planning.board.shifts import Shifts
from scheduler.planning.problem import Problem
from scheduler.planning.reasons.said import Said
from scheduler.projects import Project
from scheduler.rules import Rules
from scheduler.timeline import MINUTE, MINUTES_A_DAY, ZONE, Axis, minute_of
from scheduler.venues import Venue


@dataclass(frozen=True, slots=True)
class Brief:
    """What the rules say of one project before any slot is counted."""

    project: Project
    rules: Rules
    shifts: Shifts
    home: Venue
    remote: bool
    demands: tuple[SeatDemand, ...]
    work: int
    """Minutes of work at the quantile, up to the grid."""
    opening_day: date
    ready: int
    """Minutes of the opening day from which it may start; past midnight when over 1440."""
    days: tuple[date, ...]
    """Working days after the opening within the horizon."""

    @property
    def earliest(self) -> int:
        """The first minute on the opening day at which it could start were every room free."""
        return max(self.ready, self.shifts.up(minute_of(self.home.hours_on(self.opening_day)[0])))

    @property
    def last_minute(self) -> int:
        """The minute of the opening day by which a session at home must end."""
        return min(self.shifts.cutoff, minute_of(self.home.hours_on(self.opening_day)[1]))

    @property
    def fits(self) -> bool:
        """Whether the opening day could hold it were every room free: if split, then avoidably."""
        needed = self.shifts.length(self.work)
        return self.work <= self.shifts.most_work and self.earliest + needed <= self.last_minute

    def seats(self, place: int) -> int:
        """Seats at a place: 0 is home, with the owner's representatives."""
        experts = sum(demand.seats for demand in self.demands if demand.place == place)
        return experts + (self.project.owner_representatives if place == 0 else 0)


@dataclass(frozen=True, slots=True)
class Hopeless:
    """Why a project can have no place whatever else is planned."""

    said: Said

    @property
    def code(self) -> str:
        """The stable code."""
        return self.said.code


class Known:
    """Rules and working days, looked up once for all projects of a day, region and kind."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._local = sorted({row.region for _, rows in problem.rule_book.rows for row in rows})
        self._rules: dict[tuple[date, tuple[str, ...], str], Rules] = {}
        self._days: dict[tuple[date, int], tuple[date, ...]] = {}

    def rules(self, day: date, project: Project) -> Rules:
        """The rules in force; two regions that no row of the rule book tells apart share theirs."""
        key = (day, tuple(r for r in self._local if project.region.startswith(r)), project.kind)
        if key not in self._rules:
            self._rules[key] = self.problem.rule_book.at(day, project.region, project.kind)
        return self._rules[key]

    def days(self, after: date, count: int) -> tuple[date, ...]:
        """The next working days."""
        if (after, count) not in self._days:
            self._days[after, count] = tuple(self.problem.calendar.working_days_after(after, count))
        return self._days[after, count]


def brief_of(
    known: Known, project: Project, venues: dict[str, Venue], work: timedelta | None
) -> Brief | Hopeless:
    """The project under its rules, or why it has no place."""
    home = venues.get(project.home)
    if home is None:
        return Hopeless(Said("home_unknown", {"venue": project.home}))
    opened = project.opening_at.astimezone(ZONE)
    try:
        rules = known.rules(opened.date(), project)
        check_panel(project, rules)
        demands = seat_demands(project, rules)
    except SchedulerError as refusal:
        return Hopeless(Said(refusal.code, {**refusal.facts, "text": str(refusal)}))
    shifts = Shifts.of(rules)
    quantile = forecast(project, rules).quantile if work is None else work
    ready = opened + rules.opening_duration
    minutes = -(-(ready - opened.replace(hour=0, minute=0, second=0, microsecond=0)) // MINUTE)
    return Brief(
        project=project,
        rules=rules,
        shifts=shifts,
        home=home,
        remote=is_remote(project, rules),
        demands=demands,
        work=shifts.up(-(-quantile // MINUTE)),
        opening_day=opened.date(),
        ready=shifts.up(minutes),
        days=known.days(opened.date(), rules.plan_horizon_wd),
    )


VENUE_MASK = (1 << 20) - 1
TIE_BITS = 84
"""A guest's tie-break number holds 64 random bits above the venue's index."""


@dataclass(frozen=True, slots=True)
class Task:
    """A brief on the axis. Places are in the order home, guest 1 to N."""

    brief: Brief
    home: int
    rooms: tuple[int, ...]
    """Home rooms that suit, smallest first."""
    guests: tuple[int, ...]
    """Venues that may be guests for the most demanding guest place."""
    guest_rooms: tuple[dict[int, tuple[int, ...]], ...]
    """For each guest place: the suitable rooms of each venue, smallest first."""
    length: int
    """Slots of a single session; 0 when no single session can hold the work."""
    same_day: int
    """Starts on the opening day from which a single session ends in time."""
    later: int
    """Starts on later working days from which a single session ends in time."""
    starts: int
    """All starts of a single session: those of the opening day and the later ones."""
    window: int
    """Slots that sessions on later days may use."""
    steps: int
    """Starts that lie on the project's grid."""
    prices: tuple[int, ...]
    """The price of a start at the beginning of each axis day, from the first possible day on."""
    first_day: int
    split_from: int
    """The slot from which a start is a split that could have been avoided; never reached if it had to be split."""
    ties: tuple[tuple[int, int], ...]
    """Each possible guest with its number in the random order of equals, from the recorded seed."""
    distance: dict[int, int]
    """The price of each guest's distance, where the rules ask for the nearest."""

    @property
    def project_id(self) -> str:
        """The project's id."""
        return self.brief.project.project_id

    @property
    def guest_count(self) -> int:
        """How many guest venues it needs."""
        return len(self.guest_rooms)


def starts_within(brief: Brief, axis: Axis, length: int) -> tuple[int, int]:
    """Starts of a single session of `length` slots: on the opening day, and on later working days."""
    shifts, days = brief.shifts, axis.days
    same = 0
    slot_minutes = length * axis.grid
    nth = bisect_left(days, brief.opening_day)
    latest = min(shifts.cutoff, brief.last_minute) - slot_minutes
    if brief.work <= shifts.most_work:
        same = axis.span(nth, brief.earliest, latest + axis.grid) if latest >= brief.earliest else 0
    later = 0
    for day in brief.days:
        later |= axis.span(bisect_left(days, day), shifts.resume, shifts.cutoff - slot_minutes + axis.grid)
    return same, later & ready_from(brief, axis)


def window_of(brief: Brief, axis: Axis) -> int:
    """The slots of later working days between the hour of resumption and the 22:00 line."""
    slots = 0
    for day in brief.days:
        slots |= axis.span(bisect_left(axis.days, day), brief.shifts.resume, brief.shifts.cutoff)
    return slots


def ready_from(brief: Brief, axis: Axis) -> int:
    """The slots of later days that lie after the opening is over, should it reach into them."""
    over = brief.opening_day + timedelta(days=brief.ready // MINUTES_A_DAY)
    nth = bisect_left(axis.days, over)
    closed = axis.width * nth
    if nth < len(axis.days) and axis.days[nth] == over and over > brief.opening_day:
        closed += max(0, min(axis.width, brief.ready % MINUTES_A_DAY // axis.grid - axis.first))
    return ((1 << axis.slots) - 1) >> closed << closed


def steps_of(brief: Brief, axis: Axis) -> int:
    """The slots at which the project's grid allows a start."""
    every = brief.shifts.grid // axis.grid
    if every == 1:
        return (1 << axis.slots) - 1
    day = sum(1 << slot for slot in range(axis.width) if (axis.first + slot) % every == 0)
    return sum(day << (nth * axis.width) for nth in range(len(axis.days)))


def split_from(brief: Brief, axis: Axis) -> int:
    """The first slot after the opening day; past the axis where the opening day could not hold the evaluation."""
    return axis.width * bisect_right(axis.days, brief.opening_day) if brief.fits else axis.slots


def prices_of(brief: Brief, axis: Axis, avoidable: int, wait: int) -> tuple[int, tuple[int, ...]]:
    """The first axis day, and for each from it on the price of minute 0 of the day.

    The price of a start is that plus `wait` for each step of the minute: earlier starts never cost more.
    """
    shifts = brief.shifts
    first_day = bisect_left(axis.days, brief.opening_day)
    opens = shifts.up(minute_of(brief.home.usual[0]))
    earliest = brief.earliest if brief.fits else max(shifts.up(shifts.resume), opens)
    prices: list[int] = []
    surcharge = avoidable if brief.fits else 0
    ordinal = 0 if brief.fits else -1
    days = set(brief.days)
    for day in axis.days[first_day:]:
        ordinal += day in days
        split = day > brief.opening_day
        steps = ordinal * shifts.steps_a_day - earliest // shifts.grid
        prices.append(wait * steps + (surcharge if split else 0))
    return first_day, tuple(prices)
