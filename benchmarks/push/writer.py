"""Another node that commits: python -m benchmarks.push.writer DATABASE_URL SECONDS BURST, until killed."""

import sys
import time
from datetime import UTC, datetime

from api.database import make_engine, transaction
from api.live.bells import Bell, Herald
from api.store.events import append
from benchmarks.push.feed import TOPIC, every, moment


def write(engine, announce, seconds, burst, wait=lambda: None):
    """Commit BURST events in one transaction once in SECONDS, and announce each commit."""
    wait()
    for pause in every(seconds):
        time.sleep(pause)
        with transaction(engine, announce) as session:
            for _ in range(burst):
                facts = {"period": moment(), "support_count": 1}
                append(session, "support.counted", [TOPIC], facts, datetime.now(UTC), "bench")


if __name__ == "__main__":
    engine = make_engine(sys.argv[1])
    herald = Herald(engine, Bell())
    herald.start()
    write(engine, herald.announce, float(sys.argv[2]), int(sys.argv[3]))
