"""The world as the planner is asked about it: what is to be placed, around what, and with what behind it."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, timedelta

from sqlmodel import Session

from api.office import Office
from api.planning import learning
from api.planning.learning import Durations
from api.store import bookings, experts, guests, limits, projects, support, surroundings, venues
from models.bookings import BookingState
from models.plans import PlanRow
from models.projects import ProjectState
from scheduler.planning.problem import PairCount, Problem, Refusal, Supply, SupportCount
from scheduler.projects import Project
from scheduler.supply import supply_left, supply_of, uses_of
from scheduler.timeline import ZONE
from scheduler.venues import Venue

PLANNABLE = (ProjectState.SUBMITTED, ProjectState.UNSCHEDULED)
"""States in which a plan looks for a place."""
AHEAD = (BookingState.PENDING, BookingState.CONFIRMED)
"""States of bookings whose supports are not counted yet."""
BY_ASSUMPTION = Durations()
MONTH, YEAR = 7, 4
"""Characters of an ISO day that name its month, and its year."""


def day_of(session: Session, office: Office, plan: PlanRow) -> Problem:
    """The problem that an order asks about, as the world is now: its day's projects that have no place."""
    day = date.fromisoformat(plan.opening_date)
    waiting = [row for row in projects.rows_of(session, day) if row.state in PLANNABLE]
    durations = learning.known(session, plan.durations_digest)
    wanted = projects.values(session, waiting)
    return problem_of(session, office, wanted, int(plan.seed), durations=durations)


def problem_of(
    session: Session,
    office: Office,
    wanted: tuple[Project, ...],
    seed: int,
    without: Collection[str] = (),
    durations: Durations = BY_ASSUMPTION,
) -> Problem:
    """The problem of placing these projects around everything that is booked, but for these bookings.

    Pairs that met within `remote.pair_window` before the first opening, or are booked to meet, and supports
    given or booked in its `support.period` are the history, with those from before the service. Who has refused
    a project is not asked again. How long evaluations take, `durations` says, else the rule book.
    """
    known = venues.load_all(session)
    return Problem(
        projects=wanted,
        venues=known,
        supply=_supply(session, office, wanted, known),
        calendar=office.calendar,
        rule_book=office.book,
        durations=tuple(_durations(session, office, wanted, durations)),
        commitments=(*bookings.commitments(session, without), *surroundings.commitments(session)),
        pair_history=tuple(_pairs(session, office, wanted)),
        support_history=tuple(_supports(session, office, wanted)),
        distances=surroundings.distances(session),
        quotas=surroundings.quotas(session),
        refusals=tuple(
            Refusal(project_id, venue_id)
            for project_id, venue_id in guests.refusals(session, {project.project_id for project in wanted})
        ),
        seed=seed,
    )


def _durations(
    session: Session, office: Office, wanted: tuple[Project, ...], durations: Durations
) -> Iterator[tuple[str, timedelta]]:
    """What a learned model says of each project; nothing where the rule book's assumption holds."""
    if durations.model is None:
        return
    places = venues.places(session)
    for project in wanted:
        rules = office.book.at(project.opening_at.date(), project.region, project.kind)
        yield project.project_id, durations.forecast(project, places[project.home][0], rules).quantile


def _supply(
    session: Session, office: Office, wanted: tuple[Project, ...], known: tuple[Venue, ...]
) -> tuple[Supply, ...]:
    """Experts of each region whom these projects may count on: the pool, what is declared, less who is booked."""
    regions = {venue.venue_id: venue.region for venue in known}
    pool = supply_of(experts.load_pool(session), regions.values(), wanted)
    rows = (*pool, *limits.load_all(session))
    if not wanted:
        return rows
    ids = {project.project_id for project in wanted}
    since = min(project.opening_at for project in wanted)
    booked = [row for row in bookings.ahead(session, since) if row.project_id not in ids]
    held = {booking.project_id: booking for booking in bookings.values(session, booked)}
    others = projects.values(session, projects.rows_with(session, held))
    uses = (
        use
        for other in others
        for use in uses_of(
            held[other.project_id],
            other,
            office.book.at(other.opening_at.date(), other.region, other.kind),
            regions,
        )
    )
    return supply_left(rows, uses)


def _pairs(session: Session, office: Office, wanted: tuple[Project, ...]) -> Iterator[PairCount]:
    """How often each home of the wanted projects has met, or is booked to meet, each guest."""
    since: dict[str, date] = {}
    for project in wanted:
        day = project.opening_at.astimezone(ZONE).date()
        first = day - office.book.at(day, project.region, project.kind).remote_pair_window
        since[project.home] = min(first, since.get(project.home, first))
    if not since:
        return
    ids = {project.project_id for project in wanted}
    met: Counter[tuple[str, str]] = Counter()
    for meeting in bookings.meetings(session, min(since.values()).isoformat()):
        first = since.get(meeting.home, date.max)
        if meeting.project_id not in ids and date.fromisoformat(meeting.opening_date) > first:
            met[meeting.home, meeting.guest] += 1
    for home, first in since.items():
        for prior in surroundings.pairs(session, home, first):
            met[home, prior.guest] += prior.projects
    for (home, guest), count in met.items():
        yield PairCount(home, guest, count)


def _supports(session: Session, office: Office, wanted: tuple[Project, ...]) -> Iterator[SupportCount]:
    """What each venue has supported in the period of the first opening, and is booked to support in it."""
    if not wanted:
        return
    first = min(wanted, key=lambda project: (project.opening_at, project.project_id))
    day = first.opening_at.astimezone(ZONE).date()
    rules = office.book.at(day, first.region, first.kind)
    period = day.isoformat()[: MONTH if rules.support_period == "month" else YEAR]
    counts = Counter(support.counts(session, period))
    ids = {project.project_id for project in wanted}
    counts.update(
        meeting.guest
        for meeting in bookings.meetings(session, period, AHEAD)
        if meeting.opening_date.startswith(period) and meeting.project_id not in ids
    )
    for prior in surroundings.supports(session, period):
        counts[prior.venue_id] += prior.projects
    for venue_id, count in counts.items():
        yield SupportCount(venue_id, count)
