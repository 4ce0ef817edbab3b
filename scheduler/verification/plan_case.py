"""Own arithmetic of the checker: local days, working days, durations, seats, worked out anew from the rule book."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations

from scheduler.planning.outcome import Booking, Plan
from scheduler.planning.problem import Problem
from scheduler.projects import Project, Requirement
from scheduler.rules import Rules
from scheduler.timeline import ZONE
from scheduler.venues import Venue

Use = tuple[datetime, datetime, str]


@dataclass(frozen=True)
class Case:
    """A plan beside its problem, looked up by id."""

    problem: Problem
    plan: Plan
    projects: dict[str, Project]
    venues: dict[str, Venue]

    def booked(self) -> Iterator[tuple[Booking, Project, Rules]]:
        """Each booking of a known project with the rules of its opening day."""
        for booking in self.plan.bookings:
            project = self.projects.get(booking.project_id)
            if project is not None:
                yield booking, project, self.rules(project)

    def rules(self, project: Project) -> Rules:
        """The rules on the project's opening day."""
        on = local(project.opening_at).date()
        return self.problem.rule_book.at(on, project.region, project.kind)


def local(at: datetime) -> datetime:
    """The time on the clocks of the rules."""
    return at.astimezone(ZONE)


def is_working_day(problem: Problem, day: date) -> bool:
    """Whether centres work that day: make-up workdays on, holidays and weekends off."""
    calendar = problem.calendar
    return day in calendar.makeup_workdays or (day.isoweekday() <= 5 and day not in calendar.holidays)


def next_working_day(problem: Problem, day: date) -> date:
    """The first working day after that day."""
    later = day + timedelta(days=1)
    while not is_working_day(problem, later):
        later += timedelta(days=1)
    return later


def working_time(project: Project, rules: Rules) -> timedelta:
    """The forecast's quantile, by the formula of the rule book."""
    base = getattr(rules, f"duration_base_{project.category}")
    per_bidder = getattr(rules, f"duration_per_bidder_{project.category}")
    minutes = (rules.duration_setup + rules.duration_report) / timedelta(minutes=1)
    for section in project.sections:
        minutes += (base + section.bidders * per_bidder) / timedelta(minutes=1)
    exact = round(minutes) * rules.duration_quantile_factor
    return timedelta(minutes=-(-exact.numerator // exact.denominator))


def with_breaks(work: timedelta, rules: Rules) -> timedelta:
    """How long a session with that much work lasts, a break after each full stretch that more work follows."""
    breaks, rest = divmod(work, rules.eval_break_every)
    return work + rules.eval_break_length * (breaks if rest else breaks - 1)


def work_in(length: timedelta, rules: Rules) -> timedelta:
    """The working time in a session of that length: a break after each full eval.break_every of work."""
    work = timedelta()
    while length > timedelta():
        stretch = min(length, rules.eval_break_every)
        work += stretch
        length -= stretch + rules.eval_break_length
    return work


def overlaps(intervals: Iterable[Use]) -> Iterator[tuple[Use, Use]]:
    """All pairs that overlap, not neighbours only, so that every clash is listed."""
    for first, second in combinations(sorted(intervals), 2):
        if second[0] < first[1]:
            yield first, second


def seats_by_place(booking: Booking, project: Project) -> Iterator[tuple[int, Requirement, int]]:
    """Guests in turn take a seat of the specialty with most seats left; home keeps the rest."""
    left = dict(project.specialties)
    for place, part in enumerate(booking.guests, start=1):
        taken: Counter[Requirement] = Counter()
        for _ in range(min(part.experts, sum(left.values()))):
            most = max(left, key=lambda requirement: left[requirement])
            left[most] -= 1
            taken[most] += 1
        yield from ((place, requirement, seats) for requirement, seats in taken.items())
    yield from ((0, requirement, seats) for requirement, seats in left.items() if seats)
