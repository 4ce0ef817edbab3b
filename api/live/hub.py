"""Who follows what, and what each gets when the log grows. Sans I/O: bytes go out by `Follower.push`.

A follower of a topic is live (has all up to the hub's head), ahead (has read further in the log than the hub
has published) or not here at all (its replay is under way). Whatever is pushed is redacted at that moment.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from api.disclosure import Viewer, disclose_event
from api.events import Entry
from api.live.frames import Encoded, ShownEntry

Encode = Callable[[str, str, Sequence[ShownEntry]], list[Encoded]]
Push = Callable[[bytes], None]
View = tuple[Viewer, Encode]
Parcel = tuple[str, int, bytes]  # topic, offset before it, frames
BURST_BYTES = 131_072


class Follower(Protocol):
    """Someone connected."""

    viewer: Viewer
    encode: Encode

    @property
    def push(self) -> Push:
        """Hands over bytes without waiting."""

    def fall_behind(self, topic: str, cursor: int) -> None:
        """Go and fetch what came after `cursor`: it is too much for one push."""


class Hub:
    """The followers of every topic on this node."""

    def __init__(self, epoch: str, remember: int = 20_000) -> None:
        self.epoch = epoch
        self._heads: dict[str, int] = {}
        self._live: dict[str, dict[View, dict[Follower, Push]]] = {}
        self._ahead: dict[str, dict[Follower, int]] = {}
        self._memory: dict[str, deque[Entry]] = {}
        self._remembered: deque[str] = deque()
        self._remember = remember
        self._recalled: dict[tuple[str, int, View], list[Encoded]] = {}

    def head(self, topic: str) -> int | None:
        """The last offset published here; None before the first."""
        return self._heads.get(topic)

    def cursor(self, follower: Follower, topic: str) -> int:
        """Up to where the follower, once joined, has been sent the topic."""
        return self._ahead.get(topic, {}).get(follower, self._heads.get(topic, 0))

    def join(self, follower: Follower, topic: str, cursor: int) -> bool:
        """The follower gets all that comes after `cursor`; False when some of it was published before."""
        head = self._heads.get(topic, -1)
        if cursor < head:
            return False
        if cursor == head:
            view = (follower.viewer.standing, follower.encode)
            self._live.setdefault(topic, {}).setdefault(view, {})[follower] = follower.push
        else:
            self._ahead.setdefault(topic, {})[follower] = cursor
        return True

    def leave(self, follower: Follower, topic: str) -> int | None:
        """The follower gets nothing more of the topic; what it has, or None when it had not joined."""
        ahead = self._ahead.get(topic, {})
        if follower in ahead:
            cursor = ahead.pop(follower)
            if not ahead:
                del self._ahead[topic]
            return cursor
        views = self._live.get(topic, {})
        view = (follower.viewer.standing, follower.encode)
        if follower not in views.get(view, {}):
            return None
        del views[view][follower]
        if not views[view]:
            del views[view]
        if not views:
            del self._live[topic]
        return self._heads[topic]

    def publish(self, entries: Iterable[Entry], now: datetime) -> None:
        """Every follower has the entries, given in the order of the log: one push for each follower."""
        batches: dict[str, list[Entry]] = {}
        for entry in entries:
            batches.setdefault(entry.topic, []).append(entry)
        self._recalled.clear()
        outbox: dict[Follower, list[Parcel]] = {}
        for topic, batch in batches.items():
            before, self._heads[topic] = self._heads.get(topic), batch[-1].offset
            self._memorise(topic, batch, before)
            for view, followers in self._live.get(topic, {}).items():
                frames = b"".join(data for _, data in self.encode(view, topic, batch, now))
                if len(batches) == 1 and len(frames) <= BURST_BYTES:
                    for push in followers.values():  # the usual case: one call for each follower
                        push(frames)
                    continue
                parcel = (topic, batch[0].offset - 1, frames)
                for follower in followers:
                    outbox.setdefault(follower, []).append(parcel)
            self._publish_ahead(topic, batch, outbox, now)
        for follower, parcels in outbox.items():
            self._deliver(follower, parcels)

    def _deliver(self, follower: Follower, parcels: list[Parcel]) -> None:
        data = parcels[0][2] if len(parcels) == 1 else b"".join(frames for _, _, frames in parcels)
        if len(data) <= BURST_BYTES:
            follower.push(data)
            return
        for topic, before, _ in parcels:
            self.leave(follower, topic)
            follower.fall_behind(topic, before)

    def encode(self, view: View, topic: str, batch: Sequence[Entry], now: datetime) -> list[Encoded]:
        """The entries as that view may see them now."""
        viewer, encode = view
        return encode(self.epoch, topic, [(entry, disclose_event(entry, viewer, now)) for entry in batch])

    def recall(self, follower: Follower, topic: str, after: int, now: datetime) -> list[Encoded] | None:
        """All after that offset from memory, encoded; None when the memory does not reach back so far."""
        memory = self._memory.get(topic)
        if after == self._heads.get(topic):
            return []
        if not memory or memory[0].offset > after + 1 or after > memory[-1].offset:
            return None
        key = (topic, after, (follower.viewer.standing, follower.encode))
        if key not in self._recalled:
            batch = [entry for entry in memory if entry.offset > after]
            self._recalled[key] = self.encode(key[2], topic, batch, now)
        return self._recalled[key]

    def remembered(self, topic: str, offset: int) -> str | None:
        """The id of the event at that offset, if it is still in memory."""
        memory = self._memory.get(topic)
        if not memory or not memory[0].offset <= offset <= memory[-1].offset:
            return None
        return memory[offset - memory[0].offset].event.event_id

    def restart(self, epoch: str) -> None:
        """Another history: nothing is remembered and nobody has joined."""
        self.epoch = epoch
        for held in (self._heads, self._live, self._ahead, self._memory, self._remembered, self._recalled):
            held.clear()

    def _publish_ahead(
        self, topic: str, batch: list[Entry], outbox: dict[Follower, list[Parcel]], now: datetime
    ) -> None:
        encoded: dict[tuple[View, int], bytes] = {}
        for follower, cursor in list(self._ahead.get(topic, {}).items()):
            view = (follower.viewer.standing, follower.encode)
            if self._heads[topic] > cursor:
                if (view, cursor) not in encoded:
                    newer = [entry for entry in batch if entry.offset > cursor]
                    encoded[view, cursor] = b"".join(data for _, data in self.encode(view, topic, newer, now))
                outbox.setdefault(follower, []).append((topic, cursor, encoded[view, cursor]))
            if self._heads[topic] >= cursor:
                del self._ahead[topic][follower]
                self._live.setdefault(topic, {}).setdefault(view, {})[follower] = follower.push
        if not self._ahead.get(topic, True):
            del self._ahead[topic]

    def _memorise(self, topic: str, batch: list[Entry], before: int | None) -> None:
        memory = self._memory.setdefault(topic, deque())
        if before is not None and batch[0].offset != before + 1:
            raise AssertionError(f"{topic}: {batch[0].offset} follows {before}")
        memory.extend(batch)
        self._remembered.extend([topic] * len(batch))
        while len(self._remembered) > self._remember:
            oldest = self._remembered.popleft()
            self._memory[oldest].popleft()
            if not self._memory[oldest]:
                del self._memory[oldest]
