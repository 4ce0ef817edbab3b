"""Own arithmetic of the draw's verifier: canonical JSON, trees, stream and sampling, written from the document.

Nothing here is shared with `scheduler.draw`; `docs/certificate.md` is the common source of both.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

Rows = Sequence[Sequence[str]]
Cells = Sequence[tuple[tuple[int, ...], str]]
Place = tuple[str, int]


class Broken(Exception):
    """A step of the verification fails; the text says how, in one sentence."""


def check(holds: bool, otherwise: str) -> None:
    """Raise `Broken` unless `holds`."""
    if not holds:
        raise Broken(otherwise)


def jcs(value: Any) -> bytes:
    """Canonical JSON of objects, arrays, strings, booleans and null; anything else is broken."""
    if value is None or value is True or value is False:
        return {None: b"null", True: b"true", False: b"false"}[value]
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        check(all(isinstance(key, str) for key in value), "a key is not a string")
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return b"{" + b",".join(_string(key) + b":" + jcs(value[key]) for key in keys) + b"}"
    if isinstance(value, (list, tuple)):
        return b"[" + b",".join(jcs(item) for item in value) + b"]"
    raise Broken(f"a certificate holds no {type(value).__name__}")


def _string(text: str) -> bytes:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return b'"' + text.encode() + b'"'
    named = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    escaped = "".join(named.get(char) or (f"\\u{ord(char):04x}" if char < " " else char) for char in text)
    try:
        return b'"' + escaped.encode() + b'"'
    except UnicodeEncodeError:
        raise Broken("a string is not valid Unicode") from None


def digest(data: bytes) -> str:
    """SHA-256 as certificates write it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tree_head(leaves: Sequence[bytes]) -> str:
    """The Merkle tree head of RFC 9162, by its recursion: split at the largest power of two below the size."""

    def head(first: int, last: int) -> bytes:
        if last - first == 1:
            return leaves[first]
        cut = 1 << ((last - first - 1).bit_length() - 1)
        return hashlib.sha256(b"\x01" + head(first, first + cut) + head(first + cut, last)).digest()

    return "sha256:" + (head(0, len(leaves)) if leaves else hashlib.sha256(b"").digest()).hex()


def pool_leaf(row: Sequence[str], salt: bytes) -> bytes:
    """SHA-256(0x00 ‖ JSON of the row and its own salt, HMAC-SHA256(salt, id))."""
    own = hmac.digest(salt, row[0].encode(), "sha256").hex()
    return hashlib.sha256(b"\x00" + jcs([*row, own])).digest()


