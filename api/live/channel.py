"""The live channel of one node: hub, relay, and the connections it serves."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from anyio import to_thread

from api.disclosure import Viewer, may_follow
from api.events import Entry
from api.live.hub import Follower, Hub
from api.live.messages import Cursor, Limits
from api.live.relay import Relay
from api.office import Office
from api.refusals import NotSignedIn
from api.security import authenticate
from api.store import ledger

REPLAY_PAGE = 500


class Connection(Follower, Protocol):
    """A follower with a token, which may end before it goes."""

    token: str

    def recheck(self) -> None:
        """Authenticate again soon."""


@dataclass(frozen=True, slots=True)
class Start:
    """From where a topic goes on for a follower: after an offset, or anew for a reason, at the topic's head."""

    after: int
    head: int
    reset: str | None = None


@dataclass
class Channel:
    """What connections share on this node."""

    office: Office
    limits: Limits = field(default_factory=Limits)
    connections: set[Connection] = field(default_factory=set)
    per_account: Counter[str] = field(default_factory=Counter)
    hub: Hub = field(init=False)
    _relay: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """The relay follows the ledger from its present end."""
        tip = await to_thread.run_sync(self._tip)
        self.hub = Hub(tip.epoch)
        self._relay = asyncio.create_task(Relay(self.office, self.hub, tip, self._account_changed).run())

    async def stop(self) -> None:
        """The relay has ended."""
        if self._relay is not None:
            self._relay.cancel()
            with suppress(asyncio.CancelledError):
                await self._relay

    def now(self) -> datetime:
        """The time of the office."""
        return self.office.clock.now()

    async def authenticate(self, token: str) -> Viewer | None:
        """Who the token stands for now, if anyone."""
        return await to_thread.run_sync(self._authenticate, token)

    async def start_of(self, topic: str, cursor: Cursor, epoch: str | None) -> Start:
        """Where the topic goes on for a client that stands at the cursor."""
        standing = await to_thread.run_sync(self._standing, topic, cursor.after)
        if cursor.after is None:
            return Start(standing.head, standing.head)
        reset = None
        if epoch is not None and epoch != self.hub.epoch:
            reset = "epoch"
        elif cursor.after > standing.head:
            reset = "ahead"
        elif cursor.after < standing.floor:
            reset = "pruned"
        elif cursor.id is not None and standing.event_id is not None and cursor.id != standing.event_id:
            reset = "diverged"
        return Start(standing.head if reset else cursor.after, standing.head, reset)

    async def replay(self, follower: Follower, topic: str, after: int) -> int:
        """Everything after the offset has been pushed and the follower has joined; returns the offset reached."""
        while True:
            page = await to_thread.run_sync(self._page, topic, after)
            # Authorised and redacted anew for each page: the follower's rights may have changed meanwhile.
            if not may_follow(follower.viewer, topic):
                return after
            if page:
                view = (follower.viewer.standing, follower.encode)
                follower.push(b"".join(self.hub.encode(view, topic, page, self.now())))
                after = page[-1].offset
            if len(page) < REPLAY_PAGE and self.hub.join(follower, topic, after):
                return after

    def _account_changed(self, account_id: str) -> None:
        for connection in list(self.connections):
            if account_id in ("", connection.viewer.account_id):
                connection.recheck()

    def _tip(self) -> ledger.Tip:
        with self.office.reading() as session:
            return ledger.tip(session)

    def _authenticate(self, token: str) -> Viewer | None:
        with self.office.reading() as session:
            try:
                return authenticate(session, token, self.office.proven, self.now())
            except NotSignedIn:
                return None

    def _standing(self, topic: str, after: int | None) -> ledger.Standing:
        with self.office.reading() as session:
            return ledger.standing(session, topic, after)

    def _page(self, topic: str, after: int) -> list[Entry]:
        with self.office.reading() as session:
            return ledger.replay(session, topic, after, REPLAY_PAGE)
