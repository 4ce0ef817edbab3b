"""The live push of one node: `app.state.live`, started and stopped with the app, announced to after commits.

    live = app.state.live = Live(engine, authenticate)
    app.include_router(api.routes.live.router)    # /live and /live/sse
    await live.start(); ...; live.announce(); ...; await live.stop()

Run uvicorn with `ws="api.live.transport:PushProtocol"` so that frames go straight to the transport.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from api.database import snapshot
from api.disclosure import Viewer, has_expired
from api.events import Entry
from api.live.bells import Bell, Herald
from api.live.frames import Encoded
from api.live.hub import Hub, View
from api.live.messages import Close, Cursor, Limits
from api.live.reads import SharedReads
from api.live.relay import Relay
from api.live.session import Beats, Session
from api.live.tail import News
from api.store import ledger

PAGE = 200
SLICES = 20


@dataclass(frozen=True, slots=True)
class Page:
    """Entries after a cursor; `final` when there were no more, with the topic's head and floor at that moment.

    Many clients may be shown the same page in the same moment: `frames` holds it encoded for each view.
    """

    entries: list[Entry]
    final: bool
    head: int
    floor: int
    frames: dict[View, list[Encoded]] = field(default_factory=dict)


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Live:
    """The live push of one node. `now` is the time by which facts are shown and tokens expire."""

    def __init__(
        self,
        engine: Engine,
        authenticate: Callable[[str], Viewer | None],
        limits: Limits | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.authenticate, self.now = authenticate, now
        self.limits = limits or Limits.model_validate({})
        self.hub = Hub("")
        self.sessions: set[Session] = set()
        self._connections: Counter[str] = Counter()
        self._engine, self._bell = engine, Bell()
        self._relay = Relay(engine, self._bell, self._publish, self._restart)
        self._herald = Herald(engine, self._bell) if engine.dialect.name == "postgresql" else None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._reads = SharedReads(self.spawn)

    async def start(self) -> None:
        """The log is followed from here on."""
        self._bell.attach()
        self.hub.epoch = await asyncio.to_thread(self._relay.locate)
        self.hub.publish(await asyncio.to_thread(self._relay.recent), self.now())
        if self._herald is not None:
            self._herald.start()
        self.spawn(self._relay.run())
        self.spawn(self._watch())

    async def stop(self) -> None:
        """Every client is told to come back elsewhere, and nothing runs any more."""
        for session in list(self.sessions):
            session.cut(Close.RESTART, "restart")
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._bell.detach()
        if self._herald is not None:
            await asyncio.to_thread(self._herald.stop)

    def announce(self) -> None:
        """Something was committed; call from any thread, after the commit."""
        self._bell.ring()
        if self._herald is not None:
            self._herald.announce()

    @property
    def as_of(self) -> datetime:
        """When the log was last known to hold no more than the hub has published."""
        return self._relay.as_of

    def has_room(self, account_id: str) -> bool:
        """Whether the account may have one more connection on this node."""
        return self._connections[account_id] < self.limits.connections

    def admit(self, session: Session, viewer: Viewer, token: str) -> None:
        """The session acts for the viewer, and counts among the account's connections until it leaves."""
        session.viewer, session.token = viewer, token
        self._connections[viewer.account_id] += 1

    def leave(self, session: Session) -> None:
        """The session's connection is over."""
        session.end()
        self.sessions.discard(session)
        if session.token:
            account_id = session.viewer.account_id
            self._connections[account_id] -= 1
            if not self._connections[account_id]:
                del self._connections[account_id]

    async def standing(self, topic: str, cursor: int | None) -> ledger.Standing:
        """How the cursor relates to the topic in the log."""
        return await self._reads.read(("standing", topic, cursor), lambda: self._standing(topic, cursor))

    async def page(self, topic: str, after: int) -> Page:
        """The next entries of the topic in the log; no session of the database outlives the call."""
        return await self._reads.read(("page", topic, after), lambda: self._page(topic, after))

    def loop_time(self) -> float:
        """The event loop's clock."""
        return asyncio.get_running_loop().time()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run in the background until done, or until the push stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _standing(self, topic: str, cursor: int | None) -> ledger.Standing:
        with snapshot(self._engine) as session:
            return ledger.standing(session, topic, cursor)

    def _page(self, topic: str, after: int) -> Page:
        with snapshot(self._engine) as session:
            entries = ledger.replay(session, topic, after, PAGE)
            found = ledger.standing(session, topic, None)
        return Page(entries, len(entries) < PAGE, found.head, found.floor)

    def _publish(self, news: News) -> None:
        for event, _ in news:
            if event.kind == "account.changed":
                self._recheck(event.facts.get("account_id"))
        self.hub.publish((entry for _, entries in news for entry in entries), self.now())

    def _recheck(self, account_id: object) -> None:
        for session in self.sessions:
            if session.token and session.viewer.account_id == account_id:
                session.suspend()
                self.spawn(session.check_again())

    def _restart(self, epoch: str) -> None:
        old = self.hub.epoch
        self.hub.restart(epoch)
        for session in self.sessions:
            for topic in list(session.topics):
                session.subscribe(topic, Cursor(after=0), old)

    async def _watch(self) -> None:
        """Once a second: who is silent, too old, expired or not authenticated goes; who is due gets a heartbeat.

        In slices, so that no event waits until thousands have been looked at.
        """
        while True:
            everyone = tuple(self.sessions)
            for part in range(SLICES):
                await asyncio.sleep(1 / SLICES)
                self._look_after(everyone[part::SLICES])

    def _look_after(self, sessions: Iterable[Session]) -> None:
        now, today, said = self.loop_time(), self.now(), Beats()
        due = now - self.limits.heartbeat_seconds + 1
        for session in sessions:
            if session not in self.sessions or self._has_ended(session, now, today):
                continue
            if session.token and session.beat_at <= due:
                session.beat(now, said)

    def _has_ended(self, session: Session, now: float, today: datetime) -> bool:
        if session.silent_for(now) > self.limits.silence_seconds:
            session.end()
            session.sink.abort()
        elif not session.token and now - session.born > self.limits.authenticate_seconds:
            session.cut(Close.TIMEOUT, "authenticate in time")
        elif has_expired(session.viewer, today):
            session.cut(Close.UNAUTHENTICATED, "the token has expired")
        elif now - session.born > self.limits.life_seconds:
            session.cut(Close.LIFE_OVER, "the connection has lived its time")
        else:
            return False
        return True
