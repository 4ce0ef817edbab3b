"""Rows of webhooks: subscriptions, and the position and lease of each of their topics."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, and_, col, delete, func, or_, select, update

from api.refusals import NotFound
from models.events import LedgerRow, TopicRow
from models.webhooks import WebhookRow, WebhookTopicRow


def add(session: Session, webhook: WebhookRow, topics: Iterable[WebhookTopicRow]) -> None:
    """The webhook is stored with its topics."""
    session.add(webhook)
    session.flush()
    session.add_all(topics)
    session.flush()


def row(session: Session, webhook_id: str, lock: bool = False) -> WebhookRow:
    """The webhook; raises `NotFound`."""
    query = select(WebhookRow).where(WebhookRow.webhook_id == webhook_id)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("webhook", webhook_id)
    return found


def rows_of(session: Session, account_id: str | None = None) -> Sequence[WebhookRow]:
    """The account's webhooks, or all, the oldest first."""
    query = select(WebhookRow).order_by(col(WebhookRow.created_at), col(WebhookRow.webhook_id))
    if account_id is not None:
        query = query.where(WebhookRow.account_id == account_id)
    return session.exec(query).all()


def topics_of(session: Session, webhook_id: str) -> Sequence[WebhookTopicRow]:
    """The webhook's topics, by name."""
    query = select(WebhookTopicRow).where(WebhookTopicRow.webhook_id == webhook_id)
    return session.exec(query.order_by(col(WebhookTopicRow.topic))).all()


def topic_row(session: Session, webhook_id: str, topic: str, lock: bool = False) -> WebhookTopicRow:
    """The topic of the webhook; raises `NotFound`."""
    query = select(WebhookTopicRow).where(
        WebhookTopicRow.webhook_id == webhook_id, WebhookTopicRow.topic == topic
    )
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("topic", topic, "the webhook does not have it")
    return found


def put(session: Session, changed: WebhookRow | WebhookTopicRow) -> None:
    """The change is stored."""
    session.add(changed)
    session.flush()


def remove(session: Session, webhook: WebhookRow) -> None:
    """Nothing is left of the webhook."""
    topics = delete(WebhookTopicRow).where(col(WebhookTopicRow.webhook_id) == webhook.webhook_id)
    session.exec(topics)
    session.delete(webhook)
    session.flush()


def due(session: Session, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Webhook and topic of what there is to deliver now and nobody delivers, the longest due first."""
    behind = or_(
        func.coalesce(col(TopicRow.head), 0) != col(WebhookTopicRow.after),
        col(WebhookTopicRow.epoch) != select(LedgerRow.epoch).scalar_subquery(),
    )
    free = or_(col(WebhookTopicRow.lease_until).is_(None), col(WebhookTopicRow.lease_until) < now)
    ripe = or_(col(WebhookTopicRow.due_at).is_(None), col(WebhookTopicRow.due_at) <= now)
    query = (
        select(WebhookTopicRow.webhook_id, WebhookTopicRow.topic)
        .join(WebhookRow, col(WebhookRow.webhook_id) == WebhookTopicRow.webhook_id)
        .join(TopicRow, col(TopicRow.topic) == WebhookTopicRow.topic, isouter=True)
        .where(col(WebhookRow.disabled_at).is_(None), ripe, free, behind)
        .order_by(col(WebhookTopicRow.due_at).is_not(None), col(WebhookTopicRow.due_at))
    )
    return list(session.exec(query.limit(limit)))


def lease(session: Session, webhook_id: str, topic: str, lease: str, now: datetime, lasts: timedelta) -> bool:
    """Whether the topic is this lease's to deliver, until `lasts` is over: nobody else's then."""
    mine = and_(col(WebhookTopicRow.webhook_id) == webhook_id, col(WebhookTopicRow.topic) == topic)
    free = or_(
        col(WebhookTopicRow.lease_until).is_(None),
        col(WebhookTopicRow.lease_until) < now,
        col(WebhookTopicRow.lease) == lease,
    )
    taken = update(WebhookTopicRow).where(mine, free).values(lease=lease, lease_until=now + lasts)
    return session.exec(taken).rowcount == 1


def release(session: Session, webhook_id: str, topic: str, lease: str) -> None:
    """The lease, if it is still this one, is over."""
    mine = and_(col(WebhookTopicRow.webhook_id) == webhook_id, col(WebhookTopicRow.topic) == topic)
    session.exec(
        update(WebhookTopicRow)
        .where(mine, col(WebhookTopicRow.lease) == lease)
        .values(lease="", lease_until=None)
    )
