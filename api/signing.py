"""Signatures on certificates: Ed25519, the only place that holds the private key."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Signs with one Ed25519 key, given as its 32 private bytes."""

    private: bytes

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of the message."""
        return Ed25519PrivateKey.from_private_bytes(self.private).sign(message)

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        key = Ed25519PrivateKey.from_private_bytes(self.private).public_key()
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def check_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature of the message was made with the private half of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
