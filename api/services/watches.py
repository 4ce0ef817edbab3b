"""The 22:00 watch (22点预警) tells of running evaluations: the expected end, the alarm, where a split could go."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from api import record
from api.office import Office
from api.planning import watching
from api.refusals import WrongState
from api.store import durations
from models.durations import WatchRow
from models.projects import ProjectState


def look(session: Session, office: Office, project_id: str, actor: str, now: datetime) -> None:
    """Centre and hosts know how the evaluation will end, if that is otherwise than they were told."""
    case = record.case(session, project_id, lock=True)
    if case.project.state != ProjectState.EVALUATING:
        raise WrongState("evaluation", project_id, f"is {case.project.state}, not evaluating")
    seen = watching.outlook(session, office, case, now)
    if not watching.is_news(session, seen):
        return
    told: dict[str, Any] = {
        "forecast_end": seen.forecast_end.isoformat(),
        "latest_end": seen.latest_end.isoformat(),
        "alarm": seen.alarm.value,
        "probability": round(seen.probability, 4),
    }
    if (slot := watching.proposal(session, office, seen, now)) is not None:
        told |= {"proposed_start": slot.start.isoformat(), "proposed_end": slot.end.isoformat()}
    durations.watch(
        session,
        WatchRow(
            project_id=project_id,
            alarm=seen.alarm.value,
            probability=seen.probability,
            forecast_end=seen.forecast_end,
            seen_at=now,
        ),
    )
    record.Scribe(session, actor, now).note("forecast.changed", case, facts=told)
