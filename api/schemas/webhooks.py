"""Webhooks on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.live.messages import Offset, Topic
from api.services.webhooks import Wish
from models.webhooks import WebhookRow, WebhookTopicRow


class StartIn(BaseModel):
    """Where the delivery of a topic starts: after that offset; from now on, if left out."""

    model_config = ConfigDict(extra="forbid")

    after: Offset | None = None


class WebhookIn(BaseModel):
    """A new webhook; without a secret it gets one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    url: str = Field(min_length=1, max_length=2000, examples=["https://example.org/yidi"])
    topics: dict[Topic, StartIn] = Field(min_length=1, max_length=64)
    secret: Annotated[SecretStr, Field(max_length=200)] | None = None
    batch: int = Field(default=100, ge=1, le=100, description="events in one delivery, at most")

    def wish(self) -> Wish:
        """What is asked for."""
        secret = self.secret.get_secret_value() if self.secret else None
        starts = {topic: start.after for topic, start in self.topics.items()}
        return Wish(self.url, starts, secret, self.batch)


class ReplayIn(BaseModel):
    """From which offset a topic is delivered again."""

    model_config = ConfigDict(extra="forbid")

    topic: Topic
    after: Offset


class DeliveryView(BaseModel):
    """How one topic's delivery stands: `after` is accepted, `head` is the topic's last, `outcome` the last try's."""

    topic: str
    after: int
    head: int
    outcome: str
    failures: int
    failing_since: datetime | None
    attempted_at: datetime | None
    delivered_at: datetime | None
    next_attempt_at: datetime | None

    @classmethod
    def of(cls, row: WebhookTopicRow, head: int) -> Self:
        """What is shown of the topic's delivery."""
        same = set(cls.model_fields) - {"head", "next_attempt_at"}
        return cls(
            head=head, next_attempt_at=row.due_at if row.failures else None, **row.model_dump(include=same)
        )


class WebhookView(BaseModel):
    """A webhook, without its secret."""

    webhook_id: str
    account_id: str
    url: str
    batch: int
    state: Literal["active", "disabled"]
    reason: str
    created_at: datetime
    disabled_at: datetime | None
    topics: list[DeliveryView]

    @classmethod
    def of(cls, webhook: WebhookRow, topics: list[DeliveryView]) -> Self:
        """What its owner sees of the webhook."""
        same = set(cls.model_fields) - {"state", "topics"}
        state: Literal["active", "disabled"] = "active" if webhook.disabled_at is None else "disabled"
        return cls(state=state, topics=topics, **webhook.model_dump(include=same))


class NewWebhookView(WebhookView):
    """A new webhook with the secret that signs its deliveries, shown once."""

    secret: str
