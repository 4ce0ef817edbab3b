"""The part of a simulated day from the check-in on: names unlock, sections are evaluated, results follow."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from api.demo.people import ACTOR, People
from api.office import Office
from api.planning.learning import began, worked
from api.services import checkins, evaluations, results
from api.store import bookings, engagements, invitations, projects
from models.checkins import CheckInMethod
from models.engagements import EngagementState
from models.projects import ProjectState
from scheduler.estimate import forecast

RESULT_AFTER = timedelta(minutes=40)


def experts_arrive(office: Office, day: date, people: People, now: datetime) -> None:
    """Members of filled and opened panels check in; with the last one, names unlock and work begins."""
    with office.reading() as session:
        rows = [
            row
            for row in projects.rows_of(session, day)
            if row.opened_at is not None and row.state in checkins.BEFORE_START
        ]
        held = bookings.held(session, [row.project_id for row in rows])
        starts = {
            row.project_id: value.start
            for row, value in zip(held, bookings.values(session, held), strict=True)
        }
        members = [m for row in rows for m in engagements.members(session, row.project_id)]
        cards = {m.engagement_id: invitations.of_engagement(session, m.engagement_id) for m in members}
    for member in members:
        due = people.arrives_at(member.engagement_id, starts[member.project_id])
        if member.state == EngagementState.ACCEPTED and due <= now:
            with office.changing() as session:
                checkins.check_in(
                    session,
                    cards[member.engagement_id],
                    venue_ids=frozenset({member.venue_id}),
                    method=CheckInMethod.IDENTITY_CARD,
                    actor=f"host-{member.venue_id}",
                    now=now,
                )
                checkins.unlock(session, member.project_id, office.keys.sealer, ACTOR, now)


def evaluations_begin(office: Office, day: date, now: datetime) -> None:
    """A panel that is complete begins at the start planned, or as soon as it is complete."""
    with office.reading() as session:
        rows = [row for row in projects.rows_of(session, day) if row.state == ProjectState.CHECKING_IN]
        complete = [row.project_id for row in rows if row.names_unlocked_at is not None]
        held = bookings.held(session, complete)
        starts = {
            row.project_id: value.start
            for row, value in zip(held, bookings.values(session, held), strict=True)
        }
    for project_id in complete:
        if starts[project_id] <= now:
            with office.changing() as session:
                evaluations.start(session, office, project_id, ACTOR, now)


def sections_are_done(office: Office, day: date, people: People, now: datetime) -> None:
    """Sections are finished one after another, at each panel's own pace, while its sessions last."""
    with office.reading() as session:
        rows = [row for row in projects.rows_of(session, day) if row.state == ProjectState.EVALUATING]
        held = bookings.held(session, [row.project_id for row in rows])
        sessions = {
            row.project_id: value.sessions
            for row, value in zip(held, bookings.values(session, held), strict=True)
        }
        sections = {
            row.project_id: [s for s in projects.sections_of(session, row.project_id) if not s.failed]
            for row in rows
        }
        values = {value.project_id: value for value in projects.values(session, rows)}
    for row in rows:
        listed, value = sections[row.project_id], values[row.project_id]
        rules = office.book.at(value.opening_at.date(), value.region, value.kind)
        names = {section.section_id for section in listed}
        value = replace(value, sections=tuple(s for s in value.sections if s.section_id in names))
        takes = forecast(value, rules).expected * people.pace(row.project_id)
        done = worked(began(sessions[row.project_id], now), row.started_at or now, now, rules)
        for nth, section in enumerate(listed, start=1):
            if section.finished_at is None and takes * nth / len(listed) <= done:
                with office.changing() as session:
                    evaluations.finish_section(
                        session, office, row.project_id, section.section_id, ACTOR, now
                    )


def results_are_published(office: Office, day: date, now: datetime) -> None:
    """Some time after the report the result is public, and the panel's names with it."""
    with office.reading() as session:
        reported = [row for row in projects.rows_of(session, day) if row.state == ProjectState.REPORTED]
        ended = {row.project_id: projects.last_finished(session, row.project_id) for row in reported}
    for row in reported:
        if ended[row.project_id] + RESULT_AFTER <= now:
            with office.changing() as session:
                results.publish(session, row.project_id, office.keys.sealer, ACTOR, now)
