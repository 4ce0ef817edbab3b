"""The plan that shards make together, who fared badly in it, and the groups of provinces in which to repair it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from scheduler.planning.board import compile_board, limits_of
from scheduler.planning.board.balance import met_before, support_cost, support_scale
from scheduler.planning.board.task import Brief, Known, brief_of
from scheduler.planning.chance import ticket
from scheduler.planning.outcome import Booking, Plan, Unscheduled
from scheduler.planning.problem import PairCount, Problem, Quota
from scheduler.planning.search.resume import placement_of
from scheduler.planning.shards.parts import part_of, prefixes_of
from scheduler.planning.shards.repair import LONG, Level, Repair, Repaired
from scheduler.timeline import MINUTE, MINUTES_A_DAY, ZONE

Pair = tuple[str, str]
TOGETHER = 4
"""Provinces of one group: a repair looks at the guests of all of them, so it must not be large."""


class Whole:
    """Bookings and misses of all shards, the cost they have together, and what a repair needs to know of them."""

    def __init__(self, problem: Problem, digits: int) -> None:
        self.problem = problem
        self.prefix = prefixes_of(problem, digits)
        self.bookings: dict[str, Booking] = {}
        self.misses: dict[str, Unscheduled] = {}
        self.cost = problem.wishes.unscheduled * len(problem.projects)
        """What the plan costs, all whose turn has not come left out."""
        self._digits, self._prices = digits, self.cost
        self._scale, self._met = support_scale(problem), met_before(problem)
        self._projects = {project.project_id: project for project in problem.projects}
        self._briefs = dict(self._briefed())
        index = {venue.venue_id: nth for nth, venue in enumerate(problem.venues)}
        limits = limits_of(problem, list(self._briefs.values()), index)
        self._limits = {problem.venues[nth].venue_id: limit for nth, limit in limits.items()}
        self._begun = {booking.project_id for booking in problem.begun}

    def add(self, part: Problem, plan: Plan) -> None:
        """A shard's projects have their places."""
        self.bookings.update({booking.project_id: booking for booking in plan.bookings})
        self.misses.update({miss.project_id: miss for miss in plan.unscheduled})
        left_out = part.wishes.unscheduled * len(part.projects)
        own = _guest_cost(part, plan.bookings, support_scale(part), met_before(part))
        self._prices += plan.cost - own - left_out
        whole = _guest_cost(self.problem, self.bookings.values(), self._scale, self._met)
        self.cost = self._prices + whole

    def plan(self, bound: int) -> Plan:
        """The plan of the whole."""
        return Plan(
            bookings=tuple(self.bookings[one] for one in sorted(self.bookings)),
            unscheduled=tuple(self.misses[one] for one in sorted(self.misses)),
            cost=self.cost,
            bound=min(bound, self.cost),
            seed=self.problem.seed,
            problem_digest=self.problem.digest,
            rules_digest=self.problem.rule_book.digest,
        )

    def _briefed(self) -> Iterator[tuple[str, Brief]]:
        known, works = Known(self.problem), dict(self.problem.durations)
        venues = {venue.venue_id: venue for venue in self.problem.venues}
        for project in self.problem.projects:
            brief = brief_of(known, project, venues, works.get(project.project_id))
            if isinstance(brief, Brief):
                yield project.project_id, brief

    def sore(self) -> dict[str, bool]:
        """Projects that seek a better place: without one, split avoidably, waiting long (true), or only crossing."""
        found = {}
        for project_id, brief in self._briefs.items():
            booking = self.bookings.get(project_id)
            if project_id in self._begun:
                continue
            if booking is None or _is_late(booking, brief):
                found[project_id] = True
            elif len({self.prefix[part.venue_id] for part in booking.parts}) > 1:
                found[project_id] = False
        return found

    def groups(self, sore: Mapping[str, bool], nth: int) -> list[tuple[str, ...]]:
        """All provinces with venues in groups of a few, those together that have crossing projects between them.

        Each round puts them together differently, in an order from the recorded seed.
        """
        between: Counter[Pair] = Counter()
        for project_id in sore:
            booking = self.bookings.get(project_id)
            for part in booking.guests if booking else ():
                a, b = self.prefix[booking.home.venue_id] if booking else "", self.prefix[part.venue_id]
                between[min(a, b), max(a, b)] += a != b
        seed = self.problem.seed
        left = sorted(set(self.prefix.values()), key=lambda one: (ticket(seed, f"repair/{nth}/{one}"), one))
        groups = []
        while left:
            group = [left.pop(0)]
            while left and len(group) < TOGETHER:
                near = [sum(between[min(a, one), max(a, one)] for a in group) for one in left]
                group.append(left.pop(near.index(max(near))))
            groups.append(tuple(sorted(group)))
        return groups

    def repair(self, group: tuple[str, ...], sore: Mapping[str, bool]) -> Repair | None:
        """The job of repairing these provinces, its iterations not yet counted; None when nobody in them is sore."""
        inside = {venue_id for venue_id, prefix in self.prefix.items() if prefix in group}
        about = [one for one in sore if self._projects[one].home in inside and self._is_inside(one, inside)]
        if not about:
            return None
        movable = set(about) | self._in_the_way((one for one in about if sore[one]), inside)
        problem, others = self.problem, [b for one, b in self.bookings.items() if one not in movable]
        own = tuple(p for p in problem.projects if p.project_id in movable)
        homes = {project.home for project in own}
        part = replace(
            problem,
            projects=own,
            venues=tuple(venue for venue in problem.venues if venue.venue_id in inside),
            quotas=self._quotas_left(others),
            pair_history=(*(p for p in problem.pair_history if p.home in homes), *_meetings(others, homes)),
        )
        supports = Counter(guest.venue_id for booking in others for guest in booking.guests)
        return Repair(
            problem=part_of(part, problem, others),
            bookings=tuple(self.bookings[one] for one in sorted(movable) if one in self.bookings),
            about=tuple(sorted(about)),
            levels=tuple(
                Level(venue_id, ahead + supports[venue_id], scale)
                for venue_id, (ahead, scale) in sorted(self._scale.items())
                if venue_id in inside
            ),
            met=self._met_so_far(others, homes),
            limits=tuple((home, self._limits[home]) for home in sorted(homes) if home in self._limits),
            digits=self._digits,
            iterations=0,
        )

    def take(self, found: Repaired) -> None:
        """The repaired projects have their new places."""
        for one in (
            *(b.project_id for b in found.bookings),
            *(miss.project_id for miss in found.unscheduled),
        ):
            self.bookings.pop(one, None)
            self.misses.pop(one, None)
        self.bookings.update({booking.project_id: booking for booking in found.bookings})
        self.misses.update({miss.project_id: miss for miss in found.unscheduled})
        self._prices -= found.saved
        self.cost -= found.saved

    def _is_inside(self, project_id: str, inside: set[str]) -> bool:
        booking = self.bookings.get(project_id)
        return booking is None or all(part.venue_id in inside for part in booking.parts)

    def _in_the_way(self, about: Iterable[str], inside: set[str]) -> set[str]:
        """Who sits on an opening day in the home of a project that waits, and whose own home that is."""
        wanted = {(self._projects[one].home, self._briefs[one].opening_day) for one in about}
        found = set()
        for one, booking in self.bookings.items():
            days = {session.start.astimezone(ZONE).date() for session in booking.sessions}
            days.add(self._briefs[one].opening_day)
            at = {(part.venue_id, day) for part in booking.parts for day in days}
            if at & wanted and one not in self._begun and self._is_inside(one, inside):
                found.add(one)
        return found

    def _quotas_left(self, others: Iterable[Booking]) -> tuple[Quota, ...]:
        """What others leave of each quota (跨州市配额)."""
        regions = {venue.venue_id: venue.region for venue in self.problem.venues}
        left = []
        for quota in self.problem.quotas:
            used = sum(
                regions[b.home.venue_id].startswith(quota.home_region)
                and any(regions[guest.venue_id].startswith(quota.guest_region) for guest in b.guests)
                for b in others
            )
            left.append(replace(quota, projects=max(0, quota.projects - used)))
        return tuple(left)

    def _met_so_far(self, others: Iterable[Booking], homes: set[str]) -> tuple[PairCount, ...]:
        """For pairs of these homes: how often they met beyond the home's least met pair, others' meetings counted."""
        met = Counter({pair: count for pair, count in self._met.items() if pair[0] in homes})
        for pair in _meetings(others, homes):
            met[pair.home, pair.guest] += pair.projects
        return tuple(PairCount(*pair, count) for pair, count in sorted(met.items()))

    def _meetings(self, homes: set[str]) -> Counter[Pair]:
        """How often pairs of these homes meet, history counted."""
        met: Counter[Pair] = Counter()
        for pair in (*self.problem.pair_history, *_meetings(self.bookings.values(), homes)):
            if pair.home in homes:
                met[pair.home, pair.guest] += pair.projects
        return met

    def keep_shares(self) -> None:
        """No pair meets more often than it may in the whole problem: who is one too many loses the place.

        A small province has few possible guests, so its own even share may be larger than the whole problem's.
        """
        homes = {booking.home.venue_id for booking in self.bookings.values()}
        for pair, met in sorted(self._meetings(homes).items()):
            over = met - self._limits.get(pair[0], met)
            own = [
                one
                for one, booking in sorted(self.bookings.items())
                if over > 0 and one not in self._begun and pair[0] == booking.home.venue_id
                if any(guest.venue_id == pair[1] for guest in booking.guests)
            ]
            for one in own[max(0, len(own) - over) :]:
                self._take_out(one)

    def _take_out(self, project_id: str) -> None:
        booking = self.bookings.pop(project_id)
        venues = {part.venue_id for part in booking.parts}
        alone = replace(
            self.problem,
            projects=(self._projects[project_id],),
            venues=tuple(venue for venue in self.problem.venues if venue.venue_id in venues),
        )
        board = compile_board(alone)
        placement = placement_of(board, 0, booking)
        if placement is None:
            raise RuntimeError("a booking has its place on a board of its own")
        far = sum(board.tasks[0].distance.get(board.room_venue[room], 0) for room in placement.rooms[1:])
        self._prices += self.problem.wishes.unscheduled - placement.price - far
        reason = "its guest would give its home more than the share that one guest may"
        self.misses[project_id] = Unscheduled(project_id, "no_common_time", reason)
        self.cost = self._prices + _guest_cost(self.problem, self.bookings.values(), self._scale, self._met)


