"""One client's connection: what it asks, what it follows, and the replay of what it missed."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from api.disclosure import Role, Viewer, has_expired, may_follow
from api.live.frames import PING
from api.live.hub import Encode
from api.live.messages import (
    FROM_CLIENT,
    Authenticate,
    Close,
    Cursor,
    Heartbeat,
    Message,
    Ping,
    Pong,
    Recovered,
    Refresh,
    Refreshed,
    Refused,
    Reset,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Unsubscribed,
    Welcome,
)
from api.live.sinks import Sink

if TYPE_CHECKING:
    from api.live.service import Live

NOBODY = Viewer("", Role.PUBLIC)
log = logging.getLogger(__name__)
Tell = Callable[[Message], bytes]
Beats = dict[tuple[Tell, tuple[tuple[str, int], ...]], bytes]
ResetReason = Literal["epoch", "ahead", "diverged", "pruned"]


class Session:
    """A follower of the hub; lives as long as its connection, holds no database session."""

    __slots__ = (
        "__weakref__",
        "_spent",
        "beat_at",
        "born",
        "can_ping",
        "encode",
        "live",
        "paused",
        "push",
        "replays",
        "sink",
        "suspended",
        "tell",
        "token",
        "topics",
        "viewer",
    )

    def __init__(
        self,
        live: "Live",
        sink: Sink,
        encode: Encode,
        tell: Tell,
        can_ping: bool = False,
    ) -> None:
        self.can_ping = can_ping
        self.live, self.sink, self.encode, self.tell, self.push = live, sink, encode, tell, sink.push
        self.viewer, self.token, self.suspended = NOBODY, "", False
        self.topics: dict[str, None] = {}
        self.paused: dict[str, int] = {}
        self.replays: dict[str, asyncio.Task[None]] = {}
        self.born = self.beat_at = live.loop_time()
        self._spent = self.born - 10

    def say(self, message: Message) -> None:
        """Send one message."""
        self.push(self.tell(message))

    def silent_for(self, now: float) -> float:
        """Seconds since the client was heard; 0 where the server's own ping watches over that."""
        return now - self.sink.heard_at if self.can_ping else 0.0

    def cut(self, code: Close, reason: str) -> None:
        """Nothing more is sent but the reason of the close."""
        self.end()
        self.sink.cut(int(code), reason)

    def end(self) -> None:
        """Nothing is followed any more."""
        for topic in list(self.topics):
            self.drop(topic)

    def drop(self, topic: str) -> None:
        """The topic is followed no more."""
        self.topics.pop(topic, None)
        if (replay := self.replays.pop(topic, None)) is not None:
            replay.cancel()
        self.live.hub.leave(self, topic)

    async def hear(self, text: str | bytes | None) -> None:
        """Do what the client's message asks; a message that breaks the protocol ends the connection."""
        if self._talks_too_much():
            self.cut(Close.TOO_MANY, "too many messages")
            return
        try:
            message = FROM_CLIENT.validate_json(text if isinstance(text, str) else b"")
        except ValidationError:
            self.cut(Close.BAD_MESSAGE, "not a message of this protocol")
            return
        match message:
            case Authenticate():
                await self.authenticate(message.token)
            case Ping():
                self.say(Pong())
            case _ if not self.token:
                self.cut(Close.UNAUTHENTICATED, "authenticate first")
            case Subscribe():
                for topic, cursor in message.topics.items():
                    self.subscribe(topic, cursor, message.epoch)
            case Unsubscribe():
                for topic in message.topics:
                    self.drop(topic)
                    self.say(Unsubscribed(topic=topic, reason="asked"))
            case Refresh():
                await self.refresh(message.token)

    async def authenticate(self, token: str) -> None:
        """The client is who the token says, or is told to get another."""
        if self.token:
            self.say(Refused(code="already_authenticated"))
            return
        viewer = await asyncio.to_thread(self.live.authenticate, token)
        if viewer is None or has_expired(viewer, self.live.now()):
            self.cut(Close.UNAUTHENTICATED, "bad token")
        elif not self.live.has_room(viewer.account_id):
            self.cut(Close.TOO_MANY, "too many connections")
        else:
            self.live.admit(self, viewer, token)
            self.say(Welcome(role=viewer.role, expires_at=viewer.expires_at))

    async def refresh(self, token: str) -> None:
        """The newer token replaces the older, if it is of the same account."""
        viewer = await asyncio.to_thread(self.live.authenticate, token)
        if viewer is None or has_expired(viewer, self.live.now()):
            self.say(Refused(code="bad_token"))
        elif viewer.account_id != self.viewer.account_id:
            self.say(Refused(code="other_account"))
        else:
            self.token = token
            self.become(viewer)
            self.say(Refreshed(role=viewer.role, expires_at=viewer.expires_at))

    def suspend(self) -> None:
        """Nothing is sent until `check_again` has looked at the token."""
        self.suspended = True
        for topic in self.topics:
            if (cursor := self.live.hub.leave(self, topic)) is not None:
                self.paused[topic] = cursor

    async def check_again(self) -> None:
        """The session goes on as what its token is worth now, or is cut."""
        viewer = await asyncio.to_thread(self.live.authenticate, self.token)
        if viewer is None or viewer.account_id != self.viewer.account_id:
            self.cut(Close.REVOKED, "revoked")
            return
        self.viewer, self.suspended = viewer, False
        while self.paused:
            topic, cursor = self.paused.popitem()
            if topic in self.topics and topic not in self.replays:
                self.fall_behind(topic, cursor)

    def become(self, viewer: Viewer) -> None:
        """From here on everything is shown as this viewer may see it; replays under way notice by themselves."""
        hub = self.live.hub
        live = {topic: hub.leave(self, topic) for topic in self.topics if topic not in self.replays}
        self.viewer = viewer
        for topic, cursor in live.items():
            if not may_follow(viewer, topic):
                self._forbid(topic)
            elif cursor is not None:
                hub.join(self, topic, cursor)

    def subscribe(self, topic: str, cursor: Cursor, epoch: str | None) -> None:
        """The topic is followed from the cursor on, if the viewer may."""
        if not may_follow(self.viewer, topic):
            self.say(Refused(code="forbidden", topic=topic))
        elif topic not in self.topics and len(self.topics) >= self.live.limits.topics:
            self.say(Refused(code="too_many_topics", topic=topic))
        else:
            self.drop(topic)
            self.topics[topic] = None
            self._spawn(topic, self._begin(topic, cursor, epoch))

    def fall_behind(self, topic: str, cursor: int) -> None:
        """What follows the cursor is fetched in portions that the client can take."""
        self._spawn(topic, self._catch_up(topic, cursor))

    def beat(self, now: float, said: Beats) -> None:
        """Send the heads of what is live here, and ask for a sign of life where that can be seen.

        `said` holds what others with the same heads have just been sent, so that it is written once.
        """
        hub, self.beat_at = self.live.hub, now
        heads = tuple((topic, hub.cursor(self, topic)) for topic in self.topics if topic not in self.replays)
        if (beat := said.get((self.tell, heads))) is None:
            beat = self.tell(Heartbeat(heads=dict(heads), as_of=self.live.as_of))
            said[self.tell, heads] = beat
        self.push(beat + PING if self.can_ping else beat)

    async def _begin(self, topic: str, cursor: Cursor, epoch: str | None) -> None:
        hub, after = self.live.hub, cursor.after
        known = hub.head(topic)
        same_epoch = epoch is None or epoch == hub.epoch
        if after is not None and known is not None and same_epoch and after <= known:
            remembered = hub.remembered(topic, after)
            if remembered is not None and cursor.id in {None, remembered}:
                await self._recover(topic, after, known)
                return
        found = await self.live.standing(topic, after)
        if after is None:
            after = found.head
        reason: ResetReason | None = None
        if not same_epoch and cursor.after is not None:
            reason = "epoch"
        elif after > found.head:
            reason = "ahead"
        elif after < found.floor:
            reason = "pruned"
        elif cursor.id is not None and found.event_id not in {None, cursor.id}:
            reason = "diverged"
        if reason is None:
            await self._recover(topic, after, found.head)
        else:
            self.say(Reset(topic=topic, reason=reason, epoch=hub.epoch, head=found.head))
            await self._catch_up(topic, found.head)

    async def _recover(self, topic: str, after: int, head: int) -> None:
        self.say(Subscribed(topic=topic, after=after, head=head, epoch=self.live.hub.epoch))
        await self._catch_up(topic, after)

    async def _catch_up(self, topic: str, cursor: int) -> None:
        """Page by page, each shown as the viewer may see it by then, until the topic is live."""
        hub = self.live.hub
        while True:
            await self._unsuspended()
            viewer, final = self.viewer, True
            if not may_follow(viewer, topic):
                self._forbid(topic)
                return
            frames = hub.recall(self, topic, cursor, self.live.now())
            if frames is None:
                page = await self.live.page(topic, cursor)
                if page.floor > cursor:
                    self.say(Reset(topic=topic, reason="pruned", epoch=hub.epoch, head=page.head))
                    cursor = page.head
                    continue
                view = (viewer.standing, self.encode)
                if (frames := page.frames.get(view)) is None:
                    frames = page.frames[view] = hub.encode(view, topic, page.entries, self.live.now())
                final = page.final
            for last, frame in frames:
                if self.suspended or self.viewer is not viewer:
                    final = False
                    break
                self.push(frame)
                cursor = last
                await self._drained()
            if final and self.viewer is viewer and not self.suspended and hub.join(self, topic, cursor):
                self.replays.pop(topic, None)
                self.say(Recovered(topic=topic, offset=cursor))
                return

    async def _unsuspended(self) -> None:
        while self.suspended:
            await asyncio.sleep(0.01)

    async def _drained(self) -> None:
        try:
            async with asyncio.timeout(self.live.limits.silence_seconds):
                await self.sink.drained()
        except TimeoutError:
            self.sink.abort()
            raise asyncio.CancelledError from None

    def _forbid(self, topic: str) -> None:
        self.topics.pop(topic, None)
        self.replays.pop(topic, None)
        self.say(Unsubscribed(topic=topic, reason="forbidden"))

    def _spawn(self, topic: str, work: Coroutine[Any, Any, None]) -> None:
        self.replays[topic] = self.live.spawn(self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except SQLAlchemyError as failed:
            log.warning("replay cannot read the log: error=%s", type(failed).__name__)
            self.cut(Close.FAILED, "the log cannot be read")

    def _talks_too_much(self) -> bool:
        """A bucket that fills by the allowed rate and holds ten seconds' worth."""
        now, rate = self.live.loop_time(), self.live.limits.messages_per_second
        self._spent = max(self._spent, now - 10) + 1 / rate
        return self._spent > now
