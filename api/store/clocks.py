"""The simulated clock of a rehearsal."""

from datetime import datetime

from sqlmodel import Session

from models.clocks import ClockRow


def load(session: Session) -> ClockRow | None:
    """The clock, if this is a rehearsal."""
    return session.get(ClockRow, 1)


def start(session: Session, now: datetime, day: str, seed: int) -> None:
    """The rehearsal of the day begins at `now`."""
    session.add(ClockRow(now=now, opening_date=day, seed=str(seed)))
    session.flush()


def turn_to(session: Session, day: str) -> None:
    """The rehearsal is about another day."""
    clock = session.get_one(ClockRow, 1)
    clock.opening_date = day
    session.add(clock)
    session.flush()


def set_now(session: Session, now: datetime) -> None:
    """A restart goes on from `now`."""
    clock = session.get_one(ClockRow, 1)
    clock.now = now
    session.add(clock)
    session.flush()
