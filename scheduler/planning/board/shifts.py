"""How work is laid into sessions (评标场次): breaks, the longest session, and what one day can hold."""

from dataclasses import dataclass

from scheduler.rules import Rules
from scheduler.timeline import MINUTE, minute_of


@dataclass(frozen=True, slots=True)
class Shifts:
    """The rule book's hours and breaks, in minutes."""

    grid: int
    resume: int
    cutoff: int
    break_every: int
    break_length: int
    most_work: int

    @classmethod
    def of(cls, rules: Rules) -> "Shifts":
        """The hours that these rules give."""
        return cls(
            grid=max(1, rules.plan_grid // MINUTE),
            resume=minute_of(rules.split_resume_time),
            cutoff=minute_of(rules.split_cutoff_local_time),
            break_every=rules.eval_break_every // MINUTE,
            break_length=rules.eval_break_length // MINUTE,
            most_work=rules.eval_max_continuous // MINUTE,
        )

    @property
    def steps_a_day(self) -> int:
        """Steps of the grid from the hour of resumption to the 22:00 line: the length of a day of waiting."""
        return (self.cutoff - self.resume) // self.grid

    def up(self, minutes: int) -> int:
        """The first multiple of the grid at or after so many minutes."""
        return -(-minutes // self.grid) * self.grid

    def length(self, work: int) -> int:
        """How long a session with so much work lasts: a break after each stretch that is not the last."""
        if work <= 0 or self.break_every <= 0:
            return work
        return work + self.break_length * ((work - 1) // self.break_every)

    def work_in(self, length: int) -> int:
        """The most work that a session of so many minutes holds."""
        if self.break_every <= 0:
            return length
        rounds, rest = divmod(length, self.break_every + self.break_length)
        return rounds * self.break_every + min(self.break_every, rest)

    def day_holds(self, opens: int, closes: int) -> int:
        """The most work of one session on a later day, at venues open together between two minutes."""
        window = min(self.cutoff, closes) - self.up(max(self.resume, opens))
        return min(self.most_work, self.work_in(max(0, window)))

    def count(self, work: int, most: int) -> int:
        """How many sessions the work takes when none holds more than `most`; 0 when none holds any."""
        most = most // self.grid * self.grid
        return -(-work // most) if most > 0 else 0

    def sessions(self, work: int, most: int) -> tuple[int, ...]:
        """The work of each session when none holds more than `most`: all full but the last."""
        most = most // self.grid * self.grid
        if most <= 0:
            return ()
        full, rest = divmod(work, most)
        return (most,) * full + ((rest,) if rest else ())
