"""Public randomness (drand): which round appears when, and whether a signature is the round's.

The check needs the optional extra `drand`; rounds come with the draw's record, so no network is needed to verify.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

from scheduler.draw import Beacon
from scheduler.errors import require
from scheduler.verification.draws import Shone


@dataclass(frozen=True, slots=True)
class Chain:
    """A drand network: round 1 appeared at `genesis`, and then one every `period`."""

    chain: str
    scheme: str
    public_key: str
    genesis: datetime
    period: timedelta

    def first_after(self, at: datetime) -> Beacon:
        """The first round that appears later than `at`."""
        require(at.tzinfo is not None, "at", at, "times carry their time zone")
        rounds = max(0, (at - self.genesis) // self.period + 1)
        return Beacon(self.chain, self.scheme, self.public_key, rounds + 1)

    def appears(self, round_number: int) -> datetime:
        """When the round appears."""
        return self.genesis + (round_number - 1) * self.period


QUICKNET = Chain(
    chain="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    scheme="bls-unchained-g1-rfc9380",
    public_key="83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    genesis=datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC),
    period=timedelta(seconds=3),
)
"""The League of Entropy's unchained network, as published by drand."""

ON_G1 = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
ON_G2 = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"


def beacon_check() -> Shone | None:
    """The check of beacons, or None where the extra is not installed."""
    return check_beacon if find_spec("py_arkworks_bls12381") else None


def check_beacon(scheme: str, public_key: bytes, round_number: int, signature: bytes) -> bool:
    """Whether the signature is that of the round; never for a scheme that is not known here."""
    from py_arkworks_bls12381 import GT, G1Point, G2Point  # noqa: PLC0415 - an extra, not everywhere

    message = hashlib.sha256(round_number.to_bytes(8, "big")).digest()
    try:
        if scheme == "bls-unchained-g1-rfc9380":
            said = GT.pairing(G1Point.from_compressed_bytes(signature), G2Point())
            meant = GT.pairing(
                G1Point.hash_to_curve(message, ON_G1), G2Point.from_compressed_bytes(public_key)
            )
        elif scheme == "pedersen-bls-unchained":
            said = GT.pairing(G1Point(), G2Point.from_compressed_bytes(signature))
            meant = GT.pairing(
                G1Point.from_compressed_bytes(public_key), G2Point.hash_to_curve(message, ON_G2)
            )
        else:
            return False
    except ValueError:
        return False
    return bool(said == meant)
