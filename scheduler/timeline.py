"""Working time: which days are worked, and how long a session lasts with its breaks."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.errors import require
from scheduler.rules import Rules

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone in which rules speak of days and hours."""

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Working days (工作日): weekends and holidays off, make-up workdays (调休) on.

    `covered` are the first and last day for which holidays are known; outside it only weekends count, and
    `is_certain` says so.
    """

    holidays: frozenset[date]
    makeup_workdays: frozenset[date]
    covered: tuple[date, date]

    def __post_init__(self) -> None:
        both = sorted(self.holidays & self.makeup_workdays)
        require(not both, "makeup_workdays", both, "a day is a holiday or a make-up workday, not both")

    def is_working_day(self, day: date) -> bool:
        """Whether centres work on that day."""
        return day in self.makeup_workdays or (day.weekday() < 5 and day not in self.holidays)

    def is_certain(self, day: date) -> bool:
        """Whether the holidays around that day are known."""
        return self.covered[0] <= day <= self.covered[1]

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += DAY
        while not self.is_working_day(day):
            day += DAY
        return day

    def working_days_after(self, day: date, count: int) -> tuple[date, ...]:
        """The first `count` working days after `day`."""
        days = []
        for _ in range(count):
            day = self.next_working_day(day)
            days.append(day)
        return tuple(days)


def local(day: date, clock: time) -> datetime:
    """That hour of that day, in the rules' zone."""
    return datetime.combine(day, clock, ZONE)


def with_breaks(work: timedelta, rules: Rules) -> timedelta:
    """How long a session of `work` lasts: a break after each full `eval.break_every` that more work follows."""
    return work + rules.eval_break_length * ((work - MINUTE) // rules.eval_break_every)


def work_within(window: timedelta, rules: Rules) -> timedelta:
    """The longest work that one session can hold in `window`, breaks and `eval.max_continuous` respected."""
    stretch = rules.eval_break_every + rules.eval_break_length
    full, rest = divmod(max(window, timedelta()), stretch)
    return min(full * rules.eval_break_every + min(rest, rules.eval_break_every), rules.eval_max_continuous)
