"""Deliveries to webhooks: what is sent next, and what its outcome means for the position."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session

from api.disclosure import Viewer, disclose_event, may_follow
from api.events import Entry
from api.live.messages import Shown
from api.office import Office
from api.posting import Answer, Letter
from api.refusals import NotFound
from api.schemas.deliveries import EventsDelivery, ResetDelivery, shown
from api.security import viewer_of
from api.store import accounts, ledger, webhooks
from models.webhooks import WebhookRow, WebhookTopicRow

BODY_BYTES = 262_144
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)
WITHHELD_WAIT = timedelta(minutes=1)
GONE = 410

ResetReason = Literal["epoch", "ahead", "pruned", "diverged"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent next on one topic of a webhook, and where the topic stands once it is accepted."""

    webhook_id: str
    topic: str
    url: str
    sealed_secret: bytes
    letter: Letter
    after: int
    event_id: str | None
    epoch: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """There is something to send, but the account may not have it now; or, when `final`, never again."""

    reason: str
    final: bool = False


def prepare(session: Session, office: Office, webhook_id: str, topic: str) -> Parcel | Withheld | None:
    """What is to be sent next, as the account may see it now; None when there is nothing or nobody to send to."""
    try:
        webhook, row = webhooks.row(session, webhook_id), webhooks.topic_row(session, webhook_id, topic)
    except NotFound:
        return None
    if webhook.disabled_at is not None:
        return None
    account = accounts.find(session, webhook.account_id)
    if account is None or account.disabled_at is not None:
        return Withheld("the account was revoked", final=True)
    viewer = viewer_of(session, account, None)
    if not may_follow(viewer, topic):
        return Withheld("the account may not follow the topic")
    return _next(session, webhook, row, viewer, office.clock.now())


def _next(
    session: Session, webhook: WebhookRow, row: WebhookTopicRow, viewer: Viewer, now: datetime
) -> Parcel | None:
    topic, sealed = row.topic, webhook.secret
    epoch, found = ledger.epoch_of(session), ledger.standing(session, topic, row.after)
    if (reason := _gap(row, epoch, found)) is not None:
        reset = ResetDelivery(epoch=epoch, topic=topic, reason=reason, head=found.head)
        letter = _letter(row, epoch, found.head, f"reset {reason}", reset.model_dump_json())
        return Parcel(row.webhook_id, topic, webhook.url, sealed, letter, found.head, None, epoch)
    entries = ledger.replay(session, topic, row.after, webhook.batch)
    if not entries:
        return None
    body, last = _body(entries, viewer, epoch, now)
    letter = _letter(row, epoch, last.offset, f"after {row.after}", body)
    event_id = last.event.event_id
    return Parcel(row.webhook_id, topic, webhook.url, sealed, letter, last.offset, event_id, epoch)


def accepted(session: Session, parcel: Parcel, lease: str, now: datetime, lasts: timedelta) -> bool:
    """The position is after what was sent, if the topic is still this lease's; whether it is."""
    row = _leased(session, parcel, lease)
    if row is None:
        return False
    row.after, row.event_id, row.epoch = parcel.after, parcel.event_id, parcel.epoch
    row.failures, row.failing_since, row.outcome = 0, None, "accepted"
    row.attempted_at, row.delivered_at, row.due_at, row.lease_until = now, now, now, now + lasts
    webhooks.put(session, row)
    return True


def failed(
    session: Session, parcel: Parcel, answer: Answer, lease: str, now: datetime, patience: timedelta
) -> str | None:
    """The same is tried again later; the reason to disable the webhook, when it is time for that."""
    row = _leased(session, parcel, lease)
    if row is None:
        return None
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.attempted_at, row.outcome = now, str(answer)
    row.due_at = now + max(wait(row.failures), min(timedelta(seconds=answer.retry_after), LONGEST_WAIT))
    row.lease, row.lease_until = "", None
    webhooks.put(session, row)
    if answer.status == GONE:
        return "the receiver answered that it is gone (410)"
    if now - row.failing_since >= patience:
        return f"{parcel.topic} has failed since {row.failing_since:%Y-%m-%d %H:%M} UTC: {answer}"
    return None


def withheld(session: Session, webhook_id: str, topic: str, reason: str, now: datetime) -> None:
    """Nothing is sent now; the position stays, and the account's rights are looked at again in a while."""
    row = webhooks.topic_row(session, webhook_id, topic, lock=True)
    row.outcome, row.due_at = reason, now + WITHHELD_WAIT
    webhooks.put(session, row)


def wait(failures: int) -> timedelta:
    """Exponential with jitter, so that what failed together does not come back together."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - 1, 16)))
    return longest * (0.5 + secrets.randbelow(1000) / 2000)


def _leased(session: Session, parcel: Parcel, lease: str) -> WebhookTopicRow | None:
    try:
        row = webhooks.topic_row(session, parcel.webhook_id, parcel.topic, lock=True)
    except NotFound:
        return None
    return row if row.lease == lease else None


def _gap(row: WebhookTopicRow, epoch: str, found: ledger.Standing) -> ResetReason | None:
    """Why what follows the position cannot be sent whole; None when it can."""
    if row.epoch != epoch:
        return "epoch"
    if row.after > found.head:
        return "ahead"
    if row.after < found.floor:
        return "pruned"
    if row.event_id is not None and found.event_id not in {None, row.event_id}:
        return "diverged"
    return None


def _body(entries: list[Entry], viewer: Viewer, epoch: str, now: datetime) -> tuple[str, Entry]:
    """The first entries that fit into one body, at least one, and the last of them."""
    taken: list[Shown] = []
    size, last = 0, entries[0]
    for entry in entries:
        one = shown(entry, disclose_event(_without_names(entry), viewer, now))
        size += len(one.model_dump_json(exclude_none=True))
        if taken and size > BODY_BYTES:
            break
        taken.append(one)
        last = entry
    delivery = EventsDelivery(epoch=epoch, topic=last.topic, events=taken)
    return delivery.model_dump_json(exclude_none=True), last


def _without_names(entry: Entry) -> Entry:
    """A webhook ends in a machine: names are for persons on duty, and reach it when they are public."""
    if entry.event.kind == "result.published":
        return entry
    return replace(entry, event=replace(entry.event, sealed=None))


def _letter(row: WebhookTopicRow, epoch: str, last: int, what: str, body: str) -> Letter:
    """The same part of the same topic has the same id, however often it is sent."""
    identity = "\n".join((row.webhook_id, epoch, row.topic, str(last), what))
    return Letter("msg_" + hashlib.sha256(identity.encode()).hexdigest()[:32], body.encode())
