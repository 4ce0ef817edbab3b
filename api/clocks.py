"""What time it is: the wall's, or a simulated day's."""

from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """The time, in UTC."""


class WallClock:
    """The real time."""

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)


class SteppedClock:
    """A time that moves only when told to; never back."""

    def __init__(self, start: datetime) -> None:
        self._now, self._lock = start.astimezone(UTC), Lock()

    def now(self) -> datetime:
        """The time, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """The time, later by that much."""
        with self._lock:
            self._now += max(by, timedelta())
            return self._now

    def reach(self, moment: datetime) -> datetime:
        """The time, at least that moment."""
        with self._lock:
            self._now = max(self._now, moment.astimezone(UTC))
            return self._now
