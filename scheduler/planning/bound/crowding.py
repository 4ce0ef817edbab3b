"""What rooms are worth in crowded hours: fees on slots, by which the bound learns that guests need rooms too.

In every plan, at every slot, homes and guests sit in no more rooms than all venues together have free. Whoever
pays a fee for each slot in which he holds a room, and is credited the fees of all free rooms, therefore never
pays more than he would without (Lagrangian relaxation, Fisher 1981): any fees give a valid bound, good fees a good one.
"""

from collections.abc import Mapping

import numpy as np

from scheduler.planning.board import Board
from scheduler.planning.board.task import Task
from scheduler.planning.bound.fees import NO_FEES, SCALE, Fees
from scheduler.planning.bound.reach import sure_length
from scheduler.planning.bound.relaxed import flags_of
from scheduler.timeline import each_slot

STEPS = 300
"""Steps of the subgradient method."""
BOLD = 600
"""The first steps' size, in thousandths for each task too many in a home's rooms; rooms of all venues weigh less."""
CALM = 40
SHORT = 50
"""One room in so many must be lacking before fees are sought."""
DAYS = 2
"""Days from the opening day on whose starts are weighed; later ones hardly pay."""


def crowded(board: Board, starts: Mapping[int, int]) -> bool:
    """Whether rooms are so short at these starts that fees are worth their price in time."""
    width = board.axis.width
    slots = (max((slot // width for slot in starts.values()), default=0) + DAYS) * width
    used, wanted = np.zeros(slots + 1, dtype=np.int64), 0
    for nth, slot in starts.items():
        task = board.tasks[nth]
        used[slot] += 1 + task.guest_count
        used[min(slots, slot + task.length)] -= 1 + task.guest_count
        wanted += (1 + task.guest_count) * task.length
    free = np.zeros(slots, dtype=np.int64)
    for room in board.free:
        free += flags_of(room, slots)
    return bool(SHORT * np.maximum(0, used.cumsum()[:-1] - free).sum() > wanted)


def fees_of(board: Board) -> Fees:
    """Good fees, by a subgradient method on starts alone: homes' rooms and all rooms are counted, not assigned."""
    movable = [task for task in board.tasks if task.project_id not in board.begun]
    if not movable:
        return NO_FEES
    width, columns = board.axis.width, DAYS * board.axis.width
    slots = min(board.axis.slots, (max(task.first_day for task in movable) + DAYS) * width)
    # A start of the opening day takes all of the work; a later one counts with what it surely takes.
    sure = np.array([sure_length(board, task) for task in movable], dtype=np.int64)
    whole = np.maximum(sure, np.array([task.length for task in movable], dtype=np.int64))
    lengths = np.repeat(np.stack([whole, sure], axis=1), [width, columns - width], axis=1)
    first = np.array([task.first_day * width for task in movable], dtype=np.int64)
    prices = _prices(board, movable, columns)
    rooms = np.array([1 + task.guest_count for task in movable], dtype=np.int64)
    homes = np.array([task.home for task in movable], dtype=np.int64)
    start = np.minimum(first[:, None] + np.arange(columns, dtype=np.int64), slots)
    end = np.minimum(start + lengths, slots)
    room_slots = np.array(
        [[free >> slot & 1 for slot in range(slots)] for free in board.free], dtype=np.int64
    )
    free_at_home = np.zeros((len(board.venues), slots), dtype=np.int64)
    np.add.at(free_at_home, np.array(board.room_venue, dtype=np.int64), room_slots)
    free = room_slots.sum(axis=0)
    fees, at_home = np.zeros_like(free), np.zeros_like(free_at_home)
    best, best_fees = 0, fees
    everyone = np.arange(len(movable))
    for step in range(STEPS):
        paid, paid_home = _summed(fees), _summed(at_home)
        charge = prices + rooms[:, None] * (paid[end] - paid[start])
        charge += paid_home[homes[:, None], end] - paid_home[homes[:, None], start]
        chosen = charge.argmin(axis=1)
        bound = int(charge[everyone, chosen].sum() - (fees * free).sum() - (at_home * free_at_home).sum())
        if bound > best:
            best, best_fees = bound, fees
        begins, ends = start[everyone, chosen], end[everyone, chosen]
        used, used_at_home = (
            np.zeros(slots + 1, dtype=np.int64),
            np.zeros((len(board.venues), slots + 1), np.int64),
        )
        np.add.at(used, begins, rooms)
        np.add.at(used, ends, -rooms)
        np.add.at(used_at_home, (homes, begins), 1)
        np.add.at(used_at_home, (homes, ends), -1)
        size = BOLD // (1 + step // 8)
        fees = np.maximum(0, fees + (used.cumsum()[:-1] - free) * size // CALM)
        at_home = np.maximum(0, at_home + (used_at_home.cumsum(axis=1)[:, :-1] - free_at_home) * size)
    if not best_fees.any():
        return NO_FEES
    paid = _summed(best_fees)
    charges = rooms[:, None] * (paid[end] - paid[start])
    numbers = [nth for nth, task in enumerate(board.tasks) if task.project_id not in board.begun]
    return Fees(
        charges={
            nth: (int(low), tuple(row))
            for nth, low, row in zip(numbers, first, charges.tolist(), strict=True)
        },
        floor=dict.fromkeys(numbers, 0),
        credit=int((best_fees * free).sum()),
        scale=SCALE,
    )


def _prices(board: Board, tasks: list[Task], columns: int) -> np.ndarray:
    """The price of each start on the days that count, a prohibitive one where there is none."""
    never = SCALE * max(1, board.problem.wishes.unscheduled)
    prices = np.full((len(tasks), columns), never, dtype=np.int64)
    for nth, task in enumerate(tasks):
        begin = task.first_day * board.axis.width
        starts = task.starts if task.length else task.window & task.steps
        for at in each_slot(starts >> begin & ((1 << columns) - 1)):
            prices[nth, at] = min(never, SCALE * board.price(task, begin + at))
    return prices


def _summed(fees: np.ndarray) -> np.ndarray:
    """Sums from the first slot on, nought before it."""
    return np.concatenate([np.zeros((*fees.shape[:-1], 1), dtype=np.int64), fees.cumsum(axis=-1)], axis=-1)
