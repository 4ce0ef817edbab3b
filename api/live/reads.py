"""Reads of the database for many clients at once: few at a time, off the event loop, and each only once."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar

Answer = TypeVar("Answer")
Spawn = Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]]


class SharedReads:
    """Whoever asks for the same before a read of it has begun gets its answer.

    Never that of a read already under way: the asker may know of a commit that it does not see.
    """

    def __init__(self, spawn: Spawn, at_once: int = 4) -> None:
        self._spawn, self._places = spawn, asyncio.Semaphore(at_once)
        self._waiting: dict[Hashable, asyncio.Task[Any]] = {}

    async def read(self, key: Hashable, work: Callable[[], Answer]) -> Answer:
        """The answer of `work`, called in a thread after this call began."""
        if key not in self._waiting:
            self._waiting[key] = self._spawn(self._read(key, work))
            self._waiting[key].add_done_callback(_heed)
        answer: Answer = await asyncio.shield(self._waiting[key])
        return answer

    async def _read(self, key: Hashable, work: Callable[[], Answer]) -> Answer:
        try:
            await self._places.acquire()
        finally:
            del self._waiting[key]
        try:
            return await asyncio.to_thread(work)
        finally:
            self._places.release()


def _heed(task: asyncio.Task[Any]) -> None:
    """A failure that nobody waits for any more is nobody's."""
    if not task.cancelled():
        task.exception()
