"""Bytes to digest: canonical JSON (RFC 8785), Merkle trees (RFC 9162), commitments and the seed.

Certificates hold only objects, arrays, strings, booleans and null, numbers being written as strings; for those,
RFC 8785 is JSON with keys sorted by UTF-16 code units, no white space and no needless escapes.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any

from scheduler.errors import require

ZERO = b"\0"


def canonical(value: Any) -> bytes:
    """The RFC 8785 form of a certificate's JSON; keys are ASCII, so that code points and code units sort alike."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data: bytes) -> str:
    """The digest as written in certificates, tagged with its algorithm."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def leaf_salt(salt: bytes, expert_id: str) -> bytes:
    """Each expert's own salt, so that a leaf can be opened without the others."""
    return hmac.digest(salt, expert_id.encode(), "sha256")


def leaf(row: Sequence[str], salt: bytes) -> bytes:
    """The leaf of one row of the pool, hiding it behind the row's own salt."""
    # What `canonical` gives for a list of strings, without making an encoder for every row.
    parts = ",".join(map(encode_basestring, (*row, leaf_salt(salt, row[0]).hex())))
    return hashlib.sha256(b"\0[" + parts.encode() + b"]").digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The tree head of RFC 9162, section 2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        # Pairing from the left, the odd last node moving up, gives the same tree as RFC 9162's recursion.
        paired = [_node(level[nth], level[nth + 1]) for nth in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The path of RFC 9162, section 2.1.3.1, from the leaf at `index` to the head."""
    path = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        paired = [_node(level[nth], level[nth + 1]) for nth in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
        index //= 2
    return tuple(path)


def party_commitment(draw_id: str, party: str, nonce: bytes) -> str:
    """What a party publishes before anyone reveals; the nonce has 32 bytes."""
    return sha256(b"yidi/party/1\0" + draw_id.encode() + ZERO + party.encode() + ZERO + nonce)


def seed_of(commitment_digest: str, reveals: Mapping[str, bytes], beacon: bytes = b"") -> bytes:
    """The seed: the commitment, the reveals in the order of the parties' names, the beacon if there is one."""
    parts = b"".join(
        party.encode() + ZERO + nonce
        for party, nonce in sorted(reveals.items(), key=lambda item: item[0].encode())
    )
    return hashlib.sha256(
        b"yidi/seed/1\0" + bytes.fromhex(commitment_digest.removeprefix("sha256:")) + parts + beacon
    ).digest()


def randomness_of(beacon_signature: bytes) -> bytes:
    """The randomness of a drand round: the SHA-256 of its signature."""
    return hashlib.sha256(beacon_signature).digest()


def utc_text(at: datetime) -> str:
    """The time as certificates write it; raises `BadInput` for one without a zone."""
    require(at.tzinfo is not None, "time", at, "times carry their time zone")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
