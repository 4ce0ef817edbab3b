"""What every contender sends: events of one size that carry their offset and the moment of their publication."""

import time
from itertools import count

TOPIC = "venue/V1"
FILLER = "x" * 300


def numbered(first=1):
    """Yidi's message of one event, as JSON text, one after the other."""
    for offset in count(first):
        yield (
            f'{{"type":"events","topic":"{TOPIC}","events":[{{"offset":{offset},"id":"0123456789abcdef",'
            f'"kind":"support.counted","at":"2026-11-24T12:00:00.000000Z","facts":{{"period":"{moment()}",'
            '"support_count":1}}]}'
        )


def moment():
    """A fact that says when it was published, and makes the event about as large as a real one."""
    return f"sent:{time.time()}:{FILLER}"


def every(seconds):
    """Pauses so that a loop turns once in that many seconds; the first at once, and a loop that is late hurries."""
    began = time.perf_counter()
    for turn in count():
        yield max(0.0, began + turn * seconds - time.perf_counter())
