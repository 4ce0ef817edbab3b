"""Dependent rounding: amounts on a graph become whole, each with its expectation kept (Gandhi et al. 2006)."""

from collections import defaultdict
from collections.abc import Mapping

from scheduler.draw.stream import Stream

Node = tuple[str, int]
Edge = tuple[Node, Node]


def round_to_whole(flow: dict[Edge, int], scale: int, stream: Stream) -> None:
    """Turn every amount into a multiple of `scale`, one random cycle after another."""
    while cycle := _cycle(flow, scale):
        up = min(scale - flow[edge] % scale if forward else flow[edge] % scale for edge, forward in cycle)
        down = min(flow[edge] % scale if forward else scale - flow[edge] % scale for edge, forward in cycle)
        step = up if stream.below(up + down) < down else -down
        for edge, forward in cycle:
            flow[edge] += step if forward else -step


def _cycle(flow: Mapping[Edge, int], scale: int) -> list[tuple[Edge, bool]]:
    """The cycle of fractional edges met first when one always walks on to the smallest node; empty if none is left.

    Every node's total is whole, so a node with one fractional edge has another, and the walk must close.
    """
    ways: dict[Node, list[tuple[Node, Edge, bool]]] = defaultdict(list)
    for edge, amount in flow.items():
        if amount % scale:
            left, right = edge
            ways[left].append((right, edge, True))
            ways[right].append((left, edge, False))
    if not ways:
        return []
    at = min(ways)
    seen = {at: 0}
    walk: list[tuple[Edge, bool]] = []
    while True:
        came = walk[-1][0] if walk else None
        node, edge, forward = min(way for way in ways[at] if way[1] != came)
        walk.append((edge, forward))
        if node in seen:
            return walk[seen[node] :]
        seen[node] = len(walk)
        at = node
