"""The courier: carries what is new in the log to webhooks, topic by topic in order, until it is accepted.

Positions are durable: an event is sent again rather than lost when a courier dies, and its (topic, offset) tells.
Any number of couriers may run, on any node: a topic of a webhook is leased to one at a time.
"""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from api.database import transaction
from api.live.bells import Bell
from api.office import Office
from api.posting import Answer, key_of, post
from api.refusals import BadCiphertext, NotFound
from api.services import deliveries, webhooks
from api.services.deliveries import Parcel, Withheld
from api.store import webhooks as rows
from api.targets import Allowed, UrlRefused, target_of

AT_ONCE = 64
IN_A_ROW = 50
"""Parcels of one topic before another topic that waits gets the place."""
POLL_SECONDS = 1.0
GATHER_SECONDS = 0.02
"""A burst of commits is looked at once, not once for each."""
LEASE = timedelta(minutes=2)

log = logging.getLogger(__name__)
T = TypeVar("T")


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Manner:
    """Where deliveries may go, how long one may take, and for how long a receiver may fail."""

    allowed: Allowed = field(default_factory=Allowed)
    seconds: float = 15
    patience: timedelta = timedelta(days=3)


class Courier(threading.Thread):
    """Delivers until told to stop. Retries keep real time, whatever the office's clock says."""

    def __init__(self, office: Office, manner: Manner, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(name="courier", daemon=True)
        self._office, self._manner, self._now = office, manner, now
        self._bell, self._stopping = Bell(), threading.Event()
        self._under_way: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._hands = ThreadPoolExecutor(4, thread_name_prefix="courier")  # a slow DNS does not hold them up

    def stop(self) -> None:
        """End; what is under way is given up, and sent again by the next courier."""
        self._stopping.set()
        self._bell.ring()

    def run(self) -> None:
        """Carry whatever becomes due."""
        asyncio.run(self._work())

    async def _work(self) -> None:
        self._bell.attach()
        self._office.bells.append(self._bell.ring)
        try:
            while not self._stopping.is_set():
                try:
                    await self._start_due()
                except SQLAlchemyError as unreadable:
                    log.warning("courier cannot read the log: error=%s", type(unreadable).__name__)
                except Exception:
                    log.exception("courier failed")
                await self._bell.wait(POLL_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)
        finally:
            self._office.bells.remove(self._bell.ring)
            self._bell.detach()
            tasks = list(self._under_way.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._hands.shutdown()

    async def _start_due(self) -> None:
        room = AT_ONCE - len(self._under_way)
        for webhook_id, topic in await self._do(self._due, AT_ONCE) if room > 0 else ():
            key = (webhook_id, topic)
            if key not in self._under_way and len(self._under_way) < AT_ONCE:
                self._under_way[key] = asyncio.create_task(self._deliver(*key))

    async def _deliver(self, webhook_id: str, topic: str) -> None:
        lease = secrets.token_hex(8)
        try:
            if await self._do(self._lease, webhook_id, topic, lease):
                try:
                    for _ in range(IN_A_ROW):
                        if not await self._deliver_next(webhook_id, topic, lease):
                            break
                finally:
                    await asyncio.shield(self._do(self._release, webhook_id, topic, lease))
        except SQLAlchemyError as unwritable:
            log.warning("courier cannot keep a position: error=%s", type(unwritable).__name__)
        except Exception:
            log.exception("courier failed webhook=%s topic=%s", webhook_id, topic)
            with suppress(SQLAlchemyError):
                await self._do(
                    self._withhold, webhook_id, topic, Withheld("failed here: the log of the worker says why")
                )
        finally:
            del self._under_way[webhook_id, topic]
            self._bell.ring()  # there is room for another

    async def _deliver_next(self, webhook_id: str, topic: str, lease: str) -> bool:
        """Send one parcel; whether the next one may follow."""
        found = await self._do(self._prepare, webhook_id, topic)
        if not isinstance(found, Parcel):
            if found is not None:
                await self._do(self._withhold, webhook_id, topic, found)
            return False
        answer = await self._send(found)
        if answer.accepted:
            return await self._do(self._accept, found, lease)
        log.info("webhook=%s topic=%s failed: %s", webhook_id, topic, answer)
        await self._do(self._fail, found, answer, lease)
        return False

    async def _send(self, parcel: Parcel) -> Answer:
        manner = self._manner
        try:
            target = target_of(parcel.url, manner.allowed)
            about = webhooks.about(parcel.webhook_id)
            key = key_of(self._office.keys.sealer.open(parcel.sealed_secret, about).decode())
        except UrlRefused as refused:
            return Answer(None, f"url refused: {refused.rule}")
        except BadCiphertext:
            return Answer(None, "the secret cannot be opened")
        return await post(
            target, parcel.letter, key, int(self._now().timestamp()), manner.allowed, manner.seconds
        )

    async def _do(self, work: Callable[..., T], *given: object) -> T:
        """What the work returns, done by a thread: the database is never waited for here."""
        return await asyncio.get_running_loop().run_in_executor(self._hands, partial(work, *given))

    # Below: what threads do, a transaction each. Positions are nobody's news: no bell is rung for them.

    def _due(self, limit: int) -> list[tuple[str, str]]:
        with self._office.reading() as session:
            return rows.due(session, self._now(), limit)

    def _lease(self, webhook_id: str, topic: str, lease: str) -> bool:
        with transaction(self._office.engine) as session:
            return rows.lease(session, webhook_id, topic, lease, self._now(), LEASE)

    def _release(self, webhook_id: str, topic: str, lease: str) -> None:
        with transaction(self._office.engine) as session:
            rows.release(session, webhook_id, topic, lease)

    def _prepare(self, webhook_id: str, topic: str) -> Parcel | Withheld | None:
        with self._office.reading() as session:
            return deliveries.prepare(session, self._office, webhook_id, topic)

    def _accept(self, parcel: Parcel, lease: str) -> bool:
        with transaction(self._office.engine) as session:
            return deliveries.accepted(session, parcel, lease, self._now(), LEASE)

    def _fail(self, parcel: Parcel, answer: Answer, lease: str) -> None:
        with self._office.changing() as session:
            patience = self._manner.patience
            reason = deliveries.failed(session, parcel, answer, lease, self._now(), patience)
            if reason is not None:
                self._disable(session, parcel.webhook_id, reason)

    def _withhold(self, webhook_id: str, topic: str, found: Withheld) -> None:
        with suppress(NotFound), self._office.changing() as session:
            deliveries.withheld(session, webhook_id, topic, found.reason, self._now())
            if found.final:
                self._disable(session, webhook_id, found.reason)

    def _disable(self, session: Session, webhook_id: str, reason: str) -> None:
        webhook = rows.row(session, webhook_id, lock=True)
        if webhook.disabled_at is None:
            webhooks.disable(session, webhook, reason, "courier", self._office.clock.now())
