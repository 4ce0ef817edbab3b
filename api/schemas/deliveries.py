"""What a webhook's receiver gets: the messages `events` and `reset` of the live channel, with the epoch."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.events import Entry
from api.live.messages import Offset, Shown, Topic


class EventsDelivery(BaseModel):
    """Consecutive events of one topic; (epoch, topic, offset) names each, however often it comes."""

    type: Literal["events"] = "events"
    epoch: str
    topic: Topic
    events: list[Shown] = Field(min_length=1)


class ResetDelivery(BaseModel):
    """What came before cannot be sent: fetch a snapshot. The topic goes on after `head`."""

    type: Literal["reset"] = "reset"
    epoch: str
    topic: Topic
    reason: Literal["epoch", "ahead", "pruned", "diverged"]
    head: Offset


def shown(entry: Entry, facts: dict[str, Any] | None) -> Shown:
    """The event as it is shown, or as hidden."""
    event = entry.event
    if facts is None:
        return Shown(offset=entry.offset, id=event.event_id, hidden=True)
    return Shown(offset=entry.offset, id=event.event_id, kind=event.kind, at=event.at, facts=facts)