class Numbers:
    """The random stream: SHA-256(seed ‖ counter) blocks, masked bytes, too large ones rejected."""

    def __init__(self, seed: bytes) -> None:
        self._seed, self._bytes, self._next = seed, bytearray(), 0

    def below(self, limit: int) -> int:
        """The next number from 0 to `limit` - 1."""
        check(limit > 0, "the lottery gives nothing to choose from")
        bits = (limit - 1).bit_length()
        size = -(-bits // 8)
        while True:
            while len(self._bytes) < size:
                self._bytes += hashlib.sha256(self._seed + self._next.to_bytes(8, "big")).digest()
                self._next += 1
            number = int.from_bytes(self._bytes[:size], "big") % (1 << bits)
            del self._bytes[:size]
            if number < limit:
                return number


def ticket(seed: bytes, name: str) -> bytes:
    """By what employers, and members of large employers, are put in order."""
    return hashlib.sha256(b"yidi/order/1\x00" + seed + name.encode()).digest()


def again(seed: bytes) -> bytes:
    """The seed of the attempt after this one."""
    return hashlib.sha256(b"yidi/again/1\x00" + seed).digest()


def replay(
    cells: Cells, spread: Sequence[tuple[int, int, Fraction]], rows: Rows, slots: int, seed: bytes
) -> list[tuple[int, str]]:
    """The panel as (slot, expert) that the seed gives: pack, round, take."""
    sizes = [sum(row[2] == str(number) for row in rows) for number in range(len(cells))]
    each = [(cell, slot, load / sizes[cell]) for cell, slot, load in spread]
    unit = lcm(*(share.denominator for _, _, share in each))
    share: list[dict[int, int]] = [{} for _ in cells]
    for cell, slot, part in each:
        share[cell][slot] = int(part * unit)
    bins, parents = _pack(cells, rows, share, unit, seed)
    amounts = _amounts(bins, parents, share, slots, unit)
    numbers = Numbers(seed)
    _round(amounts, unit, numbers)
    panel = []
    for (source, target), amount in sorted(amounts.items()):
        if target[0] == "slot" and amount == unit:
            content, slot = bins[source[1]], target[1]
            left = numbers.below(sum(share[cell].get(slot, 0) * len(ids) for cell, ids in content))
            for cell, ids in content:
                weight = share[cell].get(slot, 0)
                if left < weight * len(ids):
                    panel.append((slot, ids[left // weight]))
                    break
                left -= weight * len(ids)
    return sorted(panel, key=lambda seat: (seat[0], seat[1].encode()))


def _pack(
    cells: Cells, rows: Rows, share: Sequence[Mapping[int, int]], unit: int, seed: bytes
) -> tuple[list[list[tuple[int, list[str]]]], list[int]]:
    """Bins with content, and for each the number of its group, 0 for none."""
    order = sorted(range(len(cells)), key=lambda number: cells[number])
    staff: dict[str, dict[int, list[str]]] = {}
    for expert, employer, verdict in rows:
        if verdict.isdecimal():
            staff.setdefault(employer, {}).setdefault(int(verdict), []).append(expert)
    load = [sum(by_slot.values()) for by_slot in share]
    bins: list[list[tuple[int, list[str]]]] = []
    parents: list[int] = []
    room, large = 0, []
    for employer in sorted(staff, key=lambda name: ticket(seed, name)):
        weight = sum(load[cell] * len(ids) for cell, ids in staff[employer].items())
        if weight > unit:
            large.append(employer)
            continue
        if not bins or weight > room:
            bins.append([])
            parents.append(0)
            room = unit
        bins[-1] += [(cell, staff[employer][cell]) for cell in order if cell in staff[employer]]
        room -= weight
    for group, employer in enumerate(large, start=1):
        people = [(expert, cell) for cell, ids in staff[employer].items() for expert in ids]
        room = -1
        for expert, cell in sorted(people, key=lambda person: ticket(seed, person[0])):
            if load[cell] > room:
                bins.append([])
                parents.append(group)
                room = unit
            bins[-1].append((cell, [expert]))
            room -= load[cell]
    return bins, parents


def _amounts(
    bins: Sequence[Sequence[tuple[int, list[str]]]],
    parents: Sequence[int],
    share: Sequence[Mapping[int, int]],
    slots: int,
    unit: int,
) -> dict[tuple[Place, Place], int]:
    amounts: dict[tuple[Place, Place], int] = {}
    idle = dict.fromkeys(parents, 0)
    for number, content in enumerate(bins):
        rest = unit
        for slot in range(slots):
            amount = sum(share[cell].get(slot, 0) * len(ids) for cell, ids in content)
            amounts[("bin", number), ("slot", slot)] = amount
            rest -= amount
        amounts[("bin", number), ("idle", parents[number])] = rest
        idle[parents[number]] += rest
    for group, amount in idle.items():
        if group:
            amounts[("idle", group), ("idle", 0)] = amount
    return amounts


def _round(amounts: dict[tuple[Place, Place], int], unit: int, numbers: Numbers) -> None:
    while True:
        near: dict[Place, list[tuple[Place, tuple[Place, Place], bool]]] = {}
        for (source, target), amount in amounts.items():
            if amount % unit:
                near.setdefault(source, []).append((target, (source, target), True))
                near.setdefault(target, []).append((source, (source, target), False))
        if not near:
            return
        place = min(near)
        visited = {place: 0}
        steps: list[tuple[tuple[Place, Place], bool]] = []
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
