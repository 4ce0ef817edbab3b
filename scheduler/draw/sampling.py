"""From a lottery and a random stream to one panel, with exactly the lottery's chances.

Bodies are packed, in an order that the seed decides, into *bins* that each fill at most one seat on average. No
bin ever sends two members, so no body inside one exceeds its cap. A body with more than one seat on average has
bins of its own. The bins' shares of the slots are then rounded to whole seats by random cycle cancelling (Gandhi,
Khuller, Parthasarathy & Srinivasan 2006), which keeps every share's expectation and rounds the sum of a body's,
and of a slot's, to a neighbour; within a bin a member is taken in proportion to its share. All in integers.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.bodies import Body
from scheduler.draw.census import Census, Index
from scheduler.draw.lottery import Cell, Lottery
from scheduler.draw.rounding import Edge, round_to_whole
from scheduler.draw.stream import Stream

WORD = 2**62
"""Sums below fit a machine word; larger ones are kept as Python's integers."""

Whole = NDArray[Any]
"""Whole numbers: machine words, or Python's integers where those would overflow."""


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
        self.whole = np.dtype(np.int64 if self.scale * lottery.seats < WORD else object)
        self.weights = self._weigh()
        self.parcels, self.loose = self._merge(self._parcels(), apart)

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

    def _weigh(self) -> Whole:
        """The chances together of the people of each path, in units of the scale."""
        paths, cells, counts = self.entries
        loads = counts.astype(self.whole) * np.array(self.loads, self.whole)[cells]
        return self._sums(loads, paths, len(self.census.paths))

    def _sums(self, amounts: Whole, number_of: Index, size: int) -> Whole:
        """The sum of the amounts of each number, numbers being in order."""
        running = np.zeros(len(amounts) + 1, self.whole)
        np.cumsum(amounts, out=running[1:])
        ends = np.searchsorted(number_of, np.arange(size + 1))
        return np.asarray(running[ends[1:]] - running[ends[:-1]])

    def _parcels(self) -> "Parcels":
        """The outermost capped bodies."""
        census, caps = self.census, self.lottery.caps
        if caps.group is None:
            bodies, parcel_of = census.level(1)
            return Parcels(bodies, self._sums(self.weights, parcel_of, len(bodies)), parcel_of)
        number: dict[Body, int] = {}
        outermost = (caps.outermost(path) for path in census.paths)
        parcel_of = np.array([number.setdefault(body, len(number)) for body in outermost], np.int64)
        weights = np.zeros(len(number), self.whole)
        np.add.at(weights, parcel_of, self.weights)
        return Parcels(tuple(number), weights, parcel_of)

    def _merge(
        self, parcels: "Parcels", apart: Sequence[tuple[int, int]]
    ) -> tuple["Parcels", tuple[tuple[int, int], ...]]:
        """Bodies whose members must not sit together become one parcel where it weighs at most a seat."""
        if not apart:
            return parcels, ()
        loose: list[tuple[int, int]] = []
        within = list(range(len(parcels.bodies)))
        weights: list[int] = parcels.weights.tolist()

        def parcel_of(person: int) -> int:
            found = int(parcels.of_path[self.census.path_of[person]])
            while within[found] != found:
                found = within[found]
            return found

        for one, other in apart:
            left, right = sorted((parcel_of(one), parcel_of(other)), key=lambda nth: parcels.bodies[nth])
            if left != right and weights[left] + weights[right] <= self.scale:
                weights[left] += weights[right]
                within[right] = left
            elif left != right or weights[left] > self.scale:
                loose.append((one, other))
        kept = [nth for nth, around in enumerate(within) if nth == around]
        place = {nth: new for new, nth in enumerate(kept)}
        new_of = []
        for nth in range(len(within)):
            found = nth
            while within[found] != found:
                found = within[found]
            new_of.append(place[found])
        return (
            Parcels(
                tuple(parcels.bodies[nth] for nth in kept),
                np.array([weights[nth] for nth in kept], self.whole),
                np.array(new_of, np.int64)[parcels.of_path],
            ),
            tuple(loose),
        )

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


class Parcels:
    """Bodies that are packed whole unless they weigh more than a seat, in columns."""

    def __init__(self, bodies: Sequence[Body], weights: Whole, of_path: Index) -> None:
        self.bodies, self.weights, self.of_path = bodies, weights, of_path

    @cached_property
    def names(self) -> list[bytes]:
        """What the order of packing is a hash of."""
        return ["\0".join(body).encode() for body in self.bodies]


