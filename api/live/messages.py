"""The messages of the protocol on `/live`, both ways; docs/asyncapi.yaml is generated from these models."""

from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

PROTOCOL = 1
SUBPROTOCOL = "yidi.v1"
TOKEN_PREFIX = "yidi.token."  # noqa: S105 - what a subprotocol that carries a token starts with

Topic = Annotated[str, Field(min_length=1, max_length=128, examples=["venue/V01"])]
Offset = Annotated[int, Field(ge=0, le=2**53)]


class Message(BaseModel):
    """A JSON object in one text frame; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Message):
    """What the server allows and promises."""

    heartbeat_seconds: float = Field(15, description="a heartbeat comes at least this often")
    authenticate_seconds: float = Field(5, description="time from hello until the client has authenticated")
    silence_seconds: float = Field(40, description="a client that is not heard for so long is cut")
    life_seconds: float = Field(3600, description="a connection lasts at most so long; resume on a new one")
    topics: int = Field(64, description="topics followed on one connection")
    connections: int = Field(32, description="connections of one account on one node")
    message_bytes: int = Field(16384, description="size of a message from the client")
    messages_per_second: float = Field(20, description="messages from the client, on average")
    buffer_bytes: int = Field(262144, description="unsent bytes after which a client is cut as too slow")


class Cursor(Message):
    """Where the client stands in a topic: the last offset it has, and that event's id as proof."""

    after: Offset | None = Field(None, description="none: only what happens from now on")
    id: str | None = Field(None, max_length=64, description="the id of the event at `after`")


class Authenticate(Message):
    """Who the client is; not needed when the token came as a subprotocol. Never put a token in the URL."""

    type: Literal["authenticate"] = "authenticate"
    token: str = Field(min_length=1, max_length=8192)


class Subscribe(Message):
    """Follow these topics, each from its cursor; `epoch` is the one in which the cursors were obtained."""

    type: Literal["subscribe"] = "subscribe"
    topics: dict[Topic, Cursor] = Field(min_length=1, max_length=64)
    epoch: str | None = Field(None, max_length=64)


class Unsubscribe(Message):
    """Follow these topics no longer."""

    type: Literal["unsubscribe"] = "unsubscribe"
    topics: list[Topic] = Field(min_length=1, max_length=64)


class Refresh(Message):
    """A newer token of the same account; topics it may no longer follow end."""

    type: Literal["refresh"] = "refresh"
    token: str = Field(min_length=1, max_length=8192)


class Ping(Message):
    """Asks for a pong, for clients that cannot send the websocket's own ping."""

    type: Literal["ping"] = "ping"


class Hello(Message):
    """The first message: the protocol, the epoch of the log, and the limits."""

    type: Literal["hello"] = "hello"
    protocol: Literal[1] = 1
    epoch: str
    limits: Limits
    now: datetime


class Welcome(Message):
    """The client is authenticated, in this role, until then."""

    type: Literal["welcome"] = "welcome"
    role: str
    expires_at: datetime | None = None


class Subscribed(Message):
    """Every event of the topic after the offset `after` follows, whole and in order; `head` is the last by now."""

    type: Literal["subscribed"] = "subscribed"
    topic: Topic
    after: Offset
    head: Offset
    epoch: str


class Recovered(Message):
    """The whole gap has been sent, up to `offset`; from here on the topic is live."""

    type: Literal["recovered"] = "recovered"
    topic: Topic
    offset: Offset


class Reset(Message):
    """The gap cannot be sent: fetch a snapshot. The topic goes on, live, after the offset `head`.

    `epoch`: the cursor is of another history; `ahead`: it lies beyond the log; `diverged`: the event there is
    another one; `pruned`: what followed is no longer kept.
    """

    type: Literal["reset"] = "reset"
    topic: Topic
    reason: Literal["epoch", "ahead", "diverged", "pruned"]
    epoch: str
    head: Offset


class Shown(Message):
    """An event as this viewer may see it; `hidden` where nothing of it may be shown, so that offsets have no gap."""

    offset: Offset
    id: str
    kind: str | None = None
    at: datetime | None = None
    facts: dict[str, Any] | None = None
    hidden: Literal[True] | None = None


class Events(Message):
    """Consecutive events of one topic."""

    type: Literal["events"] = "events"
    topic: Topic
    events: list[Shown] = Field(min_length=1)


class Heartbeat(Message):
    """The last offset of each followed topic, as known at `as_of`: a client that has less missed something."""

    type: Literal["heartbeat"] = "heartbeat"
    heads: dict[Topic, Offset]
    as_of: datetime


class Unsubscribed(Message):
    """The topic is no longer followed: as asked, or because the account may not any more."""

    type: Literal["unsubscribed"] = "unsubscribed"
    topic: Topic
    reason: Literal["asked", "forbidden"]


class Refreshed(Message):
    """The newer token is in use, until then."""

    type: Literal["refreshed"] = "refreshed"
    role: str
    expires_at: datetime | None = None


class Refused(Message):
    """One request is refused; the connection goes on."""

    type: Literal["refused"] = "refused"
    code: Literal["forbidden", "too_many_topics", "bad_token", "other_account", "already_authenticated"]
    topic: Topic | None = None


class Pong(Message):
    """The answer to a ping."""

    type: Literal["pong"] = "pong"


ClientMessage = Annotated[
    Authenticate | Subscribe | Unsubscribe | Refresh | Ping, Field(discriminator="type")
]
ServerMessage = Annotated[
    Hello
    | Welcome
    | Subscribed
    | Recovered
    | Reset
    | Events
    | Heartbeat
    | Unsubscribed
    | Refreshed
    | Refused
    | Pong,
    Field(discriminator="type"),
]
FROM_CLIENT: TypeAdapter[Authenticate | Subscribe | Unsubscribe | Refresh | Ping] = TypeAdapter(ClientMessage)
FROM_SERVER: TypeAdapter[Any] = TypeAdapter(ServerMessage)


class Close(IntEnum):
    """Why the server closes; `RECONNECT` says what a client does then."""

    FAILED = 1011
    RESTART = 1012
    BAD_MESSAGE = 4400
    UNAUTHENTICATED = 4401
    REVOKED = 4403
    TIMEOUT = 4408
    LIFE_OVER = 4410
    TOO_SLOW = 4413
    TOO_MANY = 4429


RECONNECT: dict[int, tuple[Literal["yes", "new_token", "no"], str]] = {
    1006: ("yes", "the connection broke, or the server aborted a client that did not read"),
    1011: ("yes", "the server failed"),
    1012: ("yes", "the node restarts"),
    4400: ("no", "a message breaks the protocol: the client is at fault"),
    4401: ("new_token", "no token, a bad one, or it has expired"),
    4403: ("no", "the account was revoked"),
    4408: ("yes", "the client did not authenticate in time, or was not heard for too long"),
    4410: ("yes", "the connection has lived its time"),
    4413: ("yes", "the client reads too slowly"),
    4429: ("yes", "too many connections of the account, or too many messages; wait longer"),
}
