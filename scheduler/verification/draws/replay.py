"""The verifier's replay: from lottery, pool and seed to the panel, written from the document."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import lcm

from scheduler.verification.draws.lottery import Lottery
from scheduler.verification.draws.parts import Numbers, check

Path = tuple[str, ...]
Place = tuple[str, int]
Edge = tuple[Place, Place]


@dataclass(frozen=True, slots=True)
class Person:
    """An eligible expert: id, cell, and its capped bodies from the outside in."""

    expert_id: str
    cell: int
    chain: tuple[Path, ...]


@dataclass(eq=False)
class Parcel:
    """People who are packed together; `name` puts it in order."""

    name: Path
    people: list[Person] = field(default_factory=list)
    weight: int = 0


class Replay:
    """Everything of the replay that does not depend on the seed."""

    def __init__(self, lottery: Lottery, people: Sequence[Person], pairs: Sequence[Sequence[str]]) -> None:
        self.lottery = lottery
        each = [(cell, slot, load / lottery.sizes[cell]) for cell, slot, load in lottery.spread]
        self.unit = lcm(*(share.denominator for _, _, share in each))
        self.share: list[dict[int, int]] = [{} for _ in lottery.sizes]
        for cell, slot, part in each:
            self.share[cell][slot] = int(part * self.unit)
        self.load = [sum(by_slot.values()) for by_slot in self.share]
        parcels = self._parcels(people, 0)
        home = {person.expert_id: parcel for parcel in parcels for person in parcel.people}
        self.loose: list[Sequence[str]] = []
        for one, other in pairs:
            left, right = home[one], home[other]
            if left is right and left.weight <= self.unit:
                continue
            if left is right or left.weight + right.weight > self.unit:
                self.loose.append((one, other))
                continue
            if right.name < left.name:
                left, right = right, left
            left.people += right.people
            left.weight += right.weight
            for person in right.people:
                home[person.expert_id] = left
            parcels.remove(right)
        self.parcels = parcels

    def _parcels(self, people: Sequence[Person], depth: int) -> list[Parcel]:
        """People by the body at this depth of their chain; those without one are alone."""
        found: dict[tuple[bool, Path], Parcel] = {}
        for person in people:
            alone = depth >= len(person.chain)
            name = (person.expert_id,) if alone else person.chain[depth]
            parcel = found.setdefault((alone, name), Parcel(name))
            parcel.people.append(person)
            parcel.weight += self.load[person.cell]
        return list(found.values())

    def panel(self, seed: bytes) -> list[tuple[int, str]]:
        """The panel as (slot, expert) that the seed gives: pack, round, take."""
        bins: list[list[Person]] = []
        group_of: list[int] = []
        around = [0]
        self._pack(seed, self.parcels, 0, 0, bins, group_of, around)
        counts = [Counter(person.cell for person in content) for content in bins]
        amounts = self._amounts(counts, group_of, around)
        numbers = Numbers(seed)
        _round(amounts, self.unit, numbers)
        drawn = []
        for (source, target), amount in sorted(amounts.items()):
            if source[0] == "bin" and target[0] == "slot" and amount == self.unit:
                slot, content = target[1], bins[source[1]]
                weights = {cell: self.share[cell].get(slot, 0) for cell in counts[source[1]]}
                left = numbers.below(sum(weights[cell] * count for cell, count in counts[source[1]].items()))
                for person in sorted(content, key=lambda one: (one.cell, one.expert_id.encode())):
                    left -= weights[person.cell]
                    if left < 0:
                        drawn.append((slot, person.expert_id))
                        break
        return sorted(drawn, key=lambda seat: (seat[0], seat[1].encode()))

    def _pack(
        self,
        seed: bytes,
        parcels: Sequence[Parcel],
        depth: int,
        group: int,
        bins: list[list[Person]],
        group_of: list[int],
        around: list[int],
    ) -> None:
        room, large = -1, []
        for parcel in sorted(parcels, key=lambda one: _ticket(seed, one.name)):
            if parcel.weight > self.unit:
                large.append(parcel)
                continue
            if parcel.weight > room:
                bins.append([])
                group_of.append(group)
                room = self.unit
            bins[-1] += parcel.people
            room -= parcel.weight
        for parcel in large:
            around.append(group)
            inner = self._parcels(parcel.people, depth + 1)
            self._pack(seed, inner, depth + 1, len(around) - 1, bins, group_of, around)

    def _amounts(
        self, counts: Sequence[Mapping[int, int]], group_of: Sequence[int], around: Sequence[int]
    ) -> dict[Edge, int]:
        amounts: dict[Edge, int] = {}
        idle, filled = [0] * len(around), [0] * len(self.lottery.slots)
        for number, content in enumerate(counts):
            rest = self.unit
            for slot in range(len(filled)):
                amount = sum(self.share[cell].get(slot, 0) * count for cell, count in content.items())
                amounts[("bin", number), ("slot", slot)] = amount
                filled[slot] += amount
                rest -= amount
            amounts[("bin", number), ("idle", group_of[number])] = rest
            idle[group_of[number]] += rest
        for group in range(len(around) - 1, 0, -1):
            amounts[("idle", group), ("idle", around[group])] = idle[group]
            idle[around[group]] += idle[group]
        for slot, amount in enumerate(filled):
            amounts[("slot", slot), ("total", 0)] = amount
        return amounts


def draw_by_list(
    lottery: Lottery, people: Sequence[Person], room: Mapping[Path, int], pairs: Sequence[Sequence[str]], seed: bytes
) -> list[tuple[int, str]]:  # fmt: skip
    """The panel that the seed gives list by list; empty at a dead end."""
    numbers, panel, full = Numbers(seed), dict[str, int](), Counter[Path]()
    odds: dict[str, set[str]] = {}
    for one, other in pairs:
        odds.setdefault(one, set()).add(other)
        odds.setdefault(other, set()).add(one)
    for number, slot in enumerate(lottery.slots):
        candidates = [person for person in people if number in lottery.reach[person.cell]]
        seats = slot.least
        while seats:
            if not candidates:
                return []
            person = candidates.pop(numbers.below(len(candidates)))
            barred = person.expert_id in panel or not odds.get(person.expert_id, set()).isdisjoint(panel)
            if barred or any(full[body] >= room[body] for body in person.chain):
                continue
            panel[person.expert_id] = number
            full.update(person.chain)
            seats -= 1
    return sorted(
        ((slot, expert) for expert, slot in panel.items()), key=lambda seat: (seat[0], seat[1].encode())
    )


def _ticket(seed: bytes, name: Path) -> bytes:
    return hashlib.sha256(b"yidi/order/1\x00" + seed + "\x00".join(name).encode()).digest()


def _round(amounts: dict[Edge, int], unit: int, numbers: Numbers) -> None:
    while True:
        near: dict[Place, list[tuple[Place, Edge, bool]]] = {}
        for (source, target), amount in amounts.items():
            if amount % unit:
                near.setdefault(source, []).append((target, (source, target), True))
                near.setdefault(target, []).append((source, (source, target), False))
        if not near:
            return
        place = min(near)
        visited = {place: 0}
        steps: list[tuple[Edge, bool]] = []
        while True:
            ways = [way for way in near[place] if not steps or way[1] != steps[-1][0]]
            check(bool(ways), "the lottery's shares do not add up to whole seats")
            place, edge, along = min(ways)
            steps.append((edge, along))
            if place in visited:
                break
            visited[place] = len(steps)
        circle = steps[visited[place] :]
        rest = [(amounts[edge] % unit, along) for edge, along in circle]
        up = min(unit - part if along else part for part, along in rest)
        down = min(part if along else unit - part for part, along in rest)
        change = up if numbers.below(up + down) < down else -down
        for edge, along in circle:
            amounts[edge] += change if along else -change
