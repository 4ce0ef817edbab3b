"""Retention: how long what happened can be replayed; the log itself keeps every event."""

import time
from datetime import timedelta

from api.database import transaction
from api.office import Office
from api.store import ledger

EVERY_SECONDS = 3600


class Retention:
    """Keeps replay to the last `days`, looking once an hour; 0 days keep everything."""

    def __init__(self, office: Office, days: int) -> None:
        self._office, self._kept, self._next = office, timedelta(days=days), 0.0

    def keep(self) -> None:
        """What is too old is replayed no more, if it is time to look."""
        if self._kept and time.monotonic() >= self._next:
            forget(self._office, self._kept)
            self._next = time.monotonic() + EVERY_SECONDS


def forget(office: Office, kept: timedelta, portion: int = 10_000) -> int:
    """What happened longer ago can no longer be replayed: who resumes from before is told to start anew.

    Portion by portion, each a transaction of its own. How many entries went; the events stay in the log.
    """
    gone, before = 0, office.clock.now() - kept
    while True:
        with transaction(office.engine) as session:  # no news for followers: what they have, they keep
            portion_gone = ledger.prune(session, before, portion)
        gone += portion_gone
        if portion_gone == 0:
            return gone
