"""A plan in the making: who sits where, the time left in each room, the running cost."""

from dataclasses import dataclass

from scheduler.planning.balance import support_cost
from scheduler.planning.board import Board
from scheduler.planning.task import Task
from scheduler.timeline import run_of, starts_of


@dataclass(frozen=True, slots=True)
class Placement:
    """Rooms of home and guests in the order of places, and the slots of each session: (start, length, work)."""

    rooms: tuple[int, ...]
    sessions: tuple[tuple[int, int, int], ...]
    price: int
    """The price of the start: waiting, and the split if it could have been avoided."""

    @property
    def start(self) -> int:
        """The slot of the one simultaneous start."""
        return self.sessions[0][0]


class Draft:
    """Placements that never break a rule, added and taken away one at a time."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.free = list(board.free)
        self.placed: dict[int, Placement] = {}
        self.users: list[set[int]] = [set() for _ in board.free]
        self.supports = [0] * len(board.venues)
        self.pairs: dict[tuple[int, int], int] = {}
        self.cost = board.problem.wishes.unscheduled * (len(board.tasks) + len(board.hopeless))
        self._starts: list[dict[int, int]] = [{} for _ in board.free]
        self._used: dict[tuple[str, frozenset[str]], dict[int, int]] = {}
        self._crossing = [0] * len(board.problem.quotas)

    def starts(self, room: int, length: int) -> int:
        """The slots from which the room is free for so long; remembered until the room changes."""
        known = self._starts[room]
        if length not in known:
            known[length] = starts_of(self.free[room], length)
        return known[length]

    def venue_starts(self, rooms: tuple[int, ...], length: int) -> int:
        """The slots from which any of the rooms is free for so long."""
        slots = 0
        for room in rooms:
            slots |= self.starts(room, length)
        return slots

    def guest_cost(self, task: Task, venue: int) -> int:
        """What one more support by the venue costs: balance, rotation, and distance where that counts."""
        board, wishes = self.board, self.board.problem.wishes
        ahead, scale = board.support[venue]
        pair = (task.home, venue)
        cost = wishes.support * support_cost(ahead, scale, self.supports[venue] + 1)
        cost += wishes.rotation * (self.pairs.get(pair, 0) + board.met.get(pair, 0))
        if board.distance and task.brief.rules.remote_guest_choice == "nearest":
            cost += wishes.distance * board.distance.get(pair, 0)
        return cost

    def may_meet(self, task: Task, venue: int) -> bool:
        """Whether the pair is under its share cap and its regions under their quotas."""
        pair, board = (task.home, venue), self.board
        if self.pairs.get(pair, 0) + board.history.get(pair, 0) >= board.limits[task.home]:
            return False
        return not board.problem.quotas or all(
            self._crossing[nth] < quota.projects
            for nth, quota in enumerate(board.problem.quotas)
            if _crosses(board, quota.home_region, quota.guest_region, task.home, venue)
        )

    def supplied(self, task: Task, place: int, venue: int) -> int:
        """The slots of the days on which the venue's region still has the experts the place asks for."""
        board = self.board
        slots = -1
        if not board.supply:
            return slots
        region = board.venues[venue].region
        needs: dict[frozenset[str], int] = {}
        for demand in task.brief.demands:
            if demand.place == place:
                for codes in (demand.requirement.codes, frozenset[str]()):
                    needs[codes] = needs.get(codes, 0) + demand.seats
        for codes, seats in needs.items():
            limits = board.supply.get((region, codes))
            if limits is None:
                continue
            used = self._used.get((region, codes), {})
            width = board.axis.width
            for day, limit in limits.items():
                if 0 <= limit < used.get(day, 0) + seats:
                    slots &= ~(run_of(width) << (day * width))
        return slots

    def add(self, nth: int, placement: Placement) -> None:
        """Place a task that is not placed."""
        self._change(nth, placement, 1)
        self.placed[nth] = placement

    def remove(self, nth: int) -> Placement:
        """Take a placed task out."""
        placement = self.placed.pop(nth)
        self._change(nth, placement, -1)
        return placement

    def _change(self, nth: int, placement: Placement, sign: int) -> None:
        board, task = self.board, self.board.tasks[nth]
        taken = 0
        for start, length, _ in placement.sessions:
            taken |= run_of(length) << start
        for room in placement.rooms:
            self.free[room] ^= taken
            (self.users[room].add if sign > 0 else self.users[room].discard)(nth)
            self._starts[room] = {}
        own = placement.price - board.problem.wishes.unscheduled
        for room in placement.rooms[1:]:
            venue = board.room_venue[room]
            pair = (task.home, venue)
            if sign > 0:
                own += self.guest_cost(task, venue)
            self.supports[venue] += sign
            self.pairs[pair] = self.pairs.get(pair, 0) + sign
            if sign < 0:
                own += self.guest_cost(task, venue)
        self.cost += sign * own
        if board.supply:
            self._supply(task, placement, sign)
        for at, quota in enumerate(board.problem.quotas):
            self._crossing[at] += sign * any(
                _crosses(board, quota.home_region, quota.guest_region, task.home, board.room_venue[room])
                for room in placement.rooms[1:]
            )

    def _supply(self, task: Task, placement: Placement, sign: int) -> None:
        days = [start // self.board.axis.width for start, _, _ in placement.sessions]
        for demand in task.brief.demands:
            region = self.board.venues[self.board.room_venue[placement.rooms[demand.place]]].region
            for codes in (demand.requirement.codes, frozenset[str]()):
                used = self._used.setdefault((region, codes), {})
                for day in days:
                    used[day] = used.get(day, 0) + sign * demand.seats


def _crosses(board: Board, home_region: str, guest_region: str, home: int, guest: int) -> bool:
    return board.venues[home].region.startswith(home_region) and board.venues[guest].region.startswith(
        guest_region
    )
