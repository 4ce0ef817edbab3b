"""A plan in the making: places projects, takes them out again, and knows what it costs."""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from math import ceil

from scheduler.planning import cost
from scheduler.planning.demand import Demand, demand_of
from scheduler.planning.problem import Problem
from scheduler.planning.rooms import VenueRooms


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a project sits: days with first slot and length, and (venue, room number) per place, home first."""

    sessions: tuple[tuple[date, int, int], ...]
    rooms: tuple[tuple[str, int], ...]
    waited: int
    split: bool
    avoidable: bool

    @property
    def cost(self) -> int:
        """What the placement adds, guest support apart."""
        return cost.AVOIDABLE_SPLIT * self.avoidable + cost.WAITED_SLOT * self.waited


class Draft:
    """Rooms, counts and placements, changed one project at a time; every state is legal, though not complete."""

    def __init__(self, problem: Problem, fair: bool = True) -> None:
        self.problem = problem
        self._fair = fair
        self.grid = problem.grid
        commitments = defaultdict(list)
        for commitment in problem.commitments:
            commitments[commitment.venue_id].append(commitment)
        self.venues = {
            venue.venue_id: VenueRooms(venue, commitments[venue.venue_id], self.grid)
            for venue in problem.venues
        }
        self.demands = {
            project.project_id: demand_of(problem, project, self.grid) for project in problem.projects
        }
        self.placements: dict[str, Placement] = {}
        self.weights = cost.support_weights(problem.venues)
        self.support = Counter({entry.venue_id: entry.projects for entry in problem.support_history})
        self.pairs = Counter({(entry.home, entry.guest): entry.projects for entry in problem.pair_history})
        self._pair_caps = self._caps()
        self._supply = {(entry.venue_id, entry.requirement): entry.experts for entry in problem.supply}
        self._supply_used: Counter[tuple[str, object, date]] = Counter()
        self._fitting: dict[tuple[str, int, frozenset[str]], tuple[int, ...]] = {}

    @property
    def cost(self) -> int:
        """The cost of the draft as it stands, on the scale of `scheduler.planning.cost`."""
        placed = sum(placement.cost for placement in self.placements.values())
        missing = len(self.demands) - len(self.placements)
        support = sum(self.weights[venue] * count * count for venue, count in self.support.items())
        return cost.UNSCHEDULED * missing + placed + support

    def insert(self, project_id: str, salt: int) -> bool:
        """Place the project at its cheapest legal start; guests are chosen at random, by `salt`, among equals."""
        demand = self.demands[project_id]
        placement = self._cheapest(demand, salt)
        if placement is not None:
            self.restore(project_id, placement)
        return placement is not None

    def remove(self, project_id: str) -> None:
        """Take the project out again."""
        self._apply(self.demands[project_id], self.placements.pop(project_id), -1)

    def restore(self, project_id: str, placement: Placement) -> None:
        """Put the project back exactly where it was."""
        self._apply(self.demands[project_id], placement, 1)
        self.placements[project_id] = placement

    def fitting(self, venue_id: str, seats: int, demand: Demand) -> tuple[int, ...]:
        """The rooms of a venue that can hold that part of the panel."""
        key = (venue_id, seats, demand.project.equipment)
        if key not in self._fitting:
            self._fitting[key] = self.venues[venue_id].fitting(seats, demand.project.equipment)
        return self._fitting[key]

    def may_host(self, demand: Demand, venue_id: str) -> bool:
        """Whether the venue may ever be guest of the project: another region, and a room for its part."""
        venue = self.venues[venue_id].venue
        other = venue.region != self.venues[demand.project.home].venue.region
        return other and bool(self.fitting(venue_id, min(demand.guest_seats, default=1), demand))

    def _cheapest(self, demand: Demand, salt: int) -> Placement | None:
        """The legal placement that waits least: on the opening day if it can, else on the first day with room."""
        if demand.same_day is not None:
            first, last = demand.same_day
            length = demand.lengths[0]
            found = self._first_start(demand, demand.opening, length, (first, last), salt)
            if found is not None:
                start, rooms = found
                return Placement(
                    ((demand.opening, start, length),), rooms, start - first, split=False, avoidable=False
                )
        if not demand.lengths:
            return None
        avoidable = demand.same_day is not None
        ahead = demand.window[1] - demand.window[0]
        waited = max(0, demand.window[1] - demand.same_day[0]) if demand.same_day is not None else 0
        for nth in range(len(demand.days) - len(demand.lengths) + 1):
            if len(demand.lengths) == 1:
                length = demand.lengths[0]
                day = demand.days[nth]
                found = self._first_start(
                    demand, day, length, (demand.window[0], demand.window[1] - length), salt
                )
                if found is not None:
                    start, rooms = found
                    wait = waited + nth * ahead + start - demand.window[0]
                    return Placement(((day, start, length),), rooms, wait, split=True, avoidable=avoidable)
            else:
                sessions = tuple(
                    (demand.days[nth + part], demand.window[0], length)
                    for part, length in enumerate(demand.lengths)
                )
                rooms_found = self._rooms_for(demand, sessions, salt)
                if rooms_found is not None:
                    return Placement(
                        sessions, rooms_found, waited + nth * ahead, split=True, avoidable=avoidable
                    )
        return None

    def _first_start(
        self, demand: Demand, day: date, length: int, bounds: tuple[int, int], salt: int
    ) -> tuple[int, tuple[tuple[str, int], ...]] | None:
        """The earliest start on a day at which home and enough guests have a room."""
        first, last = bounds
        if first > last:
            return None
        starts = self._venue_starts(demand, demand.project.home, demand.home_seats, day, length)
        starts &= ((1 << (last + 1)) - 1) & ~((1 << first) - 1)
        if starts and demand.guest_seats:
            per_guest = [
                self._venue_starts(demand, venue_id, demand.guest_seats[-1], day, length)
                for venue_id in self.venues
                if self.may_host(demand, venue_id)
            ]
            starts &= _covered(per_guest, len(demand.guest_seats))
        while starts:
            start = (starts & -starts).bit_length() - 1
            rooms = self._rooms_for(demand, ((day, start, length),), salt)
            if rooms is not None:
                return start, rooms
            starts &= starts - 1
        return None

    def _venue_starts(self, demand: Demand, venue_id: str, seats: int, day: date, length: int) -> int:
        venue, starts = self.venues[venue_id], 0
        for number in self.fitting(venue_id, seats, demand):
            starts |= venue.starts(number, day, length)
        return starts

    def _rooms_for(
        self, demand: Demand, sessions: tuple[tuple[date, int, int], ...], salt: int
    ) -> tuple[tuple[str, int], ...] | None:
        """A room at home and one at each guest, all free in all sessions; None when there are not enough."""
        home = self._free_room(demand, demand.project.home, demand.home_seats, sessions)
        if home is None or not self._supplied(demand, demand.project.home, 0, sessions):
            return None
        rooms = [(demand.project.home, home)]
        ranked = sorted(
            (venue_id for venue_id in self.venues if self.may_host(demand, venue_id)),
            key=lambda venue_id: self._guest_rank(demand, venue_id, salt),
        )
        for place, seats in enumerate(demand.guest_seats, start=1):
            for venue_id in ranked:
                if any(venue_id == taken for taken, _ in rooms) or self._pair_is_full(demand, venue_id):
                    continue
                room = self._free_room(demand, venue_id, seats, sessions)
                if room is not None and self._supplied(demand, venue_id, place, sessions):
                    rooms.append((venue_id, room))
                    break
            else:
                return None
        return tuple(rooms)

    def _free_room(
        self, demand: Demand, venue_id: str, seats: int, sessions: tuple[tuple[date, int, int], ...]
    ) -> int | None:
        venue = self.venues[venue_id]
        for number in self.fitting(venue_id, seats, demand):
            if all(venue.starts(number, day, length) >> start & 1 for day, start, length in sessions):
                return number
        return None

    def _guest_rank(self, demand: Demand, venue_id: str, salt: int) -> tuple[int, bytes]:
        if not self._fair:
            return 0, venue_id.encode()
        marginal = self.weights[venue_id] * (2 * self.support[venue_id] + 1)
        ticket = f"{self.problem.seed}|{salt}|{demand.project.project_id}|{venue_id}"
        return marginal, hashlib.blake2b(ticket.encode(), digest_size=8).digest()

    def _pair_is_full(self, demand: Demand, venue_id: str) -> bool:
        home = demand.project.home
        return self.pairs[home, venue_id] >= self._pair_caps[home]

    def _caps(self) -> dict[str, int]:
        """Per home how many projects one guest may support: the share cap of all its projects, at least one."""
        totals: Counter[str] = Counter()
        for (home, _), count in self.pairs.items():
            totals[home] += count
        for demand in self.demands.values():
            totals[demand.project.home] += len(demand.guest_seats)
        return {
            demand.project.home: max(
                1,
                ceil(self.problem.rules(demand.project).remote_pair_share_max * totals[demand.project.home]),
            )
            for demand in self.demands.values()
        }

    def _supplied(
        self, demand: Demand, venue_id: str, place: int, sessions: tuple[tuple[date, int, int], ...]
    ) -> bool:
        for wanted, requirement, seats in demand.requirements:
            experts = self._supply.get((venue_id, requirement))
            if wanted == place and experts is not None:
                for day, _, _ in sessions:
                    if self._supply_used[venue_id, requirement, day] + seats > experts:
                        return False
        return True

    def _apply(self, demand: Demand, placement: Placement, sign: int) -> None:
        for venue_id, number in placement.rooms:
            for day, start, length in placement.sessions:
                self.venues[venue_id].toggle(number, day, start, length)
        for venue_id, _ in placement.rooms[1:]:
            self.support[venue_id] += sign
            self.pairs[demand.project.home, venue_id] += sign
        for place, requirement, seats in demand.requirements:
            venue_id = placement.rooms[place][0]
            for day, _, _ in placement.sessions:
                self._supply_used[venue_id, requirement, day] += sign * seats


def _covered(masks: list[int], times: int) -> int:
    """The bits set in at least `times` of the masks."""
    at_least = [0] * (times + 1)
    at_least[0] = -1
    for mask in masks:
        for count in range(times, 0, -1):
            at_least[count] |= at_least[count - 1] & mask
    return at_least[times]