class _Packing:
    """Bins of at most one seat each; group 0 is everyone, a body with more than one seat is a group of its own."""

    def __init__(self, drawing: Drawing, seed: bytes) -> None:
        self.drawing, self.seed = drawing, seed
        self.group_of: list[int] = []
        self.around: list[int] = [0]
        parcels = drawing.parcels
        number_of, large = self._fill(parcels.names, parcels.weights, 0)
        self._bin_of_path = number_of[parcels.of_path]
        self._alone: dict[int, int] = {}
        for nth in large:
            self._split(parcels.bodies[nth], np.flatnonzero(parcels.of_path == nth).tolist(), 0)
        self._bin_of = self._bin_of_path[drawing.census.path_of]
        self._bin_of[list(self._alone)] = list(self._alone.values())
        # Everyone counts in the bin of the own path, but for those packed one by one, whose paths have no bin.
        paths, cells, counts = drawing.entries
        width, bins = len(drawing.cells), len(self.group_of)
        bin_of = self._bin_of_path[paths]
        if large:
            together = bin_of >= 0
            bin_of, cells, counts = bin_of[together], cells[together], counts[together]
        table = np.bincount(bin_of * width + cells, weights=counts, minlength=width * bins).astype(np.int64)
        for person, number in self._alone.items():
            table[number * width + drawing.cell_of[person]] += 1
        self.counts: list[list[int]] = table.reshape(bins, width).tolist()

    def members(self, number: int) -> Index:
        """The numbers of the experts in a bin, in their order."""
        return np.flatnonzero(self._bin_of == number)

    def _fill(self, names: Sequence[bytes], weights: Whole, group: int) -> tuple[Index, list[int]]:
        """Small parcels go whole into the last bin or a new one: the bin of each; and the large ones, in order."""
        order = _by_ticket(self.seed, names)
        sorted_weights = weights[order]
        fits = sorted_weights <= self.drawing.scale
        small, running = order[fits], np.cumsum(sorted_weights[fits])
        number_of = np.full(len(names), -1, np.int64)
        start, before = 0, 0
        while start < len(small):
            end = int(np.searchsorted(running, before + self.drawing.scale, side="right"))
            number_of[small[start:end]] = len(self.group_of)
            self.group_of.append(group)
            start, before = end, int(running[end - 1])
        return number_of, order[~fits].tolist()

    def _split(self, body: Body, paths: Sequence[int], group: int) -> None:
        """A large body is a group: of the next smaller bodies, and of people who are in none."""
        self.around.append(group)
        own = len(self.around) - 1
        drawing, caps = self.drawing, self.drawing.lottery.caps
        inner: dict[Body, list[int]] = {}
        people: list[int] = []
        for path in paths:
            chain = caps.chain(drawing.census.paths[path])
            deeper = chain[chain.index(body) + 1 :]
            if deeper:
                inner.setdefault(deeper[0], []).append(path)
            else:
                people += drawing.people(path)
        bodies = list(inner)
        names = ["\0".join(one).encode() for one in bodies]
        names += [drawing.census.ids[person].encode() for person in people]
        weights = [sum(drawing.weights[inner[one]].tolist()) for one in bodies]
        weights += [drawing.loads[drawing.cell_of[person]] for person in people]
        number_of, large = self._fill(names, np.array(weights, drawing.whole), own)
        for nth, number in enumerate(number_of.tolist()):
            if nth >= len(bodies):
                self._alone[people[nth - len(bodies)]] = number
            elif number >= 0:
                self._bin_of_path[inner[bodies[nth]]] = number
        for nth in large:
            self._split(bodies[nth], inner[bodies[nth]], own)


def _by_ticket(seed: bytes, names: Sequence[bytes]) -> Index:
    """The order of the names' hashes, keyed by the seed."""
    key = b"yidi/order/1\0" + seed
    tickets = [hashlib.sha256(key + name).digest() for name in names]
    words = np.frombuffer(b"".join(tickets), ">u8").reshape(-1, 4)
    order = np.argsort(words[:, 0], kind="stable")
    first = words[order, 0]
    if (first[1:] == first[:-1]).any():
        return np.array(sorted(range(len(tickets)), key=lambda nth: tickets[nth]), np.int64)
    return order


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
