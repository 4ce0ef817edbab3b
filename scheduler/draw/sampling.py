"""From a lottery and a random stream to one panel, with exactly the lottery's chances.

Bodies are packed, in an order that the seed decides, into *bins* that each fill at most one seat on average. No
bin ever sends two members, so no body inside one exceeds its cap. A body with more than one seat on average has
bins of its own. The bins' shares of the slots are then rounded to whole seats by random cycle cancelling (Gandhi,
Khuller, Parthasarathy & Srinivasan 2006), which keeps every share's expectation and rounds the sum of a body's,
and of a slot's, to a neighbour; within a bin a member is taken in proportion to its share. All in integers.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm

import numpy as np

from scheduler.bodies import Body
from scheduler.draw.census import Census, Index
from scheduler.draw.lottery import Cell, Lottery
from scheduler.draw.rounding import Edge, round_to_whole
from scheduler.draw.stream import Stream

WORD = 2**62
"""Sums below fit a machine word; larger ones are kept as Python's integers."""


@dataclass(frozen=True, slots=True)
class Seated:
    """An expert drawn for a slot, with the chance the expert had; `nth` is the expert's number in the census."""

    nth: int
    expert_id: str
    slot: int
    chance: Fraction


class Drawing:
    """A lottery over the people of a census, ready to be sampled as often as there are seeds.

    `apart` are pairs of experts, by number, who must not sit together; those that can be kept apart without
    moving any chance are, by putting their bodies into one bin; the rest are `loose`.
    """

    def __init__(self, lottery: Lottery, census: Census, apart: Sequence[tuple[int, int]] = ()) -> None:
        self.lottery, self.census = lottery, census
        self.cells = [cell for cell, _ in lottery.counts]
        self.cell_of = _cells(lottery, census, self.cells)
        self.scale, self.shares = _shares(lottery)
        self.loads = [sum(by_slot.values()) for by_slot in self.shares]
        self.entries = self._entries()
        self.weights = self._weigh()
        self.items, self.loose = self._merge(self._items(), apart)

    def sample(self, seed: bytes) -> tuple[Seated, ...]:
        """The panel that the seed gives, by slot and id."""
        stream = Stream(seed)
        packing = _Packing(self, seed)
        flow = self._flow(packing)
        round_to_whole(flow, self.scale, stream)
        panel = []
        for (left, right), amount in sorted(flow.items()):
            if left[0] == "bin" and right[0] == "slot" and amount == self.scale:
                nth = self._take(packing, left[1], right[1], stream)
                chance = self.lottery.chances[self.cells[self.cell_of[nth]]]
                panel.append(Seated(nth, self.census.ids[nth], right[1], chance))
        return tuple(sorted(panel, key=lambda seated: (seated.slot, seated.expert_id.encode())))

    def people(self, path: int) -> list[int]:
        """The numbers of the experts with this path."""
        order, ends = self._by_path
        return list(order[ends[path] : ends[path + 1]].tolist())

    @cached_property
    def _by_path(self) -> tuple[Index, Index]:
        order = np.argsort(self.census.path_of, kind="stable")
        return order, np.searchsorted(self.census.path_of[order], np.arange(len(self.census.paths) + 1))

    def _entries(self) -> tuple[Index, Index, Index]:
        """How many there are by path and cell: (path, cell, count), only where there is someone."""
        width = len(self.cells)
        both = self.census.path_of * width + self.cell_of
        if len(self.census.paths) * width <= 8 * len(both) + 65_536:
            counts = np.bincount(both)
            pairs = np.flatnonzero(counts)
            counts = counts[pairs]
        else:
            pairs, counts = np.unique(both, return_counts=True)
        return pairs // width, pairs % width, counts

    def _weigh(self) -> list[int]:
        """The chances together of the people of each path, in units of the scale."""
        paths, cells, counts = self.entries
        if self.scale * self.lottery.seats < WORD:
            sums = np.zeros(len(self.census.paths), np.int64)
            np.add.at(sums, paths, counts * np.array(self.loads, np.int64)[cells])
            return list(sums.tolist())
        totals = [0] * len(self.census.paths)
        for path, cell, count in zip(paths.tolist(), cells.tolist(), counts.tolist(), strict=True):
            totals[path] += count * self.loads[cell]
        return totals

    def _items(self) -> dict[Body, "Item"]:
        """The outermost capped bodies, by name."""
        items: dict[Body, Item] = {}
        for nth, path in enumerate(self.census.paths):
            body = self.lottery.caps.outermost(path)
            item = items.setdefault(body, Item(body))
            item.paths.append(nth)
            item.weight += self.weights[nth]
        return items

    def _merge(
        self, items: dict[Body, "Item"], apart: Sequence[tuple[int, int]]
    ) -> tuple[list["Item"], tuple[tuple[int, int], ...]]:
        """Items whose members must not sit together become one where it weighs at most a seat."""
        loose = []
        for one, other in apart:
            left, right = (self._item_of(items, nth) for nth in (one, other))
            if left is not right and left.weight + right.weight <= self.scale:
                first, second = sorted((left, right), key=lambda item: item.name)
                first.paths += second.paths
                first.weight += second.weight
                second.within = first
            elif left is not right or left.weight > self.scale:
                loose.append((one, other))
        return [item for item in items.values() if item.within is None], tuple(loose)

    def _item_of(self, items: dict[Body, "Item"], nth: int) -> "Item":
        item = items[self.lottery.caps.outermost(self.census.paths[self.census.path_of[nth]])]
        while item.within is not None:
            item = item.within
        return item

    def _flow(self, packing: "_Packing") -> dict[Edge, int]:
        """What flows from bins to slots and on; the rest of each bin idles, through its group's idle node."""
        flow: dict[Edge, int] = {}
        idle: dict[int, int] = defaultdict(int)
        slots: dict[int, int] = defaultdict(int)
        for number, group in enumerate(packing.group_of):
            rest = self.scale
            for slot in range(len(self.lottery.slots)):
                amount = sum(
                    count * share.get(slot, 0)
                    for share, count in zip(self.shares, packing.counts[number], strict=True)
                )
                flow[("bin", number), ("slot", slot)] = amount
                slots[slot] += amount
                rest -= amount
            flow[("bin", number), ("idle", group)] = rest
            idle[group] += rest
        for group in range(len(packing.around) - 1, 0, -1):
            flow[("idle", group), ("idle", packing.around[group])] = idle[group]
            idle[packing.around[group]] += idle[group]
        for slot, amount in slots.items():
            flow[("slot", slot), ("total", 0)] = amount
        return flow

    def _take(self, packing: "_Packing", number: int, slot: int, stream: Stream) -> int:
        """A member of the bin, in proportion to the members' shares of the slot: by cell, then by id."""
        shares = [share.get(slot, 0) for share in self.shares]
        counts = packing.counts[number]
        at = stream.below(sum(count * share for count, share in zip(counts, shares, strict=True)))
        for cell, (count, share) in enumerate(zip(counts, shares, strict=True)):
            if at < count * share:
                inside = packing.members(number)
                return int(inside[self.cell_of[inside] == cell][at // share])
            at -= count * share
        raise AssertionError("a bin sends only members it has")


@dataclass(eq=False, slots=True)
class Item:
    """What is packed whole: bodies, by the numbers of their paths, or one person."""

    name: tuple[str, ...]
    paths: list[int] = field(default_factory=list)
    weight: int = 0
    person: int | None = None
    within: "Item | None" = None


class _Packing:
    """Bins of at most one seat each; group 0 is everyone, a body with more than one seat is a group of its own."""

    def __init__(self, drawing: Drawing, seed: bytes) -> None:
        self.drawing, self.seed = drawing, seed
        self.group_of: list[int] = []
        self.around: list[int] = [0]
        self._content: list[list[Item]] = []
        self._pack(drawing.items, 0)
        bin_of_path = np.full(len(drawing.census.paths), -1, np.int64)
        alone: dict[int, int] = {}
        for number, content in enumerate(self._content):
            for item in content:
                if item.person is None:
                    bin_of_path[item.paths] = number
                else:
                    alone[item.person] = number
        self._bin_of = bin_of_path[drawing.census.path_of]
        self._bin_of[list(alone)] = list(alone.values())
        # Everyone counts in the bin of the own path, but for those packed one by one, whose paths have no bin.
        paths, cells, counts = drawing.entries
        width, bins = len(drawing.cells), len(self._content)
        together = bin_of_path[paths] >= 0
        both = bin_of_path[paths[together]] * width + cells[together]
        table = np.bincount(both, weights=counts[together], minlength=width * bins).astype(np.int64)
        for person, number in alone.items():
            table[number * width + drawing.cell_of[person]] += 1
        self.counts: list[list[int]] = table.reshape(bins, width).tolist()

    def members(self, number: int) -> Index:
        """The numbers of the experts in a bin, in their order."""
        return np.flatnonzero(self._bin_of == number)

    def _pack(self, items: Iterable[Item], group: int) -> None:
        """Small items go whole into the last bin or a new one; each large body then is a group."""
        large, filled = [], self.drawing.scale + 1
        for item in sorted(items, key=lambda item: _ticket(self.seed, item.name)):
            if item.weight > self.drawing.scale:
                large.append(item)
                continue
            if filled + item.weight > self.drawing.scale:
                self._content.append([])
                self.group_of.append(group)
                filled = 0
            self._content[-1].append(item)
            filled += item.weight
        for item in large:
            self.around.append(group)
            self._pack(self._inside(item), len(self.around) - 1)

    def _inside(self, body: Item) -> list[Item]:
        """The next smaller bodies of a body, and the people of none."""
        drawing, caps = self.drawing, self.drawing.lottery.caps
        bodies: dict[Body, Item] = {}
        alone: list[Item] = []
        for nth in body.paths:
            chain = caps.chain(drawing.census.paths[nth])
            deeper = chain[chain.index(body.name) + 1 :]
            if deeper:
                item = bodies.setdefault(deeper[0], Item(deeper[0]))
                item.paths.append(nth)
                item.weight += drawing.weights[nth]
                continue
            for person in drawing.people(nth):
                load = drawing.loads[drawing.cell_of[person]]
                alone.append(Item((drawing.census.ids[person],), weight=load, person=person))
        return [*bodies.values(), *alone]


def _ticket(seed: bytes, name: Sequence[str]) -> bytes:
    return hashlib.sha256(b"yidi/order/1\0" + seed + "\0".join(name).encode()).digest()


def _cells(lottery: Lottery, census: Census, cells: Sequence[Cell]) -> Index:
    """The number of each expert's cell."""
    number = {cell: nth for nth, cell in enumerate(cells)}
    common = np.array([number.get(Cell(fits), -1) for fits in census.types], np.int64)
    cell_of = common[census.type_of]
    apart = [
        nth for nth, path in enumerate(census.paths) if lottery.bodies and lottery.cell_of((), path).body
    ]
    for person in np.flatnonzero(np.isin(census.path_of, apart)) if apart else ():
        cell = lottery.cell_of(census.types[census.type_of[person]], census.paths[census.path_of[person]])
        cell_of[person] = number[cell]
    return cell_of


def _shares(lottery: Lottery) -> tuple[int, list[Mapping[int, int]]]:
    """Each cell's members' share of each slot, as whole numbers over one common scale."""
    number = {cell: nth for nth, (cell, _) in enumerate(lottery.counts)}
    counts = dict(lottery.counts)
    exact = [(number[cell], slot, load / counts[cell]) for cell, slot, load in lottery.spread]
    scale = lcm(*(share.denominator for _, _, share in exact))
    shares: list[dict[int, int]] = [{} for _ in lottery.counts]
    for cell, slot, share in exact:
        shares[cell][slot] = share.numerator * (scale // share.denominator)
    return scale, list(shares)
