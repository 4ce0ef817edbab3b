"""Webhooks: the log, signed and pushed to systems that cannot hold a socket (docs/live.md)."""

from fastapi import APIRouter, Response

from api.disclosure import Role
from api.refusals import NotFound
from api.routes.dependencies import Call, Change, Key, Look
from api.schemas.deliveries import EventsDelivery, ResetDelivery
from api.schemas.webhooks import DeliveryView, NewWebhookView, ReplayIn, WebhookIn, WebhookView
from api.services import webhooks as service
from api.store import ledger, webhooks
from api.targets import Allowed
from models.webhooks import WebhookRow

router = APIRouter(tags=["webhooks"])
deliveries = APIRouter()
"""What is sent to a webhook; documented, not served here."""


@deliveries.post("delivery")
def delivery(body: EventsDelivery | ResetDelivery) -> None:
    """What the receiver gets; any answer of 2xx acknowledges it, 410 ends the subscription."""


@router.get("/webhooks")
def get_webhooks(call: Look) -> list[WebhookView]:
    """The caller's webhooks with the state of each delivery; for the administrator, everybody's."""
    everybody = call.viewer.role is Role.ADMINISTRATOR
    found = webhooks.rows_of(call.session, None if everybody else call.actor)
    return [_view(call, webhook) for webhook in found]


@router.get("/webhooks/{webhook_id}")
def get_webhook(call: Look, webhook_id: str) -> WebhookView:
    """One webhook with the state of each delivery."""
    return _view(call, _own(call, webhook_id))


@router.post("/webhooks", status_code=201)
def post_webhook(call: Change, given: WebhookIn, key: Key) -> NewWebhookView:
    """A new webhook and its secret, which is shown this once."""
    settings = call.request.app.state.settings
    allowed = Allowed(settings.webhooks_plain_http, settings.webhooks_private)
    wish = given.wish()

    def act() -> str:
        return service.add(call.session, call.office, call.viewer, wish, allowed, call.now).webhook_id

    # The secret is part of the request: a key stands for one request, its secret included.
    reference = call.once(key, given.model_dump_json() + (wish.secret or ""), act)
    webhook = _own(call, reference)
    call.locate(f"/webhooks/{reference}")
    return NewWebhookView(**_view(call, webhook).model_dump(), secret=service.secret_of(call.office, webhook))


@router.post("/webhooks/{webhook_id}/replay")
def post_replay(call: Change, webhook_id: str, given: ReplayIn) -> WebhookView:
    """The topic is delivered again after that offset; what is no longer kept comes as a reset."""
    webhook = _own(call, webhook_id, lock=True)
    service.replay(call.session, call.viewer, webhook, given.topic, given.after, call.now)
    return _view(call, webhook)


@router.post("/webhooks/{webhook_id}/enable")
def post_enable(call: Change, webhook_id: str) -> WebhookView:
    """A disabled webhook is delivered to again, from where it stopped."""
    webhook = _own(call, webhook_id, lock=True)
    service.enable(call.session, webhook, call.actor, call.now)
    return _view(call, webhook)


@router.delete("/webhooks/{webhook_id}", status_code=204)
def delete_webhook(call: Change, webhook_id: str) -> Response:
    """The webhook is gone."""
    service.remove(call.session, _own(call, webhook_id, lock=True), call.actor, call.now)
    return Response(status_code=204)


def _own(call: Call, webhook_id: str, lock: bool = False) -> WebhookRow:
    """The webhook, if it is the caller's or the caller administers; raises `NotFound`."""
    webhook = webhooks.row(call.session, webhook_id, lock)
    if webhook.account_id != call.actor and call.viewer.role is not Role.ADMINISTRATOR:
        raise NotFound("webhook", webhook_id)
    return webhook


def _view(call: Call, webhook: WebhookRow) -> WebhookView:
    topics = webhooks.topics_of(call.session, webhook.webhook_id)
    heads = ledger.heads(call.session, [row.topic for row in topics])
    shown = WebhookView.of(webhook, [DeliveryView.of(row, heads[row.topic]) for row in topics])
    # A query may hold a secret of the receiver's: it is the owner's alone.
    return (
        shown
        if webhook.account_id == call.actor
        else shown.model_copy(update={"url": shown.url.partition("?")[0]})
    )
