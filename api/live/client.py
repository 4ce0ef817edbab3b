"""A client that misses nothing: it resumes by itself, drops what it has seen, and says when a topic was reset.

async for change in follow("wss://host/live", token, {"venue/V01": Position()}):
    ...                                   # Change or ResetTopic; `positions` are kept up to date
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from api.live.messages import RECONNECT, SUBPROTOCOL

LONGEST_WAIT = 30.0


class Rejected(Exception):
    """The server closed for a reason that coming back does not cure."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return f"{self.code}: {RECONNECT.get(self.code, ('no', 'unknown'))[1]}"


@dataclass(frozen=True, slots=True)
class Position:
    """The last offset that is known of a topic, in which epoch, with that event's id; nothing: start from now."""

    after: int | None = None
    event_id: str | None = None
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An event; kind and facts are None where the account may not know it."""

    topic: str
    offset: int
    event_id: str
    kind: str | None
    at: str | None
    facts: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ResetTopic:
    """What came before cannot be recovered: fetch a snapshot. The topic goes on after `head`."""

    topic: str
    reason: str
    head: int


class _Gap(Exception):
    """The server's next event is not the one after ours."""


async def follow(
    url: str,
    token: str | Callable[[], str],
    positions: MutableMapping[str, Position],
    longest_wait: float = LONGEST_WAIT,
) -> AsyncIterator[Change | ResetTopic]:
    """Every change of the topics once and in order, over as many connections as it takes.

    `positions` is updated before a change is yielded: keep it to go on after a restart. `token` may be a
    function that fetches a fresh one. Raises `Rejected` where coming back would be in vain.
    """
    failures = 0
    while True:
        try:
            async with connect(
                url,
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                max_size=2**24,
                open_timeout=10,
            ) as connection:
                async for change in _converse(connection, token() if callable(token) else token, positions):
                    failures = 0
                    yield change
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd is not None else 1006
            advice = RECONNECT.get(code, ("yes", ""))[0]
            if advice == "no" or (advice == "new_token" and not callable(token)):
                raise Rejected(code) from None
        except (OSError, InvalidHandshake, TimeoutError, _Gap):
            pass
        # Full jitter: thousands of clients do not come back in the same moment.
        await asyncio.sleep(random.uniform(0, min(longest_wait, 0.25 * 2**failures)))
        failures = min(failures + 1, 16)


async def _converse(
    connection: ClientConnection, token: str, positions: MutableMapping[str, Position]
) -> AsyncIterator[Change | ResetTopic]:
    await connection.send(json.dumps({"type": "authenticate", "token": token}))
    silence = 60.0
    while True:
        async with asyncio.timeout(silence):
            message = json.loads(await connection.recv())
        match message["type"]:
            case "hello":
                silence = 2.5 * message["limits"]["heartbeat_seconds"]
            case "welcome":
                await _subscribe(connection, positions)
            case "subscribed":
                before = positions[message["topic"]]
                if before.after is None:
                    positions[message["topic"]] = Position(message["after"], None, message["epoch"])
            case "reset":
                positions[message["topic"]] = Position(message["head"], None, message["epoch"])
                yield ResetTopic(message["topic"], message["reason"], message["head"])
            case "heartbeat":
                _complain_about_missed(message["heads"], positions)
            case "events":
                for event in message["events"]:
                    if (change := _take(message["topic"], event, positions)) is not None:
                        yield change


async def _subscribe(connection: ClientConnection, positions: MutableMapping[str, Position]) -> None:
    by_epoch: dict[str | None, dict[str, Any]] = {}
    for topic, known in positions.items():
        cursor = {"after": known.after, "id": known.event_id}
        shown = {name: value for name, value in cursor.items() if value is not None}
        by_epoch.setdefault(known.epoch, {})[topic] = shown
    for epoch, topics in by_epoch.items():
        await connection.send(json.dumps({"type": "subscribe", "topics": topics, "epoch": epoch}))


def _take(topic: str, event: dict[str, Any], positions: MutableMapping[str, Position]) -> Change | None:
    known = positions[topic]
    if known.after is not None and event["offset"] <= known.after:
        return None
    if known.after is not None and event["offset"] != known.after + 1:
        raise _Gap
    positions[topic] = Position(event["offset"], event["id"], known.epoch)
    return Change(topic, event["offset"], event["id"], event.get("kind"), event.get("at"), event.get("facts"))


def _complain_about_missed(heads: dict[str, int], positions: MutableMapping[str, Position]) -> None:
    """A heartbeat is sent after all that it counts: a head beyond ours is a hole."""
    for topic, head in heads.items():
        after = positions[topic].after if topic in positions else None
        if after is not None and head > after:
            raise _Gap