def _is_late(booking: Booking, brief: Brief) -> bool:
    """Whether it is split avoidably, or starts long after it could have on its day."""
    if booking.avoidable:
        return True
    start = booking.start.astimezone(ZONE)
    first = brief.earliest if start.date() == brief.opening_day else brief.shifts.resume
    minute = (start - start.replace(hour=0, minute=0)) // MINUTE
    return minute - first % MINUTES_A_DAY >= LONG // MINUTE or _skips_days(start.date(), brief)


def _skips_days(day: date, brief: Brief) -> bool:
    return bool(brief.days) and day > brief.days[0]


def _meetings(bookings: Iterable[Booking], homes: set[str]) -> Iterator[PairCount]:
    met = Counter(
        (booking.home.venue_id, guest.venue_id)
        for booking in bookings
        if booking.home.venue_id in homes
        for guest in booking.guests
    )
    for (home, guest), count in sorted(met.items()):
        yield PairCount(home, guest, count)


def _guest_cost(
    problem: Problem,
    bookings: Iterable[Booking],
    scale: Mapping[str, tuple[Fraction, Fraction]],
    met: Mapping[Pair, int],
) -> int:
    """What supports and meetings cost, on the problem's scale; distances are the same on every scale."""
    supports: Counter[str] = Counter()
    pairs: Counter[Pair] = Counter()
    for booking in bookings:
        for guest in booking.guests:
            supports[guest.venue_id] += 1
            pairs[booking.home.venue_id, guest.venue_id] += 1
    balance = sum(
        support_cost(*scale[v], nth) for v, given in supports.items() for nth in range(1, given + 1)
    )
    rotation = sum(met.get(pair, 0) + nth for pair, meetings in pairs.items() for nth in range(meetings))
    return problem.wishes.support * balance + problem.wishes.rotation * rotation
