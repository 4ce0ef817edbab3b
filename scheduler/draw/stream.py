"""Random numbers from a seed, specified to the byte in `docs/certificate.md`."""

import hashlib


class Stream:
    """SHA-256 in counter mode: block i is SHA-256(seed ‖ i as 8 bytes, big-endian), read from its first byte."""

    def __init__(self, seed: bytes) -> None:
        self._seed, self._block, self._counter = seed, b"", 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        while len(self._block) < count:
            self._block += hashlib.sha256(self._seed + self._counter.to_bytes(8, "big")).digest()
            self._counter += 1
        taken, self._block = self._block[:count], self._block[count:]
        return taken

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1, all equally likely: masked bytes, rejected while too large."""
        bits = (limit - 1).bit_length()
        while True:
            number = int.from_bytes(self.take((bits + 7) // 8), "big") & ((1 << bits) - 1)
            if number < limit:
                return number
