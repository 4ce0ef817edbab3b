"""From a lottery and a random stream to one panel, with exactly the lottery's chances.

Employers are packed, in an order that the seed decides, into *bins* that each fill at most one seat on average,
so that no bin ever sends two members and no employer exceeds its cap. The bins' shares of the slots are then
rounded to whole seats by random cycle cancelling (Gandhi, Khuller, Parthasarathy & Srinivasan 2006), which keeps
every share's expectation; within a bin a member is taken in proportion to its share. All in integers.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from scheduler.draw.lottery import Cell, Lottery
from scheduler.draw.stream import Stream

Node = tuple[str, int]
Edge = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Seated:
    """An expert drawn for a slot, with the chance the expert had."""

    expert_id: str
    slot: int
    chance: Fraction


Members = Mapping[Cell, Mapping[str, Sequence[str]]]
"""Expert ids by cell and employer."""


def sample(lottery: Lottery, members: Members, seed: bytes) -> tuple[Seated, ...]:
    """The panel that the seed gives, by slot and id."""
    stream = Stream(seed)
    shares, scale = _shares(lottery)
    bins, groups = _pack(members, shares, scale, seed)
    flow = _flow(bins, groups, shares, len(lottery.slots), scale)
    _round(flow, scale, stream)
    chances = lottery.chances
    panel = []
    for (left, right), amount in sorted(flow.items()):
        kind, number = left
        if kind == "bin" and right[0] == "slot" and amount == scale:
            cell, expert_id = _take(bins[number], shares, right[1], stream)
            panel.append(Seated(expert_id, right[1], chances[cell]))
    return tuple(sorted(panel, key=lambda seated: (seated.slot, seated.expert_id.encode())))


def _shares(lottery: Lottery) -> tuple[dict[Cell, dict[int, int]], int]:
    """Each member's share of each slot, as integers over one common scale."""
    counts = dict(lottery.counts)
    exact = [(cell, slot, load / counts[cell]) for cell, slot, load in lottery.spread]
    scale = lcm(*(share.denominator for _, _, share in exact))
    shares: dict[Cell, dict[int, int]] = defaultdict(dict)
    for cell, slot, share in exact:
        shares[cell][slot] = int(share * scale)
    return shares, scale


Bin = list[tuple[Cell, Sequence[str]]]


def _pack(
    members: Members, shares: Mapping[Cell, Mapping[int, int]], scale: int, seed: bytes
) -> tuple[list[Bin], list[range]]:
    """Bins of total load at most one seat; an employer with more than one has bins of its own, a group."""
    by_employer: dict[str, Bin] = defaultdict(list)
    for cell in sorted(members):
        for employer, ids in members[cell].items():
            by_employer[employer].append((cell, sorted(ids, key=str.encode)))
    load = {cell: sum(by_slot.values()) for cell, by_slot in shares.items()}
    order = sorted(by_employer, key=lambda employer: _ticket(seed, employer))
    bins: list[Bin] = []
    groups: list[range] = []
    filled = scale
    large = []
    for employer in order:
        weight = sum(len(ids) * load.get(cell, 0) for cell, ids in by_employer[employer])
        if weight > scale:
            large.append(employer)
            continue
        if filled + weight > scale:
            bins.append([])
            filled = 0
        bins[-1] += by_employer[employer]
        filled += weight
    for employer in large:
        first, filled = len(bins), scale
        people = [(cell, expert_id) for cell, ids in by_employer[employer] for expert_id in ids]
        for cell, expert_id in sorted(people, key=lambda person: _ticket(seed, person[1])):
            if filled + load.get(cell, 0) > scale:
                bins.append([])
                filled = 0
            bins[-1].append((cell, [expert_id]))
            filled += load.get(cell, 0)
        groups.append(range(first, len(bins)))
    return bins, groups


def _ticket(seed: bytes, name: str) -> bytes:
    return hashlib.sha256(b"yidi/order/1\0" + seed + name.encode()).digest()


def _flow(
    bins: Sequence[Bin],
    groups: Sequence[range],
    shares: Mapping[Cell, Mapping[int, int]],
    slots: int,
    scale: int,
) -> dict[Edge, int]:
    """What flows from bins to slots; the rest of each bin idles, through its group's idle node if it has one."""
    group_of = {number: nth for nth, group in enumerate(groups, start=1) for number in group}
    flow: dict[Edge, int] = {}
    for number, content in enumerate(bins):
        rest = scale
        for slot in range(slots):
            amount = sum(len(ids) * shares.get(cell, {}).get(slot, 0) for cell, ids in content)
            flow[("bin", number), ("slot", slot)] = amount
            rest -= amount
        flow[("bin", number), ("idle", group_of.get(number, 0))] = rest
    for nth, group in enumerate(groups, start=1):
        flow[("idle", nth), ("idle", 0)] = sum(flow[("bin", number), ("idle", nth)] for number in group)
    return flow


def _round(flow: dict[Edge, int], scale: int, stream: Stream) -> None:
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


def _take(
    content: Bin, shares: Mapping[Cell, Mapping[int, int]], slot: int, stream: Stream
) -> tuple[Cell, str]:
    """A member of the bin, in proportion to the members' shares of the slot."""
    at = stream.below(sum(len(ids) * shares.get(cell, {}).get(slot, 0) for cell, ids in content))
    for cell, ids in content:
        share = shares.get(cell, {}).get(slot, 0)
        if at < len(ids) * share:
            return cell, ids[at // share]
        at -= len(ids) * share
    raise AssertionError("a bin sends only members it has")
