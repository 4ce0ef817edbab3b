"""The watch of opened evaluations: how long they take as seen now, and whether they will pass 22:00 (22点预警)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import Session

from api import record
from api.office import Office
from api.planning import learning, replanning
from api.planning.learning import Durations, began, worked
from api.planning.replanning import work_of
from api.refusals import WrongState
from api.store import durations, projects
from models.durations import WatchRow
from models.projects import ProjectState, SectionRow
from scheduler.estimate import Alarm, Finished, live_forecast, remaining, watch
from scheduler.estimate.assumption import section_time
from scheduler.planning import Overrun
from scheduler.planning.board.shifts import Shifts
from scheduler.planning.outcome import Session as Sitting
from scheduler.projects import Project
from scheduler.rules import Rules

MINUTE = timedelta(minutes=1)
MOVED = 15 * MINUTE
"""By how much an expected end has moved before it is told without another reason."""
LAST = timedelta(hours=1)
"""How long before the rooms' end the watch itself takes more time though it has only warned so far."""
TOGETHER = 5 * MINUTE
"""Sections recorded as done this close to each other were worked on together, and recorded when all were done."""
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
    latest_end: datetime
    """By split.forecast_quantile."""
    probability: float
    """That it passes the 22:00 line of the day with work that no later session holds."""
    alarm: Alarm
    overdue: bool
    """Whether the rooms held do not suffice, so that the plan is to be answered anew."""
    durations_digest: str
    """The model of durations that it rests on; empty for the rule book's assumption."""
    running: bool = True


def outlook(
    session: Session, office: Office, case: record.Case, now: datetime, known: Durations | None = None
) -> Outlook:
    """The evaluation's outlook; raises `WrongState` unless it is booked and its bids are open."""
    row = case.project
    if case.booking is None or row.opened_at is None or row.state not in (*AHEAD, ProjectState.EVALUATING):
        rule = f"is {row.state}: a forecast is renewed from the opening to the report"
        raise WrongState("evaluation", row.project_id, rule)
    known = learning.known(session) if known is None else known
    sections = projects.sections_of(session, row.project_id)
    failed = {section.section_id for section in sections if section.failed}
    project = projects.load(session, row.project_id)
    project = replace(project, sections=tuple(s for s in project.sections if s.section_id not in failed))
    rules = office.book.at(project.opening_at.date(), project.region, project.kind)
    booked = work_of(case.booking, project, office)
    if row.state == ProjectState.EVALUATING and row.started_at is not None:
        under_way = _UnderWay(case, project, rules, row.started_at, case.booking.sessions, known)
        return under_way.outlook(sections, booked, now)
    expected = known.forecast(project, case.centre_id, rules)
    lasts = Shifts.of(rules)
    ends = [
        end_of(case.booking.sessions, case.booking.start, timedelta(), work, lasts)
        for work in (expected.expected, expected.quantile)
    ]
    return Outlook(
        project_id=row.project_id,
        work=expected.quantile,
        booked=booked,
        forecast_end=ends[0],
        latest_end=ends[1],
        probability=0.0,
        alarm=Alarm.CALM,
        overdue=expected.quantile > booked,
        durations_digest=known.digest,
        running=False,
    )


def outlooks(session: Session, office: Office, now: datetime) -> Iterator[Outlook]:
    """The outlook of every opened evaluation that has rooms."""
    states = (*AHEAD, ProjectState.EVALUATING)
    rows = [row for row in projects.rows_of(session) if row.state in states and row.opened_at is not None]
    known = learning.known(session)
    for case in record.cases(session, rows):
        if case.booking is not None:
            yield outlook(session, office, case, now, known)


def tell_end(session: Session, seen: Outlook, now: datetime) -> dict[str, str]:
    """The expected end as facts of an event; it is on record that it was told."""
    before = durations.watched(session, [seen.project_id]).get(seen.project_id)
    durations.watch(
        session,
        WatchRow(
            project_id=seen.project_id,
            alarm=Alarm.CALM if before is None else before.alarm,
            probability=seen.probability,
            forecast_end=seen.forecast_end,
            seen_at=now,
        ),
    )
    return {"forecast_end": seen.forecast_end.isoformat(), "latest_end": seen.latest_end.isoformat()}


def is_news(session: Session, seen: Outlook) -> bool:
    """Whether the end has moved, or the alarm changed, since it was last told."""
    before = durations.watched(session, [seen.project_id]).get(seen.project_id)
    if before is None:
        return True
    return before.alarm != seen.alarm or abs(before.forecast_end - seen.forecast_end) >= MOVED


