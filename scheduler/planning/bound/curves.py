"""What supports and meetings cost at least when each is paid a price: the balance of guests inside the bound."""

from dataclasses import dataclass

import numpy as np

from scheduler.planning.board import Board
from scheduler.planning.bound.fees import NEVER
from scheduler.planning.bound.relaxed import Ints


@dataclass(frozen=True, slots=True)
class Curves:
    """Rising steps: what the first, second, … of each row costs; a row past its end costs NEVER, or as its last."""

    steps: Ints
    ceiling: Ints
    """The most that one of each row is paid: past it, more than `steps` knows might pay."""

    def least(self, paid: Ints) -> tuple[int, Ints]:
        """The least of cost less pay over all rows, and how many of each row it takes (the fewest)."""
        taken = (self.steps < paid[:, None]).sum(axis=1)
        gain = np.minimum(self.steps - paid[:, None], 0).sum()
        return int(gain), taken


def support_curves(board: Board, scale: int) -> Curves:
    """The supports of each venue (客场支持): as many steps as a fair share twice over, then all as the last."""
    able = {venue for task in board.tasks for venue in task.guests}
    total = sum(task.guest_count for task in board.tasks)
    share = min(total, 2 * total // max(1, len(able)) + 8)
    steps = [
        [scale * board.support_price(venue, nth) for nth in range(1, share + 1)]
        for venue in range(len(board.venues))
    ]
    table = np.array(steps, dtype=np.int64).reshape(len(board.venues), share)
    ceiling = table[:, -1] if share else np.zeros(len(board.venues), dtype=np.int64)
    return Curves(table, ceiling)


def meeting_curves(board: Board, scale: int) -> Curves:
    """The meetings of each home with each guest (轮换), by home times venues plus guest, up to the share cap.

    What has begun may be past its cap by now: its home's meetings are not capped.
    """
    venues, rotation = len(board.venues), board.problem.wishes.rotation
    supports, uncapped = [0] * venues, set[int]()
    for task in board.tasks:
        supports[task.home] += task.guest_count
        if task.project_id in board.begun:
            uncapped.add(task.home)
    most = max(supports, default=0)
    steps = np.full((venues * venues, most), NEVER, dtype=np.int64)
    for home in range(venues):
        for guest in range(venues):
            room = supports[home]
            if home not in uncapped:
                room = max(0, min(room, board.limits.get(home, 0) - board.history.get((home, guest), 0)))
            met = board.met.get((home, guest), 0)
            steps[home * venues + guest, :room] = scale * rotation * (met + np.arange(room))
    return Curves(steps, np.full(venues * venues, NEVER, dtype=np.int64))
