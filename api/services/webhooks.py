"""Webhooks (回调订阅): made, replayed, enabled, disabled and removed by the account that owns them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.disclosure import Viewer, may_follow
from api.office import Office
from api.posting import key_of, new_secret
from api.refusals import NotForRole, TooManyWebhooks
from api.store import accounts, centres, events, ledger, venues, webhooks
from api.targets import Allowed, target_of
from models.webhooks import WebhookRow, WebhookTopicRow
from scheduler.errors import BadInput

PER_ACCOUNT = 16


@dataclass(frozen=True, slots=True)
class Wish:
    """What a webhook is to be: where to, which topics from which offset (none: from now), how many at once."""

    url: str
    topics: Mapping[str, int | None]
    secret: str | None = None
    batch: int = 100


def about(webhook_id: str) -> str:
    """What the sealed secret of the webhook is bound to."""
    return f"webhook/{webhook_id}/secret"


def add(
    session: Session, office: Office, viewer: Viewer, wish: Wish, allowed: Allowed, now: datetime
) -> WebhookRow:
    """The webhook is on record and will be delivered to, as its owner may see the topics at each send."""
    target_of(wish.url, allowed)
    if len(webhooks.rows_of(session, viewer.account_id)) >= PER_ACCOUNT:
        raise TooManyWebhooks("account", viewer.account_id, f"at most {PER_ACCOUNT} webhooks")
    for topic, after in wish.topics.items():
        _check(session, viewer, topic, after)
    secret = wish.secret or new_secret()
    key_of(secret)
    webhook_id = f"W{secrets.token_hex(8)}"
    webhook = WebhookRow(
        webhook_id=webhook_id,
        account_id=viewer.account_id,
        url=wish.url,
        secret=office.keys.sealer.seal(secret.encode(), about(webhook_id)),
        batch=wish.batch,
        created_at=now,
    )
    heads, epoch = ledger.heads(session, wish.topics), ledger.epoch_of(session)
    rows = [
        WebhookTopicRow(
            webhook_id=webhook_id,
            topic=topic,
            after=heads[topic] if after is None else after,
            epoch=epoch,
        )
        for topic, after in sorted(wish.topics.items())
    ]
    webhooks.add(session, webhook, rows)
    note(session, webhook, "active", "made", viewer.account_id, now)
    return webhook


def secret_of(office: Office, webhook: WebhookRow) -> str:
    """The secret that signs what is sent to the webhook."""
    return office.keys.sealer.open(webhook.secret, about(webhook.webhook_id)).decode()


def replay(
    session: Session, viewer: Viewer, webhook: WebhookRow, topic: str, after: int, now: datetime
) -> None:
    """The topic is delivered again from the offset on; what was under way for it no longer counts."""
    row = webhooks.topic_row(session, webhook.webhook_id, topic, lock=True)
    _check(session, viewer, topic, after)
    row.after, row.event_id, row.epoch = after, None, ledger.epoch_of(session)
    _afresh(session, row)
    state = "active" if webhook.disabled_at is None else "disabled"
    note(session, webhook, state, f"replay of {topic} after {after}", viewer.account_id, now)


def enable(session: Session, webhook: WebhookRow, actor: str, now: datetime) -> None:
    """The webhook is delivered to again, each topic from where it stopped."""
    webhook.disabled_at, webhook.reason = None, ""
    webhooks.put(session, webhook)
    for row in webhooks.topics_of(session, webhook.webhook_id):
        _afresh(session, row)
    note(session, webhook, "active", "enabled", actor, now)


def disable(session: Session, webhook: WebhookRow, reason: str, actor: str, now: datetime) -> None:
    """The webhook is delivered to no more, and says why; its positions stay."""
    webhook.disabled_at, webhook.reason = now, reason[:200]
    webhooks.put(session, webhook)
    note(session, webhook, "disabled", reason, actor, now)


def remove(session: Session, webhook: WebhookRow, actor: str, now: datetime) -> None:
    """The webhook is gone; that it was there stays in the audit trail."""
    note(session, webhook, "removed", "removed", actor, now)
    webhooks.remove(session, webhook)


def note(session: Session, webhook: WebhookRow, state: str, reason: str, actor: str, now: datetime) -> None:
    """The audit trail, and the centre whose account owns it, know what became of the webhook."""
    account = accounts.find(session, webhook.account_id)
    region, topics = "", {"audit"}
    if account is not None:
        region = account.region or ""
        if account.centre_id is not None:
            topics.add(f"centre/{account.centre_id}")
            region = next(
                one.region for one in centres.load_all(session) if one.centre_id == account.centre_id
            )
        elif hosted := sorted(accounts.venues_of(session, account.account_id)):
            region = venues.places(session)[hosted[0]][1]
    target = target_of(webhook.url, Allowed(plain_http=True, private=True))
    facts = {
        "webhook_id": webhook.webhook_id,
        "account_id": webhook.account_id,
        "host": target.host,
        "topics": [row.topic for row in webhooks.topics_of(session, webhook.webhook_id)],
        "state": state,
        "reason": reason,
        "region": region,
    }
    events.append(session, "webhook.changed", topics, facts, now, actor)


def _check(session: Session, viewer: Viewer, topic: str, after: int | None) -> None:
    if not may_follow(viewer, topic):
        raise NotForRole("topic", topic, "the account may not follow it")
    head = ledger.heads(session, [topic])[topic]
    if after is not None and after > head:
        raise BadInput("after", after, f"at most {head}, the last offset of {topic}")


def _afresh(session: Session, row: WebhookTopicRow) -> None:
    row.failures, row.failing_since, row.due_at = 0, None, None
    row.lease, row.lease_until = "", None
    webhooks.put(session, row)
