"""True sentences: why an evaluation is split or on site, and why a project has no place."""

from scheduler.planning.board import Board
from scheduler.planning.draft import Placement
from scheduler.planning.outcome import Unscheduled
from scheduler.planning.problem import Problem
from scheduler.planning.task import Brief, Task
from scheduler.timeline import MINUTES_A_DAY, minute_of


def hours(minutes: int) -> str:
    """Minutes in words: 8 h 30 min."""
    full, rest = divmod(minutes, 60)
    return " ".join(([f"{full} h"] if full else []) + ([f"{rest} min"] if rest or not full else []))


def clock(minute: int) -> str:
    """A minute of the day as 22:00; past midnight the next day's."""
    later = " on the next day" if minute >= MINUTES_A_DAY else ""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}{later}"


def why_split(brief: Brief) -> str:
    """Why it cannot be, or could have been, on the opening day."""
    shifts = brief.shifts
    quantile = f"P{float(brief.rules.split_forecast_quantile) * 100:.0f}"
    if brief.work > shifts.most_work:
        grid = f" on the grid of {hours(shifts.grid)}" if brief.work - shifts.grid < shifts.most_work else ""
        return (
            f"{quantile} is {hours(brief.work)} of work{grid}; a panel works at most {hours(shifts.most_work)} "
            "in one session"
        )
    end = brief.earliest + shifts.length(brief.work)
    span = f"from {clock(brief.earliest)} its {quantile} with breaks ends {clock(end)}"
    if brief.fits and not brief.remote:
        return f"{span}, in time, but on the opening day no room was found free at home"
    if brief.fits:
        return f"{span}, in time, but on the opening day no rooms were found free together at home and guest"
    closing = minute_of(brief.home.closes)
    if closing < shifts.cutoff:
        return f"{span}, after {brief.home.venue_id} closes at {clock(closing)}"
    return f"{span}, past {clock(shifts.cutoff)}"


def why_booked(task: Task, placement: Placement, split: bool) -> str:
    """The facts behind a split or a stay on site; empty when there is nothing to explain."""
    reasons = []
    if split:
        reasons.append(why_split(task.brief))
    if not task.brief.remote:
        exemption = task.brief.project.exemption
        reasons.append(f"on site: {exemption.value}" if exemption else "on site: remote evaluation is off")
    if len(placement.sessions) > 1:
        reasons.append(f"{len(placement.sessions)} sessions")
    return "; ".join(reasons)


def why_suspended(miss: Unscheduled, problem: Problem) -> Unscheduled:
    """Why an evaluation that has begun cannot go on in its rooms."""
    booking = next(booking for booking in problem.begun if booking.project_id == miss.project_id)
    rooms = ", ".join(part.room_id for part in booking.parts)
    return Unscheduled(
        miss.project_id,
        "suspended",
        f"it has begun, and its rooms {rooms} are not free together for what is left within the horizon",
    )


def why_unscheduled(board: Board, task: Task) -> Unscheduled:
    """Why no place was found: a fact where one decides it, otherwise what was looked for and not found."""
    brief, shifts = task.brief, task.brief.shifts
    horizon = len(brief.days)
    most = shifts.day_holds(minute_of(brief.home.opens), minute_of(brief.home.closes))
    needed = shifts.count(brief.work, most)
    if not task.length and (needed == 0 or needed > horizon):
        held = "the home's hours hold none" if needed == 0 else f"needs {needed} sessions"
        return Unscheduled(
            task.project_id,
            "beyond_horizon",
            f"{held} for {hours(brief.work)} of work; {horizon} working days may be used",
        )
    seats = f"{brief.seats(0)} seats at {brief.home.venue_id}"
    guests = ""
    if task.guest_count:
        able = len(task.guests)
        guests = f" together with {task.guest_count} of {able} possible guest venues"
    sessions = "one session" if task.length else f"{needed} sessions"
    return Unscheduled(
        task.project_id,
        "no_common_time",
        f"for {sessions} with {seats} no free time was found{guests} within {horizon} working days",
    )
