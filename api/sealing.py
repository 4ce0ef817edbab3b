"""Field encryption: AES-GCM-SIV under named keys, bound to what the field is about."""

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from api.refusals import BadCiphertext

NONCE = 12


@dataclass(frozen=True, slots=True, repr=False)
class Sealer:
    """Seals with the first key and opens with any; a key is rotated by putting a new one in front."""

    keys: tuple[tuple[str, bytes], ...]

    def seal(self, plain: bytes, about: str) -> bytes:
        """The ciphertext, which opens only under the same `about`, such as "expert/E017/name"."""
        key_id, key = self.keys[0]
        nonce = secrets.token_bytes(NONCE)
        head = bytes([len(key_id)]) + key_id.encode()
        return head + nonce + AESGCMSIV(key).encrypt(nonce, plain, head + about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed; raises `BadCiphertext` when the key is unknown or a byte was changed."""
        end = 1 + (sealed[0] if sealed else 0)
        head, nonce, body = sealed[:end], sealed[end : end + NONCE], sealed[end + NONCE :]
        key = dict(self.keys).get(head[1:].decode(errors="replace"))
        if key is None:
            raise BadCiphertext("key", head[1:].decode(errors="replace"), "the key is not in the key ring")
        try:
            return AESGCMSIV(key).decrypt(nonce, body, head + about.encode())
        except (InvalidTag, ValueError):
            raise BadCiphertext("field", about, "the ciphertext was changed or moved") from None

    def key_of(self, sealed: bytes) -> str:
        """The id of the key that sealed it, so that a rotation finds what is left to reseal."""
        return sealed[1 : 1 + sealed[0]].decode(errors="replace") if sealed else ""
