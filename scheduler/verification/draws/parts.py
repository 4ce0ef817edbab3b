"""Own arithmetic of the draw's verifier: canonical JSON, trees, numbers and the stream, written from the document.

Nothing here is shared with `scheduler.draw`; `docs/certificate.md` is the common source of both.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

_PLAIN = re.compile(r"[ !#-\[\]-~]*").fullmatch
MOST_DIGITS = 400
"""A bound on hostile input; honest fractions stay far below."""


class Broken(Exception):
    """A step of the verification fails; the text says how, in one sentence."""


def check(holds: bool, otherwise: str) -> None:
    """Raise `Broken` unless `holds`."""
    if not holds:
        raise Broken(otherwise)


def jcs(value: Any) -> bytes:
    """Canonical JSON of objects, arrays, strings, booleans and null; anything else is broken."""
    try:
        return _text(value).encode()
    except UnicodeEncodeError:
        raise Broken("a string is not valid Unicode") from None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"' if _PLAIN(value) else f'"{_escaped(value)}"'
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(_text, value))}]"
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        check(all(isinstance(key, str) for key in value), "a key is not a string")
        keys = sorted(value, key=_code_units)
        return "{" + ",".join(f"{_text(key)}:{_text(value[key])}" for key in keys) + "}"
    raise Broken(f"a certificate holds no {type(value).__name__}")


def _code_units(key: str) -> bytes:
    return key.encode("utf-16-be")


def _escaped(text: str) -> str:
    named = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return "".join(named.get(char) or (f"\\u{ord(char):04x}" if char < " " else char) for char in text)


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
    return leaf_of(row, hmac.digest(salt, row[0].encode(), "sha256").hex())


def leaf_of(row: Sequence[str], own: str) -> bytes:
    """The leaf of a row with its own salt, in hex."""
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


def again(seed: bytes) -> bytes:
    """The seed of the attempt after this one."""
    return hashlib.sha256(b"yidi/again/1\x00" + seed).digest()


def whole(text: Any) -> int:
    """A non-negative whole number written in plain digits."""
    plain = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    check(plain and (text == "0" or not text.startswith("0")), "a number is not written in plain digits")
    return int(text)


def fraction(text: Any) -> Fraction:
    """A non-negative fraction in lowest terms, "p/q" or "p"."""
    check(isinstance(text, str), "a fraction is not a string")
    above, slash, below = text.partition("/")
    value = Fraction(whole(above), whole(below) if slash else 1)
    check(str(value) == text, "a fraction is not in lowest terms")
    return value


def unhex(text: Any) -> bytes:
    """Bytes in lower-case hex without spaces: one way to write them, so that a certificate has one digest."""
    check(isinstance(text, str), "hex digits are not a string")
    data = bytes.fromhex(text)
    check(data.hex() == text, "hex digits are not in lower case")
    return data


def moment(text: Any) -> datetime:
    """A UTC time, such as 2026-11-24T04:00:00Z."""
    check(isinstance(text, str) and text.endswith("Z"), "a time is not in UTC")
    return datetime.fromisoformat(text)


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> str:
    """The tree head that a leaf and its path lead to: RFC 9162, section 2.1.3.2."""
    check(0 <= index < size, "the leaf is not in the tree")
    node, last, head = index, size - 1, leaf
    for sibling in path:
        check(last > 0, "the path is too long")
        if node % 2 or node == last:
            head = hashlib.sha256(b"\x01" + sibling + head).digest()
            while not node % 2 and node:
                node, last = node >> 1, last >> 1
        else:
            head = hashlib.sha256(b"\x01" + head + sibling).digest()
        node, last = node >> 1, last >> 1
    check(last == 0, "the path is too short")
    return "sha256:" + head.hex()


def seed_of(
    name: str,
    parties: Sequence[Mapping[str, str]],
    reveals: Sequence[Mapping[str, str]],
    commitment_digest: str,
) -> tuple[bytes, list[str]]:
    """What the seed is hashed from, but for a beacon, and the parties that did not reveal.

    `name` is the id that the parties' commitments carry. Each reveal must be the committed one.
    """
    promised = {entry["party"]: entry["commitment"] for entry in parties}
    names = [entry["party"] for entry in reveals]
    ordered = bool(names) and names == sorted(set(names), key=lambda party: party.encode())
    check(ordered, "reveals are not in order")
    seed = b"yidi/seed/1\x00" + unhex(commitment_digest.removeprefix("sha256:"))
    for entry in reveals:
        party, nonce = entry["party"], unhex(entry["nonce"])
        said = b"yidi/party/1\x00" + name.encode() + b"\x00" + party.encode() + b"\x00" + nonce
        kept = len(nonce) == 32 and digest(said) == promised[party]
        check(kept, f"the reveal of {party} is not the committed one")
        seed += party.encode() + b"\x00" + nonce
    return seed, [party for party in promised if party not in names]
