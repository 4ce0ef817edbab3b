"""The problem compiled for search: one axis of slots, rooms with their free time, tasks, marginal costs."""

import pickle
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import accumulate
from math import gcd

from scheduler.planning.board.balance import met_before, pair_limit, part_of, support_cost, support_scale
from scheduler.planning.board.task import (
    Brief,
    Hopeless,
    Known,
    Task,
    brief_of,
    prices_of,
    ready_from,
    split_from,
    starts_within,
    steps_of,
    window_of,
)
from scheduler.planning.chance import ticket, ties
from scheduler.planning.problem import Commitment, Problem
from scheduler.planning.reasons.said import Said
from scheduler.timeline import Axis, first_slot, minute_of
from scheduler.venues import Venue


@dataclass(slots=True)
class Board:
    """What search needs, by index: venues and rooms in the order of their ids, tasks in that of projects."""

    problem: Problem
    axis: Axis
    venues: tuple[Venue, ...]
    room_ids: tuple[str, ...]
    room_venue: tuple[int, ...]
    free: tuple[int, ...]
    tasks: tuple[Task, ...]
    hopeless: tuple[tuple[str, Hopeless], ...]
    support: tuple[tuple[Fraction, Fraction], ...]
    met: dict[tuple[int, int], int]
    limits: dict[int, int]
    """The most supports one guest may give each home, history included."""
    history: dict[tuple[int, int], int]
    distance: dict[tuple[int, int], int]
    supply: dict[tuple[str, frozenset[str]], dict[int, int]] = field(default_factory=dict)
    """For each region and set of codes: how many experts each axis day has."""
    begun: frozenset[str] = frozenset()
    """Projects that have started."""
    room_index: dict[tuple[str, str], int] = field(default_factory=dict)
    rooms_of: tuple[tuple[int, ...], ...] = ()
    hours: tuple[tuple[int, int], ...] = ()
    """The minutes from and to which each venue is usually open: what a day of several can hold."""
    at_home: tuple[tuple[int, ...], ...] = ()
    """The tasks of each venue as home."""
    support_steps: tuple[list[int], ...] = ()
    first: tuple[int, ...] = ()
    """For each task: the first slot at which it could start were every room free."""
    least: tuple[int, ...] = ()
    """For each task: the price of that start."""

    _packed: bytes = b""

    def packed(self) -> bytes:
        """The board on its way to other processes; worked out once."""
        if not self._packed:
            self._packed = pickle.dumps(self)
        return self._packed

    def support_price(self, venue: int, nth: int) -> int:
        """What the nth support of a venue costs; worked out once."""
        steps = self.support_steps[venue]
        while len(steps) < nth:
            cost = support_cost(*self.support[venue], len(steps) + 1)
            steps.append(self.problem.wishes.support * cost)
        return steps[nth - 1]

    def price(self, task: Task, slot: int) -> int:
        """The price of starting the task at the slot; never less than at an earlier one."""
        steps = self.axis.minute_at(slot) // task.brief.shifts.grid
        price = task.prices[slot // self.axis.width - task.first_day] + self.problem.wishes.wait * steps
        return max(0, price)


def compile_board(problem: Problem) -> Board:
    """The board of a problem; projects that can have no place are listed with the reason."""
    by_id = {venue.venue_id: venue for venue in problem.venues}
    works = dict(problem.durations)
    briefs: list[Brief] = []
    known = Known(problem)
    hopeless: list[tuple[str, Hopeless]] = []
    for project in problem.projects:
        brief = brief_of(known, project, by_id, works.get(project.project_id))
        if isinstance(brief, Hopeless):
            hopeless.append((project.project_id, brief))
        else:
            briefs.append(brief)
    axis = _axis(problem, briefs)
    index = {venue.venue_id: nth for nth, venue in enumerate(problem.venues)}
    rooms = [(nth, room) for nth, venue in enumerate(problem.venues) for room in venue.rooms]
    rooms.sort(key=lambda pair: pair[0])
    taken: dict[tuple[str, str], list[Commitment]] = {}
    for commitment in problem.commitments:
        taken.setdefault((commitment.venue_id, commitment.room_id), []).append(commitment)
    support = support_scale(problem)
    hours = {
        (venue.opens, venue.closes, venue.hours): open_slots(axis, venue)
        for venue in {(v.opens, v.closes, v.hours): v for v in problem.venues}.values()
    }
    board = Board(
        problem=problem,
        axis=axis,
        venues=problem.venues,
        room_ids=tuple(room.room_id for _, room in rooms),
        room_venue=tuple(nth for nth, _ in rooms),
        free=tuple(
            _free(
                axis,
                problem.venues[nth],
                hours[problem.venues[nth].opens, problem.venues[nth].closes, problem.venues[nth].hours],
                room.room_id,
                taken.get((problem.venues[nth].venue_id, room.room_id), ()),
            )
            for nth, room in rooms
        ),
        tasks=(),
        hopeless=(),
        support=tuple(support.get(v.venue_id, (Fraction(0), Fraction(1))) for v in problem.venues),
        met={
            (index[h], index[g]): n for (h, g), n in met_before(problem).items() if h in index and g in index
        },
        limits=limits_of(problem, briefs, index),
        history=_history(problem, index),
        distance=_distances(problem),
        supply=_supply(problem, axis),
        begun=frozenset(booking.project_id for booking in problem.begun),
        hours=tuple(
            (minute_of(opens), minute_of(closes)) for opens, closes in (v.usual for v in problem.venues)
        ),
    )
    tasks: list[Task] = []
    windows: dict[tuple[date, int, int, int], int] = {}
    fitting = _Fitting(problem)
    for brief in briefs:
        task = _task(board, brief, index, fitting, _window(brief, axis, windows))
        if isinstance(task, Hopeless):
            hopeless.append((brief.project.project_id, task))
        else:
            tasks.append(task)
    board.tasks, board.hopeless = tuple(tasks), tuple(sorted(hopeless, key=lambda pair: pair[0]))
    _index(board)
    return board


def _index(board: Board) -> None:
    venues = range(len(board.venues))
    rooms: list[list[int]] = [[] for _ in venues]
    for room, venue in enumerate(board.room_venue):
        rooms[venue].append(room)
    homes: list[list[int]] = [[] for _ in venues]
    for nth, task in enumerate(board.tasks):
        homes[task.home].append(nth)
    board.room_index = {
        (board.venues[venue].venue_id, board.room_ids[room]): room
        for room, venue in enumerate(board.room_venue)
    }
    board.support_steps = tuple([] for _ in venues)
    board.rooms_of = tuple(map(tuple, rooms))
    board.at_home = tuple(map(tuple, homes))
    board.first = tuple(_first(task, board.axis) for task in board.tasks)
    board.least = tuple(board.price(task, slot) for task, slot in zip(board.tasks, board.first, strict=True))


def _first(task: Task, axis: Axis) -> int:
    """The first slot at which it could start; that of its opening day when it can start at none."""
    slot = first_slot(task.same_day or task.window & task.steps)
    return slot if slot >= 0 else task.first_day * axis.width


def _axis(problem: Problem, briefs: list[Brief]) -> Axis:
    grid = gcd(*(brief.shifts.grid for brief in briefs)) if briefs else 10
    days = {day for brief in briefs for day in (brief.opening_day, *brief.days)}
    hours = [(venue.opens, venue.closes) for venue in problem.venues]
    hours += [(each.opens, each.closes) for venue in problem.venues for each in venue.hours]
    opens = min((minute_of(opens) for opens, _ in hours), default=0)
    closes = max((minute_of(closes) for _, closes in hours), default=0)
    return Axis.of(days, grid, opens, closes)


def open_slots(axis: Axis, venue: Venue) -> int:
    """The slots of the venue's hours on each day."""
    if not venue.hours:
        return axis.daily(minute_of(venue.opens), minute_of(venue.closes))
    slots = 0
    for nth, day in enumerate(axis.days):
        opens, closes = venue.hours_on(day)
        slots |= axis.span(nth, minute_of(opens), minute_of(closes))
    return slots


def _free(axis: Axis, venue: Venue, free: int, room_id: str, commitments: Iterable[Commitment]) -> int:
    """The slots of its venue's hours in which the room is neither blocked nor taken."""
    for block in venue.blocked:
        if block.room_id in (None, room_id):
            free &= ~axis.touched(block.start, block.end)
    for taken in commitments:
        free &= ~axis.touched(taken.start, taken.end)
    return free


class _Fitting:
    """Rooms that suit a need, and lottery numbers of venues, worked out once for all tasks."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.tickets = [ticket(problem.seed, venue.venue_id) for venue in problem.venues]
        self._rooms: dict[tuple[int, int, frozenset[str]], tuple[int, ...]] = {}
        self._guests: dict[tuple[int, int, frozenset[str], str], dict[int, tuple[int, ...]]] = {}
        self._places: dict[tuple[int, frozenset[str], str], list[tuple[int, str, tuple[int, ...]]]] = {}
        self._offsets = list(accumulate((len(venue.rooms) for venue in problem.venues), initial=0))

    def rooms(self, venue: int, seats: int, equipment: frozenset[str]) -> tuple[int, ...]:
        """The rooms of the venue with the seats and equipment, smallest first."""
        key = (venue, seats, equipment)
        if key not in self._rooms:
            rooms = enumerate(self.problem.venues[venue].rooms, self._offsets[venue])
            suited = [(r.seats, nth) for nth, r in rooms if r.seats >= seats and equipment <= r.equipment]
            self._rooms[key] = tuple(nth for _, nth in sorted(suited))
        return self._rooms[key]

    def guests(
        self, home: int, seats: int, equipment: frozenset[str], scope: str
    ) -> dict[int, tuple[int, ...]]:
        """The venues that may be a home's guests by region and rooms, with those rooms."""
        key = (home, seats, equipment, scope)
        if key not in self._guests:
            here = part_of(self.problem.venues[home], scope)
            suited = self._suited(seats, equipment, scope)
            self._guests[key] = {nth: rooms for nth, part, rooms in suited if part != here}
        return self._guests[key]

    def _suited(
        self, seats: int, equipment: frozenset[str], scope: str
    ) -> list[tuple[int, str, tuple[int, ...]]]:
        """The venues with rooms that suit, where they lie, and those rooms."""
        key = (seats, equipment, scope)
        if key not in self._places:
            self._places[key] = [
                (nth, part_of(venue, scope), found)
                for nth, venue in enumerate(self.problem.venues)
                if (found := self.rooms(nth, seats, equipment))
            ]
        return self._places[key]


def _window(brief: Brief, axis: Axis, known: dict[tuple[date, int, int, int], int]) -> int:
    key = (brief.opening_day, len(brief.days), brief.shifts.resume, brief.shifts.cutoff)
    if key not in known:
        known[key] = window_of(brief, axis)
    return known[key] & ready_from(brief, axis)


def _task(
    board: Board, brief: Brief, index: dict[str, int], fitting: _Fitting, window: int
) -> Task | Hopeless:
    project, shifts, axis = brief.project, brief.shifts, board.axis
    home = index[project.home]
    rooms = fitting.rooms(home, brief.seats(0), project.equipment)
    gear = ", ".join(sorted(project.equipment))
    if not rooms:
        needed = {"venue": project.home, "seats": str(brief.seats(0)), "gear": gear}
        return Hopeless(Said("no_home_room", needed))
    places = range(1, project.guest_count + 1) if brief.remote else ()
    scope = brief.rules.remote_guest_scope
    refused = {
        index[refusal.venue_id]
        for refusal in board.problem.refusals
        if refusal.project_id == project.project_id and refusal.venue_id in index
    }
    guest_rooms = tuple(
        fitting.guests(home, brief.seats(place), project.equipment, scope) for place in places
    )
    if refused:
        guest_rooms = tuple({v: r for v, r in suited.items() if v not in refused} for suited in guest_rooms)
    able = sorted(set[int]().union(*guest_rooms)) if guest_rooms else []
    if any(len(suited) < nth for nth, suited in enumerate(sorted(guest_rooms, key=len), start=1)):
        able_count = str(len(guest_rooms[0]))
        wanted = {"needed": str(len(places)), "seats": str(brief.seats(1)), "able": able_count, "gear": gear}
        return Hopeless(Said("no_guest_venue", wanted))
    if shifts.day_holds(*board.hours[home]) < shifts.grid and not brief.fits and not brief.home.hours:
        return Hopeless(Said("never_open", {"venue": project.home}))
    length = -(-shifts.length(brief.work) // axis.grid) if brief.work <= shifts.most_work else 0
    same, later = starts_within(brief, axis, length) if length else (0, 0)
    steps = steps_of(brief, axis)
    wishes = board.problem.wishes
    nearest = bool(board.distance) and brief.rules.remote_guest_choice == "nearest"
    first_day, prices = prices_of(brief, axis, wishes.avoidable_split, wishes.wait)
    own = ticket(board.problem.seed, project.project_id)
    return Task(
        brief=brief,
        home=home,
        rooms=rooms,
        guests=tuple(able),
        guest_rooms=guest_rooms,
        length=length,
        same_day=same & steps,
        later=later & steps,
        starts=(same | later) & steps,
        window=window,
        steps=steps,
        prices=prices,
        first_day=first_day,
        split_from=split_from(brief, axis),
        ties=tuple(
            (v, (tie << 20) + v)
            for v, tie in zip(able, ties(own, [fitting.tickets[v] for v in able]), strict=True)
        ),
        distance={v: wishes.distance * board.distance.get((home, v), 0) for v in able} if nearest else {},
    )


def limits_of(problem: Problem, briefs: list[Brief], index: dict[str, int]) -> dict[int, int]:
    """The most supports that one guest may give each home, by their index (客场轮换上限)."""
    own: dict[int, list[Brief]] = {}
    for brief in briefs:
        if brief.remote:
            own.setdefault(index[brief.project.home], []).append(brief)
    with_rooms = [venue for venue in problem.venues if venue.rooms]
    scopes = {brief.rules.remote_guest_scope for brief in briefs}
    there = {scope: Counter(part_of(venue, scope) for venue in with_rooms) for scope in scopes}
    limits = {}
    for home, theirs in own.items():
        supports = sum(brief.project.guest_count for brief in theirs)
        supports += sum(past.projects for past in problem.pair_history if index.get(past.home) == home)
        supports += sum(index.get(at) == home for at in problem.withdrawn)
        # Who lies in another prefecture lies in another county too: the scope that reaches further counts.
        able = max(
            len(with_rooms) - there[scope][part_of(problem.venues[home], scope)]
            for scope in {brief.rules.remote_guest_scope for brief in theirs}
        )
        limits[home] = pair_limit(min(b.rules.remote_pair_share_max for b in theirs), able, supports)
    return limits


def _history(problem: Problem, index: dict[str, int]) -> dict[tuple[int, int], int]:
    counts: dict[tuple[int, int], int] = {}
    for past in problem.pair_history:
        if past.home in index and past.guest in index:
            key = (index[past.home], index[past.guest])
            counts[key] = counts.get(key, 0) + past.projects
    return counts


def _distances(problem: Problem) -> dict[tuple[int, int], int]:
    known: dict[str, dict[str, int]] = {}
    for entry in problem.distances:
        known.setdefault(entry.home, {})[entry.guest] = entry.kilometres
    return {
        (nth, other): reach.get(guest.venue_id, max(reach.values())) // 10
        for nth, venue in enumerate(problem.venues)
        if (reach := known.get(venue.venue_id))
        for other, guest in enumerate(problem.venues)
    }


def _supply(problem: Problem, axis: Axis) -> dict[tuple[str, frozenset[str]], dict[int, int]]:
    always: dict[tuple[str, frozenset[str]], int] = {}
    dated: dict[tuple[str, frozenset[str]], dict[int, int]] = {}
    numbers = {day: nth for nth, day in enumerate(axis.days)}
    for row in problem.supply:
        key = (row.region, row.codes)
        if row.day is None:
            always[key] = min(row.experts, always.get(key, row.experts))
        elif row.day in numbers:
            days = dated.setdefault(key, {})
            days[numbers[row.day]] = min(row.experts, days.get(numbers[row.day], row.experts))
    return {
        key: {
            **dict.fromkeys(range(len(axis.days)), always.get(key, -1)),
            **dated.get(key, {}),
        }
        for key in (*always, *(key for key in dated if key not in always))
    }
