"""Bytes that are written once and sent to many: text frames (RFC 6455) and Server-Sent Events."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from api.events import Entry

PING = b"\x89\x00"
FRAME_BYTES = 65_536

ShownEntry = tuple[Entry, dict[str, Any] | None]
Encoded = tuple[int, bytes]  # bytes to send, and the last offset in them


def text_frame(payload: bytes) -> bytes:
    """The payload as one unmasked, final text frame, as servers send them."""
    size = len(payload)
    if size < 126:
        return b"\x81" + bytes((size,)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def shown_text(entry: Entry, facts: dict[str, Any] | None) -> str:
    """The event as the viewer may see it, as JSON text (`messages.Shown`)."""
    event = entry.event
    shown: dict[str, Any] = {"offset": entry.offset, "id": event.event_id}
    if facts is None:
        shown["hidden"] = True
    else:
        shown |= {"kind": event.kind, "at": event.at.isoformat().replace("+00:00", "Z"), "facts": facts}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def event_messages(topic: str, shown: Iterable[ShownEntry]) -> list[Encoded]:
    """The events as `messages.Events` payloads, each of at most `FRAME_BYTES` unless one event is larger."""
    head = f'{{"type":"events","topic":{json.dumps(topic)},"events":['.encode()
    messages: list[Encoded] = []
    waiting: list[bytes] = []
    size, last = 0, 0
    for entry, facts in shown:
        one = shown_text(entry, facts).encode()
        if waiting and size + len(one) > FRAME_BYTES - 512:
            messages.append((last, head + b",".join(waiting) + b"]}"))
            waiting, size = [], 0
        waiting.append(one)
        size, last = size + len(one) + 1, entry.offset
    if waiting:
        messages.append((last, head + b",".join(waiting) + b"]}"))
    return messages


def websocket_frames(_epoch: str, topic: str, shown: Sequence[ShownEntry]) -> list[Encoded]:
    """The events as websocket frames."""
    return [(last, text_frame(message)) for last, message in event_messages(topic, shown)]


def websocket_texts(_epoch: str, topic: str, shown: Sequence[ShownEntry]) -> list[Encoded]:
    """The events as lines, a message each, for a server whose transport we do not reach."""
    return [(last, message + b"\n") for last, message in event_messages(topic, shown)]


def sse_blocks(epoch: str, topic: str, shown: Sequence[ShownEntry]) -> list[Encoded]:
    """The events as Server-Sent Events; an id is epoch:offset:event, what `Last-Event-ID` brings back."""
    blocks: list[Encoded] = []
    for entry, facts in shown:
        identity = f"{epoch}:{entry.offset}:{entry.event.event_id}"
        name = "hidden" if facts is None else "event"
        data = f'{{"topic":{json.dumps(topic)},{shown_text(entry, facts)[1:]}'
        blocks.append((entry.offset, f"id: {identity}\nevent: {name}\ndata: {data}\n\n".encode()))
    return blocks


def sse_message(name: str, data: str) -> bytes:
    """A message about the stream itself, such as a reset, as a Server-Sent Event without an id."""
    return f"event: {name}\ndata: {data}\n\n".encode()
