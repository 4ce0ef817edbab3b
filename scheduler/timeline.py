"""Working days and compressed working time: nights and days off are cut out, what is left is numbered.

A slot is one step of the grid on one day of the axis. Sets of slots are Python integers (bit n is slot n): a
room's free time, the starts a project may have, the starts at which a session of some length still fits.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduler.errors import require

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone in which rules such as 22:00 are read."""

MINUTE = timedelta(minutes=1)
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Working days (工作日): Monday to Friday, less the holidays, plus the make-up workdays (调休).

    `covered` is the span for which holidays were announced; outside it only weekends are days off.
    """

    holidays: frozenset[date]
    makeup_workdays: frozenset[date]
    covered: tuple[date, date]

    def __post_init__(self) -> None:
        require(self.covered[0] <= self.covered[1], "covered", self.covered, "a span ends after it starts")
        both = self.holidays & self.makeup_workdays
        require(not both, "makeup_workdays", sorted(both)[:1], "a day is a holiday or a make-up workday")

    def is_certain(self, day: date) -> bool:
        """Whether holidays are known for the day."""
        return self.covered[0] <= day <= self.covered[1]

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on the day."""
        return day in self.makeup_workdays or (day.weekday() < 5 and day not in self.holidays)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def working_days_after(self, day: date, count: int) -> Iterator[date]:
        """The next `count` working days after `day`."""
        for _ in range(count):
            day = self.next_working_day(day)
            yield day


def minute_of(clock: time) -> int:
    """Minutes since midnight, rounded down."""
    return clock.hour * 60 + clock.minute


@dataclass(frozen=True, slots=True)
class Axis:
    """Slots of `grid` minutes, from slot `first` of each day's midnight grid, `width` a day, over `days`.

    The last slot of each day is a night: in no span, so that no run of slots passes from day to day.
    """

    days: tuple[date, ...]
    grid: int
    first: int
    width: int

    @classmethod
    def of(cls, days: Iterable[date], grid: int, opens: int, closes: int) -> "Axis":
        """The axis over these days whose slots cover minutes `opens` to `closes` of each."""
        first = opens // grid
        return cls(tuple(sorted(set(days))), grid, first, max(1, -(-closes // grid) - first) + 1)

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return len(self.days) * self.width

    def day_of(self, slot: int) -> date:
        """The day on which the slot lies."""
        return self.days[slot // self.width]

    def minute_at(self, slot: int) -> int:
        """The minute of its day at which the slot starts."""
        return (self.first + slot % self.width) * self.grid

    def moment(self, slot: int) -> datetime:
        """The local time at which the slot starts."""
        midnight = datetime.combine(self.day_of(slot), time(), ZONE)
        return midnight + timedelta(minutes=self.minute_at(slot))

    def span(self, day: int, opens: int, closes: int) -> int:
        """The slots of the nth day that lie wholly between two minutes of the day."""
        low = max(0, -(-opens // self.grid) - self.first)
        high = min(self.width - 1, closes // self.grid - self.first)
        return ((1 << (high - low)) - 1) << (day * self.width + low) if low < high else 0

    def daily(self, opens: int, closes: int) -> int:
        """The slots of all days that lie wholly between two minutes of their day."""
        first, days = self.span(0, opens, closes), len(self.days)
        return sum(first << (nth * self.width) for nth in range(days))

    def slot_at(self, start: datetime) -> int:
        """The slot that starts then; -1 when none does."""
        start = start.astimezone(ZONE)
        nth = bisect_left(self.days, start.date())
        slot, rest = divmod(_minutes(start), self.grid)
        at = int(slot) - self.first
        if rest or nth == len(self.days) or self.days[nth] != start.date() or not 0 <= at < self.width - 1:
            return -1
        return nth * self.width + at

    def slots_before(self, moment: datetime) -> int:
        """How many slots start before the moment."""
        moment = moment.astimezone(ZONE)
        nth = bisect_left(self.days, moment.date())
        if nth == len(self.days) or self.days[nth] != moment.date():
            return nth * self.width
        past = -int(-_minutes(moment) // self.grid) - self.first
        return nth * self.width + min(self.width, max(0, past))

    def touched(self, start: datetime, end: datetime) -> int:
        """Every slot that shares a moment with the time from `start` to `end`."""
        start, end = start.astimezone(ZONE), end.astimezone(ZONE)
        taken = 0
        for nth in range(bisect_left(self.days, start.date()), bisect_right(self.days, end.date())):
            day = self.days[nth]
            low = _minutes(start) if day == start.date() else 0.0
            high = _minutes(end) if day == end.date() else float(MINUTES_A_DAY)
            first = max(0, int(low // self.grid) - self.first)
            last = min(self.width, int(-(-high // self.grid)) - self.first)
            if first < last:
                taken |= ((1 << (last - first)) - 1) << (nth * self.width + first)
        return taken


def starts_of(free: int, length: int) -> int:
    """The slots from which `length` slots in a row are free, by doubling: O(log length) integer operations."""
    have = 1
    while free and have < length:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free


def first_slot(slots: int) -> int:
    """The lowest slot of a set; -1 when there is none."""
    return (slots & -slots).bit_length() - 1


def each_slot(slots: int) -> Iterator[int]:
    """The slots of a set, in order."""
    while slots:
        low = slots & -slots
        yield low.bit_length() - 1
        slots ^= low


@lru_cache(maxsize=4096)
def run_of(length: int) -> int:
    """A set of the first `length` slots."""
    return (1 << length) - 1


def _minutes(moment: datetime) -> float:
    return moment.hour * 60 + moment.minute + moment.second / 60 + moment.microsecond / 60e6
