"""The watch of opened evaluations: how long they take as seen now, and whether they will pass 22:00 (22点预警)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from api import record
from api.office import Office
from api.planning.replanning import work_of
from api.refusals import WrongState
from api.store import projects
from models.projects import ProjectState
from scheduler.estimate import Alarm, Finished, forecast, live_forecast, remaining, watch
from scheduler.planning.outcome import Session as Sitting
from scheduler.planning.shifts import Shifts
from scheduler.projects import Project
from scheduler.rules import Rules

MINUTE = timedelta(minutes=1)
AHEAD = (
    ProjectState.GUEST_PENDING,
    ProjectState.BOOKED,
    ProjectState.DRAWING,
    ProjectState.DRAW_SHORT,
    ProjectState.PANEL_FILLED,
    ProjectState.CHECKING_IN,
)
"""States in which an opened project waits for its evaluation."""
DRAWN = (ProjectState.DRAWING, ProjectState.PANEL_FILLED, ProjectState.CHECKING_IN, ProjectState.EVALUATING)
"""States in which there is a panel, so that an evaluation that takes longer goes on where it is."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is forecast of one evaluation: `work` is enough by split.forecast_quantile, `booked` what is held."""

    project_id: str
    work: timedelta
    booked: timedelta
    forecast_end: datetime
    probability: float
    """That it passes the 22:00 line of the day."""
    alarm: Alarm
    overdue: bool
    """Whether the rooms held do not suffice, so that the plan is to be answered anew."""


def outlook(session: Session, office: Office, case: record.Case, now: datetime) -> Outlook:
    """The evaluation's outlook; raises `WrongState` unless it is booked and its bids are open."""
    row = case.project
    if case.booking is None or row.opened_at is None or row.state not in (*AHEAD, ProjectState.EVALUATING):
        rule = f"is {row.state}: a forecast is renewed from the opening to the report"
        raise WrongState("evaluation", row.project_id, rule)
    failed = {s.section_id for s in projects.sections_of(session, row.project_id) if s.failed}
    project = projects.load(session, row.project_id)
    project = replace(project, sections=tuple(s for s in project.sections if s.section_id not in failed))
    rules = office.book.at(project.opening_at.date(), project.region, project.kind)
    booked = work_of(case.booking, project, office)
    if row.state != ProjectState.EVALUATING or row.started_at is None:
        expected = forecast(project, rules)
        span = timedelta(minutes=Shifts.of(rules).length(expected.expected // MINUTE))
        return Outlook(
            project_id=row.project_id,
            work=expected.quantile,
            booked=booked,
            forecast_end=case.booking.start + span,
            probability=0.0,
            alarm=Alarm.CALM,
            overdue=expected.quantile > booked,
        )
    return _live(session, project, case.booking.sessions, row.started_at, booked, rules, now)


def overdue(session: Session, office: Office, now: datetime) -> Iterator[Outlook]:
    """The evaluations that need more time than they have, each with its outlook."""
    states = (*AHEAD, ProjectState.EVALUATING)
    rows = [row for row in projects.rows_of(session) if row.state in states and row.opened_at is not None]
    for case in record.cases(session, rows):
        if case.booking is not None:
            seen = outlook(session, office, case, now)
            if seen.overdue:
                yield seen


def _live(
    session: Session,
    project: Project,
    sittings: Sequence[Sitting],
    started: datetime,
    booked: timedelta,
    rules: Rules,
    now: datetime,
) -> Outlook:
    """The outlook of an evaluation under way, sharper with each section that is done."""
    done = sorted(
        (section.finished_at, section.section_id)
        for section in projects.sections_of(session, project.project_id)
        if section.finished_at is not None
    )
    finished, before = [], rules.duration_setup
    for at, section_id in done:
        until = worked(sittings, started, at, rules)
        finished.append(Finished(section_id, max(MINUTE, until - before)))
        before = max(before, until)
    so_far = worked(sittings, started, now, rules)
    rest = remaining(project, rules, finished, so_far)
    whole = live_forecast(rest, so_far, rules)
    today = [s for s in sittings if s.start <= now] or list(sittings[:1])
    since = max(started, today[-1].start)
    here = worked(sittings[len(today) - 1 :], since, now, rules)
    seen = watch(rest, now.astimezone(projects.LOCAL), here, rules)
    shifts = Shifts.of(rules)
    end = since + timedelta(minutes=shifts.length((here + whole.expected - so_far) // MINUTE))
    short = whole.quantile > booked
    return Outlook(
        project_id=project.project_id,
        work=whole.quantile,
        booked=booked,
        forecast_end=end,
        probability=seen.probability,
        alarm=seen.alarm,
        overdue=short and (seen.alarm is Alarm.SPLIT or end > today[-1].end),
    )


def worked(sittings: Sequence[Sitting], started: datetime, until: datetime, rules: Rules) -> timedelta:
    """The work done between the start and `until`: in sessions, breaks taken out; the last goes on past its end."""
    shifts, total = Shifts.of(rules), 0
    for nth, sitting in enumerate(sittings):
        end = until if nth + 1 == len(sittings) else min(sitting.end, until)
        start = max(started, sitting.start) if nth else started
        if start < end and (nth == 0 or sitting.start <= until):
            total += shifts.work_in((end - start) // MINUTE)
    return total * MINUTE
