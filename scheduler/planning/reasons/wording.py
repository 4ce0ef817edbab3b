"""Why an evaluation is split or on site, and why a project has no place: what a plan carries as its reasons."""

from collections.abc import Iterator

from scheduler.planning.board.task import Brief, Task
from scheduler.planning.outcome import Unscheduled
from scheduler.planning.problem import Problem
from scheduler.planning.reasons.said import Said
from scheduler.planning.search.draft import Placement
from scheduler.timeline import minute_of


def why_split(brief: Brief) -> Said:
    """Why it cannot be, or could have been, on the opening day."""
    shifts = brief.shifts
    quantile = f"P{float(brief.rules.split_forecast_quantile) * 100:.0f}"
    if brief.work > shifts.most_work:
        work, most = str(brief.work), str(shifts.most_work)
        told = {"quantile": quantile, "work": work, "most": most, "grid": str(shifts.grid)}
        return Said(
            "split_work_on_grid" if brief.work - shifts.grid < shifts.most_work else "split_work", told
        )
    end = brief.earliest + shifts.length(brief.work)
    span = {"quantile": quantile, "from": str(brief.earliest), "end": str(end)}
    if brief.fits:
        return Said("split_rooms" if brief.remote else "split_home_room", span)
    opens, closes = brief.home.hours_on(brief.opening_day)
    if opens == closes:
        return Said("split_closed", {"venue": brief.home.venue_id})
    closing = minute_of(closes)
    if closing < shifts.cutoff:
        return Said("split_hours", {**span, "venue": brief.home.venue_id, "closes": str(closing)})
    return Said("split_line", {**span, "line": str(shifts.cutoff)})


def why_on_site(brief: Brief) -> Said:
    """Why no guest takes part."""
    exemption = brief.project.exemption
    if exemption is not None and exemption in brief.rules.remote_exempt:
        return Said("on_site", {"exemption": exemption.value})
    return Said("on_site_all")


def why_booked(task: Task, placement: Placement, split: bool) -> str:
    """The facts behind a split or a stay on site, in a sentence; empty when there is nothing to explain."""
    return "; ".join(said.sentence() for said in _reasons(task, len(placement.sessions), split))


def _reasons(task: Task, sessions: int, split: bool) -> Iterator[Said]:
    if split:
        yield why_split(task.brief)
    if not task.brief.remote:
        yield why_on_site(task.brief)
    if sessions > 1:
        yield Said("sessions", {"count": str(sessions)})


def why_suspended(project_id: str, problem: Problem) -> Unscheduled:
    """Why an evaluation that has begun cannot go on in its rooms."""
    return Unscheduled(project_id, "suspended", suspension(project_id, problem).sentence())


def suspension(project_id: str, problem: Problem) -> Said:
    """What is said of an evaluation that has begun and cannot go on in its rooms."""
    booking = next(booking for booking in problem.begun if booking.project_id == project_id)
    return Said("suspended", {"rooms": ", ".join(part.room_id for part in booking.parts)})


def why_unscheduled(task: Task) -> Unscheduled:
    """Why no place was found, with a stable code."""
    code, said = why_nowhere(task)
    return Unscheduled(task.project_id, code, said.sentence())


def why_nowhere(task: Task) -> tuple[str, Said]:
    """A fact where one decides it, otherwise what was looked for and not found."""
    brief, shifts = task.brief, task.brief.shifts
    horizon = len(brief.days)
    opens, closes = brief.home.usual
    most = shifts.day_holds(minute_of(opens), minute_of(closes))
    needed = shifts.count(brief.work, most)
    span = {"work": str(brief.work), "days": str(horizon)}
    if not task.length and needed == 0:
        return "beyond_horizon", Said("no_session", span)
    if not task.length and needed > horizon:
        return "beyond_horizon", Said("beyond_horizon", {**span, "sessions": str(needed)})
    asked = {
        "sessions": str(1 if task.length else needed),
        "seats": str(brief.seats(0)),
        "venue": brief.home.venue_id,
        "days": str(horizon),
    }
    if not task.guest_count:
        return "no_common_time", Said("no_common_time", asked)
    guests = {"guests": str(task.guest_count), "able": str(len(task.guests))}
    return "no_common_time", Said("no_common_time_with_guests", {**asked, **guests})