def proposal(session: Session, office: Office, seen: Outlook, now: datetime) -> Sitting | None:
    """The next slot that the evaluation could go on in on another day, in its rooms with its panel.

    None while the line is not likely to be passed, when it has such a slot already, and when none is found.
    The slot is the planner's answer to the overrun, passed by the independent checker; nothing is changed.
    """
    if seen.alarm not in (Alarm.WARN, Alarm.SPLIT) or seen.work <= seen.booked:
        return None
    before = replanning.in_force(session, office, {seen.project_id}, 0, held={seen.project_id}, lock=False)
    _, plan = replanning.answer(before, Overrun(seen.project_id, seen.work), now)
    held = {booking.project_id: booking.sessions for booking in before.plan.bookings}[seen.project_id]
    planned = {booking.project_id: booking.sessions for booking in plan.bookings}.get(seen.project_id, held)
    return planned[len(held)] if len(planned) > len(held) else None


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """An evaluation that has begun."""

    case: record.Case
    project: Project
    rules: Rules
    started: datetime
    sittings: tuple[Sitting, ...]
    known: Durations

    def outlook(self, sections: Sequence[SectionRow], booked: timedelta, now: datetime) -> Outlook:
        """Its outlook, sharper with each section that is done."""
        so_far = worked(self.sittings, self.started, now, self.rules)
        ratio, spread = self.known.prior(self.project, self.case.centre_id, self.rules)
        rest = remaining(self.project, self.rules, self._finished(sections), so_far, ratio, spread)
        whole = live_forecast(rest, so_far, self.rules)
        today = began(self.sittings, now)
        since = max(self.started, today[-1].start)
        here = worked(today[-1:], since, now, self.rules)
        from_today = self.sittings[len(today) - 1 :]
        shifts = Shifts.of(self.rules)
        later = sum(shifts.work_in((s.end - s.start) // MINUTE) for s in from_today[1:]) * MINUTE
        seen = watch(rest, now.astimezone(projects.LOCAL), since, self.rules, later)
        ends = [
            max(now, end_of(from_today, since, here, here + work - so_far, shifts))
            for work in (whole.expected, whole.quantile)
        ]
        return Outlook(
            project_id=self.project.project_id,
            work=whole.quantile,
            booked=booked,
            forecast_end=ends[0],
            latest_end=ends[1],
            probability=seen.probability,
            alarm=seen.alarm,
            overdue=whole.quantile > booked and self._cannot_wait(seen.alarm, ends[0], now),
            durations_digest=self.known.digest,
        )

    def _cannot_wait(self, alarm: Alarm, end: datetime, now: datetime) -> bool:
        """Whether more time is to be taken now: people have a warning's time to answer the proposal themselves."""
        last = self.sittings[-1].end
        return alarm is Alarm.SPLIT or (end > last and (alarm is not Alarm.WARN or now > last - LAST))

    def _finished(self, sections: Sequence[SectionRow]) -> list[Finished]:
        """What each finished section took; those recorded together share their time as assumed of them."""
        assumed = {s.section_id: section_time(self.project, self.rules, s.bidders) for s in sections}
        done = sorted((s.finished_at, s.section_id) for s in sections if s.finished_at is not None)
        groups = [done[:1]] if done else []
        for (earlier, _), entry in pairwise(done):
            if entry[0] - earlier <= TOGETHER:
                groups[-1].append(entry)
            else:
                groups.append([entry])
        found, before = [], self.rules.duration_setup
        for group in groups:
            last = group[-1][0]
            until = worked(began(self.sittings, last), self.started, last, self.rules)
            taken = max(MINUTE, until - before)
            whole = sum((assumed[section_id] for _, section_id in group), timedelta())
            for _, section_id in group:
                share = assumed[section_id] / whole if whole else 1 / len(group)
                found.append(Finished(section_id, max(taken * share, timedelta(seconds=1))))
            before = max(before, until)
        return found


def end_of(
    sittings: Sequence[Sitting], since: datetime, here: timedelta, work: timedelta, shifts: Shifts
) -> datetime:
    """When so much work is done that began at `since` in the first sitting; the last sitting goes on past its end.

    `here` of it is done: a sitting that went on past its end already is not held to it.
    """
    left = work // MINUTE
    for nth, sitting in enumerate(sittings):
        start = max(since, sitting.start) if nth == 0 else sitting.start
        holds = shifts.work_in(max(0, (sitting.end - start) // MINUTE))
        if nth == 0:
            holds = max(holds, here // MINUTE)
        if nth + 1 == len(sittings) or left <= holds:
            return start + timedelta(minutes=shifts.length(left))
        left -= holds
    return since
