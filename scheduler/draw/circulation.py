"""Whether a flow exists between bounds on every edge, exactly, in whole numbers of any size.

Hoffman's theorem (1960): it exists unless into some set of nodes more must flow than can leave it. Shortest
augmenting paths in levels (Dinic 1970); a solver with machine integers would overflow on exact fractions.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Circulation:
    """The flow on each edge; or, when there is none, the largest set of nodes that proves it."""

    flow: tuple[int, ...]
    overfull: frozenset[int] = frozenset()


def circulate(
    nodes: int, edges: Sequence[tuple[int, int]], lower: Sequence[int], upper: Sequence[int | None]
) -> Circulation:
    """A flow with `lower` ≤ flow ≤ `upper` on every edge (None: no bound) that loses nothing at any node."""
    return _Residual(nodes, edges, lower, upper).solve()


class _Residual:
    """Edge e of the graph is arc 2e, its reverse 2e + 1; the surplus of lower bounds enters at two more nodes."""

    def __init__(
        self, nodes: int, edges: Sequence[tuple[int, int]], lower: Sequence[int], upper: Sequence[int | None]
    ) -> None:
        self.nodes, self.edges, self.lower = nodes, edges, lower
        unbounded = sum(bound for bound in upper if bound is not None) + sum(lower) + 1
        self.heads: list[int] = []
        self.room: list[int] = []
        self.arcs: list[list[int]] = [[] for _ in range(nodes + 2)]
        surplus = [0] * nodes
        for (tail, head), least, most in zip(edges, lower, upper, strict=True):
            self._arc(tail, head, (unbounded if most is None else most) - least)
            surplus[head] += least
            surplus[tail] -= least
        self.wanted = 0
        for node, amount in enumerate(surplus):
            if amount > 0:
                self._arc(nodes, node, amount)
                self.wanted += amount
            elif amount < 0:
                self._arc(node, nodes + 1, -amount)

    def _arc(self, tail: int, head: int, room: int) -> None:
        self.arcs[tail].append(len(self.heads))
        self.arcs[head].append(len(self.heads) + 1)
        self.heads += [head, tail]
        self.room += [room, 0]

    def solve(self) -> Circulation:
        source, sink = self.nodes, self.nodes + 1
        sent = 0
        while (depth := self._depths(source))[sink] >= 0:
            at = [0] * len(self.arcs)
            while pushed := self._push(source, sink, depth, at):
                sent += pushed
        if sent < self.wanted:
            return Circulation((), self._cut_off(sink))
        flow = (self.lower[edge] + self.room[2 * edge + 1] for edge in range(len(self.edges)))
        return Circulation(tuple(flow))

    def _depths(self, source: int) -> list[int]:
        depth = [-1] * len(self.arcs)
        depth[source] = 0
        queue = deque([source])
        while queue:
            node = queue.popleft()
            for arc in self.arcs[node]:
                head = self.heads[arc]
                if self.room[arc] and depth[head] < 0:
                    depth[head] = depth[node] + 1
                    queue.append(head)
        return depth

    def _push(self, source: int, sink: int, depth: Sequence[int], at: list[int]) -> int:
        """Send what one path of the level graph takes; `at` remembers arcs that lead nowhere."""
        path: list[int] = []
        node = source
        while node != sink:
            while at[node] < len(self.arcs[node]):
                arc = self.arcs[node][at[node]]
                if self.room[arc] and depth[self.heads[arc]] == depth[node] + 1:
                    break
                at[node] += 1
            else:
                if not path:
                    return 0
                node = self.heads[path.pop() ^ 1]
                at[node] += 1
                continue
            path.append(arc)
            node = self.heads[arc]
        amount = min(self.room[arc] for arc in path)
        for arc in path:
            self.room[arc] -= amount
            self.room[arc ^ 1] += amount
        return amount

    def _cut_off(self, sink: int) -> frozenset[int]:
        """All nodes from which the sink cannot be reached any more: the largest minimum cut."""
        reaches = {sink}
        stack = [sink]
        while stack:
            for arc in self.arcs[stack.pop()]:
                tail = self.heads[arc]
                if self.room[arc ^ 1] and tail not in reaches:
                    reaches.add(tail)
                    stack.append(tail)
        return frozenset(range(self.nodes)) - reaches
