"""The lower bound: what homes cost without guests, plus what guests cost without time. docs/planning.md proves it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from scheduler.planning.board import Board
from scheduler.planning.bound.ascent import market_fees
from scheduler.planning.bound.crowding import crowded, fees_of
from scheduler.planning.bound.fees import NO_FEES, Fees
from scheduler.planning.bound.home import HomeBound, home_bound
from scheduler.planning.bound.market import begun_guests
from scheduler.planning.bound.relaxed import choices

WORKERS = 2
"""Threads for home models; OR-Tools leaves Python's lock while it solves. Results do not depend on it."""
MOST_CHOICES = 250_000
"""Up to so many choices of start and guest the rooms of each venue are priced, beyond it only those of all together."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The proven bound, its parts, and the starts at which homes alone would do best, without fees and with."""

    hopeless: int
    homes: int
    guests: int
    market: int
    """What all tasks with their guests cost at least when rooms have prices; nought where none were sought."""
    starts: tuple[dict[int, int], ...]

    @property
    def total(self) -> int:
        """No plan of the problem costs less."""
        return self.hopeless + max(self.homes + self.guests, self.market)


def lower_bound(board: Board, stop: Callable[[], bool] | None = None) -> Bound:
    """The bound of a board; when `stop` says so, homes not yet solved count nothing, which is valid too."""
    wishes = board.problem.wishes
    # The price of leaving a project out is shared between both parts, so that neither counts it twice.
    kept = wishes.unscheduled // 20
    by_home: dict[int, list[int]] = {}
    for nth, task in enumerate(board.tasks):
        by_home.setdefault(task.home, []).append(nth)

    def homes(fees: Fees, left_out: int) -> tuple[int, dict[int, int]]:
        """What all homes cost at least under the fees, and their best starts."""

        def solve_home(members: list[int]) -> HomeBound:
            if stop is not None and stop():
                return HomeBound(0, {})
            return home_bound(board, members, left_out, fees)

        with ThreadPoolExecutor(WORKERS) as pool:
            parts = list(pool.map(solve_home, by_home.values()))
        charged = sum(part.bound for part in parts) - fees.credit
        return -(-charged // fees.scale), {n: slot for part in parts for n, slot in part.starts.items()}

    found, market = [homes(NO_FEES, wishes.unscheduled - kept)], 0
    if crowded(board, found[0][1]):
        if (fees := fees_of(board)).credit:
            found.append(homes(fees, wishes.unscheduled - kept))
        if choices(board) <= MOST_CHOICES:
            market = homes(market_fees(board, stop), wishes.unscheduled)[0]
    return Bound(
        hopeless=wishes.unscheduled * len(board.hopeless),
        homes=max(bound for bound, _ in found),
        guests=guest_bound(board, kept),
        market=market,
        starts=tuple(starts for _, starts in found),
    )


def guest_bound(board: Board, left_out: int) -> int:
    """The least cost of guests in any plan: a flow of supports from homes over pairs to venues (客场支持).

    Each support of a venue, and each meeting of a pair, costs at least as much as the one before, so parallel
    arcs of one unit state the costs exactly. A support may be left out at the price of its project.
    """
    homes: dict[int, int] = {}
    most: dict[int, int] = {}
    reach: dict[int, set[int]] = {}
    near: dict[int, bool] = {}
    # What has begun keeps its guests, though they may be refused, or past their share, by now.
    begun: dict[int, set[int]] = {}
    for home, guests in begun_guests(board):
        begun.setdefault(home, set()).update(guests.tolist())
    for task in board.tasks:
        if task.guest_count:
            homes[task.home] = homes.get(task.home, 0) + task.guest_count
            most[task.home] = max(most.get(task.home, 1), task.guest_count)
            reach.setdefault(task.home, set()).update(task.guests)
            nearest = task.brief.rules.remote_guest_choice == "nearest"
            near[task.home] = near.get(task.home, True) and nearest
    total = sum(homes.values())
    if not total:
        return 0
    wishes, venues = board.problem.wishes, len(board.venues)
    arcs: list[tuple[int, int, int, int]] = []
    sink, next_node = 2 * venues, 2 * venues + 1
    for home, supports in homes.items():
        arcs.append((home, sink, supports, left_out // most[home]))
        for venue in sorted(reach[home] | begun.get(home, set())):
            pair = (home, venue)
            room = supports
            if home not in begun:
                room = min(supports, board.limits[home] - board.history.get(pair, 0))
            far = wishes.distance * board.distance.get(pair, 0) if near[home] else 0
            met = board.met.get(pair, 0)
            for nth in range(room):
                arcs.append((home, venues + venue, 1, wishes.rotation * (met + nth) + far))
    for venue in sorted(set().union(*reach.values(), *begun.values())):
        share = min(total, 2 * total // max(1, len(reach)) + 8)
        for nth in range(1, share + 1):
            arcs.append((venues + venue, sink, 1, board.support_price(venue, nth)))
        if share < total:
            arcs.append((venues + venue, sink, total - share, board.support_price(venue, share + 1)))
    flow = min_cost_flow.SimpleMinCostFlow()
    columns = np.array(arcs, dtype=np.int64).T
    flow.add_arcs_with_capacity_and_unit_cost(*columns)
    flow.set_nodes_supplies(np.arange(next_node), _supplies(homes, next_node, sink))
    status = flow.solve()
    return flow.optimal_cost() if status == flow.OPTIMAL else 0


def _supplies(homes: dict[int, int], nodes: int, sink: int) -> np.ndarray:
    supplies = np.zeros(nodes, dtype=np.int64)
    for home, count in homes.items():
        supplies[home] = count
    supplies[sink] = -sum(homes.values())
    return supplies
