"""What one running installation has at hand: database, rule book, calendar, keys, clock and entropy."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlmodel import Session

from api.clocks import Clock
from api.database import snapshot, transaction
from api.disclosure import Viewer
from api.keys import Keys
from api.refusals import NotSignedIn
from api.security import Proven, authenticate
from scheduler.rules import RuleBook
from scheduler.timeline import WorkCalendar

Entropy = Callable[[str, str], bytes]
"""The 32-byte nonce of one party for one draw."""

NONCE = 32


def system_entropy(draw_id: str, party: str) -> bytes:
    """A nonce from the operating system."""
    return secrets.token_bytes(NONCE)


def rehearsal_entropy(seed: int) -> Entropy:
    """Nonces that follow from the seed alone, so that a rehearsal can be repeated."""

    def nonce(draw_id: str, party: str) -> bytes:
        message = f"yidi rehearsal\0{draw_id}\0{party}".encode()
        return hmac.digest(str(seed).encode(), message, hashlib.sha256)

    return nonce


@dataclass(slots=True)
class Office:
    """One installation; each of `bells` is rung after every commit."""

    engine: Engine
    book: RuleBook
    calendar: WorkCalendar
    keys: Keys
    clock: Clock
    entropy: Entropy = system_entropy
    rehearsal: bool = False
    bells: list[Callable[[], None]] = field(default_factory=list)
    proven: Proven = field(default_factory=Proven)

    def committed(self) -> None:
        """Whoever follows the log is told that there may be something new in it."""
        for ring in self.bells:
            ring()

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """A transaction: everything in it happens, or nothing; followers of the log are told after it."""
        with transaction(self.engine, self.committed) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """All that is read in the block is of one moment."""
        with snapshot(self.engine) as session:
            yield session

    def viewer_of_token(self, token: str) -> Viewer | None:
        """Who the token stands for now, if anyone."""
        with self.reading() as session:
            try:
                return authenticate(session, token, self.proven, self.clock.now())
            except NotSignedIn:
                return None
