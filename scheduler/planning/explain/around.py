"""A few projects of a plan by themselves, all that the others hold being given: legal there is legal in the whole."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

from scheduler.planning.board.task import Brief, Known, brief_of
from scheduler.planning.outcome import Booking, Plan
from scheduler.planning.problem import Commitment, PairCount, Problem, Quota, Supply
from scheduler.supply import Use, supply_left, uses_of
from scheduler.timeline import ZONE


def around(problem: Problem, plan: Plan, ids: Collection[str]) -> Problem:
    """The problem of these projects alone, where the others of the plan stay as they are.

    Their rooms are committed, their supports are in the histories of pairs, their experts and crossings are
    taken off supply and quotas. Nothing counts as begun. Homes whose projects do not share one cap keep them all.
    """
    return Surroundings(problem, plan).of(ids)


class Surroundings:
    """What all problems around projects of one plan share, worked out once."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.projects = {project.project_id: project for project in problem.projects}
        self.bookings = {booking.project_id: booking for booking in plan.bookings}
        self._venues = {venue.venue_id: venue for venue in problem.venues}
        self._known = Known(problem)
        self._works = dict(problem.durations)
        self._briefs: dict[str, Brief | None] = {}

    def brief(self, project_id: str) -> Brief | None:
        """The project under its rules; None when it is not lawful."""
        if project_id not in self._briefs:
            project = self.projects[project_id]
            found = brief_of(self._known, project, self._venues, self._works.get(project_id))
            self._briefs[project_id] = found if isinstance(found, Brief) else None
        return self._briefs[project_id]

    def of(self, ids: Collection[str]) -> Problem:
        """The problem around these projects."""
        problem = self.problem
        own = self._with_their_kind(ids)
        others = [booking for booking in self.plan.bookings if booking.project_id not in own]
        homes = {self.projects[project_id].home for project_id in own}
        return replace(
            problem,
            projects=tuple(project for project in problem.projects if project.project_id in own),
            commitments=problem.commitments + tuple(_held(others)),
            pair_history=problem.pair_history + tuple(_met(others, homes)),
            supply=self._supply(others),
            quotas=self._quotas(others),
            durations=tuple(entry for entry in problem.durations if entry[0] in own),
            refusals=tuple(entry for entry in problem.refusals if entry.project_id in own),
            begun=(),
            withdrawn=problem.withdrawn + tuple(self._asked_in_vain(own, homes)),
        )

    def _with_their_kind(self, ids: Collection[str]) -> frozenset[str]:
        """These projects, and those of their homes where kinds differ in what bounds a pair."""
        homes = {self.projects[project_id].home for project_id in ids}
        own = set(ids)
        for home in homes:
            theirs = [p for p in self.problem.projects if p.home == home]
            briefs = [brief for p in theirs if (brief := self.brief(p.project_id)) and brief.remote]
            if len({(b.rules.remote_pair_share_max, b.rules.remote_guest_scope) for b in briefs}) > 1:
                own |= {p.project_id for p in theirs}
        return frozenset(own)

    def _asked_in_vain(self, own: Collection[str], homes: Collection[str]) -> Iterator[str]:
        """The home of each support that an unscheduled project of these homes would have had: caps count them."""
        for project in self.problem.projects:
            if project.home in homes and project.project_id not in {*own, *self.bookings}:
                brief = self.brief(project.project_id)
                if brief is not None and brief.remote:
                    yield from (project.home,) * project.guest_count

    def _supply(self, others: Collection[Booking]) -> tuple[Supply, ...]:
        if not self.problem.supply:
            return ()
        return supply_left(self.problem.supply, self._uses(others))

    def _uses(self, others: Collection[Booking]) -> Iterator[Use]:
        regions = {venue.venue_id: venue.region for venue in self.problem.venues}
        for booking in others:
            project = self.projects[booking.project_id]
            rules = self._known.rules(project.opening_at.astimezone(ZONE).date(), project)
            yield from uses_of(booking, project, rules, regions)

    def _quotas(self, others: Collection[Booking]) -> tuple[Quota, ...]:
        return tuple(
            replace(quota, projects=max(0, quota.projects - sum(self._crosses(quota, b) for b in others)))
            for quota in self.problem.quotas
        )

    def _crosses(self, quota: Quota, booking: Booking) -> bool:
        regions = [self._venues[part.venue_id].region for part in booking.parts]
        to = any(region.startswith(quota.guest_region) for region in regions[1:])
        return to and regions[0].startswith(quota.home_region)


def _held(others: Collection[Booking]) -> Iterator[Commitment]:
    for booking in others:
        for part in booking.parts:
            for session in booking.sessions:
                yield Commitment(part.venue_id, part.room_id, session.start, session.end)


def _met(others: Collection[Booking], homes: Collection[str]) -> Iterator[PairCount]:
    pairs = Counter(
        (booking.home.venue_id, part.venue_id)
        for booking in others
        if booking.home.venue_id in homes
        for part in booking.guests
    )
    for (home, guest), count in pairs.items():
        yield PairCount(home, guest, count)
