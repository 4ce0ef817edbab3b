"""Durations from the service's own history: finished evaluations are records, and a model is learned from them.

A model is stored whole, under the digest of its text, and never changed; a plan names the one it was ordered with.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from api import record
from api.office import Office
from api.store import durations, projects
from models.durations import DurationModelRow
from scheduler.estimate import Calibration, Forecast, Model, Record, calibrate, fit, forecast
from scheduler.estimate.assumption import assumed_spread, level_of
from scheduler.estimate.history import FEWEST
from scheduler.planning.board.shifts import Shifts
from scheduler.planning.outcome import Session as Sitting
from scheduler.projects import ProcurementKind, Project
from scheduler.rules import Rules

MINUTE = timedelta(minutes=1)
MOST = 2_000
"""Evaluations, the newest, that a model is learned from: panels of years ago are not those of today."""
GROWTH = 20
"""A model is learned anew when the history has grown by a part in so many, or on another day by one."""


@dataclass(frozen=True, slots=True)
class Durations:
    """What is known of durations: a learned model, or without one the rule book's assumption."""

    model: Model | None = None
    digest: str = ""

    def forecast(self, project: Project, centre_id: str, rules: Rules) -> Forecast:
        """The project's working time, expected and at the rule book's quantile."""
        if self.model is None:
            return forecast(project, rules)
        return self.model.forecast(project, centre_id, rules)

    def prior(self, project: Project, centre_id: str, rules: Rules) -> tuple[float, float]:
        """The logarithm of taken over assumed time before the evaluation begins: mean and deviation."""
        if self.model is None:
            return 0.0, assumed_spread(rules)
        sections = len(project.sections)
        ratio = self.model.ratio(centre_id, project.category, sections, project.bids)
        return ratio, self.model.deviation


def known(session: Session, digest: str | None = None) -> Durations:
    """The model of that digest; without one named, the newest; the assumption where there is none."""
    row = durations.newest(session) if digest is None else durations.row(session, digest) if digest else None
    return Durations() if row is None else Durations(_read(row.text), row.digest)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A fitted model that is not in use yet, and how good its like has been so far."""

    model: Model
    calibration: Calibration
    records: int
    finished: int


def study(session: Session, office: Office, now: datetime) -> Lesson | None:
    """A model of what is finished, if there is enough of it that no model knows yet; nothing is changed."""
    count, last = durations.count_finished(session), durations.newest(session)
    if last is not None:
        fresh = now.astimezone(projects.LOCAL).date() > last.trained_at.astimezone(projects.LOCAL).date()
        if count < last.finished + (1 if fresh else max(1, last.finished // GROWTH)):
            return None
    if count < FEWEST:
        return None
    history = records(session, office)
    model = fit(history)
    return None if model is None else Lesson(model, calibration(history, office, now), len(history), count)


def adopt(session: Session, lesson: Lesson, now: datetime) -> DurationModelRow:
    """The model is in use for what is planned and watched from now on."""
    text = json.dumps(asdict(lesson.model), sort_keys=True, separators=(",", ":"))
    digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    last = durations.newest(session)
    if last is not None and last.digest == digest:
        return last
    return durations.add(
        session,
        digest=digest,
        text=text,
        records=lesson.records,
        finished=lesson.finished,
        calibration=asdict(lesson.calibration),
        now=now,
    )


def calibration(history: list[Record], office: Office, now: datetime) -> Calibration:
    """How good the learned forecasts were at the quantile in force, the assumption's beside them."""
    rules = office.book.at(now.astimezone(projects.LOCAL).date(), "", ProcurementKind.CONSTRUCTION)
    return calibrate(history, level_of(rules), assumed_spread(rules))


def records(session: Session, office: Office, most: int = MOST) -> list[Record]:
    """The finished evaluations as records: sections that failed left out, breaks and nights taken out.

    What is assumed of each follows from the rules of its opening and the bids that it had.
    """
    cases = record.cases(session, durations.finished(session, most))
    values = {value.project_id: value for value in projects.values(session, [c.project for c in cases])}
    found = []
    for case in cases:
        row = case.project
        sections = projects.sections_of(session, row.project_id)
        done = [s for s in sections if s.finished_at is not None and not s.failed]
        if case.booking is None or row.started_at is None or not done:
            continue
        ended = max(s.finished_at for s in done if s.finished_at is not None)
        names = {s.section_id for s in done}
        value = values[row.project_id]
        value = replace(value, sections=tuple(s for s in value.sections if s.section_id in names))
        rules = office.book.at(value.opening_at.date(), value.region, value.kind)
        taken = worked(began(case.booking.sessions, ended), row.started_at, ended, rules)
        found.append(
            Record(
                finished_on=ended.astimezone(projects.LOCAL).date(),
                centre_id=case.centre_id,
                category=value.category,
                sections=len(value.sections),
                bids=value.bids,
                assumed=forecast(value, rules).expected,
                taken=max(MINUTE, taken),
            )
        )
    return found


def began(sittings: tuple[Sitting, ...], until: datetime) -> tuple[Sitting, ...]:
    """The sessions that had begun by then; the first, if none had."""
    return tuple(s for s in sittings if s.start <= until) or sittings[:1]


def worked(sittings: tuple[Sitting, ...], started: datetime, until: datetime, rules: Rules) -> timedelta:
    """The work done between the start and `until`: in sessions, breaks taken out; the last goes on past its end."""
    shifts, total = Shifts.of(rules), 0
    for nth, sitting in enumerate(sittings):
        end = until if nth + 1 == len(sittings) else min(sitting.end, until)
        start = max(started, sitting.start) if nth else started
        if start < end and (nth == 0 or sitting.start <= until):
            total += shifts.work_in((end - start) // MINUTE)
    return total * MINUTE


def _read(text: str) -> Model:
    raw = json.loads(text)
    return Model(
        coefficients=tuple(raw["coefficients"]),
        centres=tuple((centre, offset) for centre, offset in raw["centres"]),
        spread=raw["spread"],
        scores=tuple(raw["scores"]),
        records=raw["records"],
    )
