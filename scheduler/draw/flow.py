"""An exact transportation problem on a small graph, in integers."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Protocol, TypeVar


class Reaching(Protocol):
    """A source of load that knows which slots it reaches."""

    @property
    def slots(self) -> tuple[int, ...]:
        """Indexes of the slots reached."""
        ...


C = TypeVar("C", bound=Reaching)


def transport(loads: Mapping[C, Fraction], seats: Sequence[Fraction]) -> Iterator[tuple[C, int, Fraction]]:
    """How each load spreads over the slots it reaches so that every slot gets its seats; loads sum to the seats.

    Shortest augmenting paths on integers scaled by the common denominator; the graph has few nodes.
    """
    scale = lcm(*(load.denominator for load in loads.values()), *(seat.denominator for seat in seats))
    cells = list(loads)
    left = [int(loads[cell] * scale) for cell in cells]
    room = [int(seat * scale) for seat in seats]
    flow: dict[tuple[int, int], int] = {
        (row, slot): 0 for row, cell in enumerate(cells) for slot in cell.slots
    }
    for row in range(len(cells)):
        while left[row]:
            path = _path(row, cells, room, flow)
            if path is None:
                raise AssertionError("loads of a lottery always fit their slots")
            amount = min([left[row], room[path[-1][1]]] + [flow[edge] for edge in path[1::2]])
            for nth, edge in enumerate(path):
                flow[edge] += amount if nth % 2 == 0 else -amount
            left[row] -= amount
            room[path[-1][1]] -= amount
    for (row, slot), amount in flow.items():
        if amount:
            yield cells[row], slot, Fraction(amount, scale)


def _path(
    start: int, cells: Sequence[Reaching], room: Sequence[int], flow: Mapping[tuple[int, int], int]
) -> list[tuple[int, int]] | None:
    """Edges from a row to a slot with room: forward, back, forward, …"""
    came: dict[int, tuple[int, list[tuple[int, int]]]] = {}
    queue: deque[tuple[int, list[tuple[int, int]]]] = deque([(start, [])])
    while queue:
        row, edges = queue.popleft()
        for slot in cells[row].slots:
            if slot in came:
                continue
            path = [*edges, (row, slot)]
            came[slot] = (row, path)
            if room[slot]:
                return path
            for other in range(len(cells)):
                if flow.get((other, slot), 0):
                    queue.append((other, [*path, (other, slot)]))
    return None
