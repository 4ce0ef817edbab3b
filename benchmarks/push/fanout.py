"""One server with that many clients: deliveries, CPU, delay and memory."""

import time
from contextlib import ExitStack

from benchmarks.push.feed import TOPIC
from benchmarks.push.processes import (
    begin,
    cpu_of,
    free_port,
    loaded,
    machine_cpu,
    memory_of,
    result_of,
    started,
    wake,
)

ON_POSTGRES, ON_SQLITE = "Yidi, PostgreSQL", "Yidi, SQLite"


def measure(name, clients, seconds, pause, burst, program, fresh):
    """What the server delivered while it was sent BURST events once in PAUSE seconds."""
    port = free_port()
    with ExitStack() as stack:
        if name in {ON_POSTGRES, ON_SQLITE}:
            url = fresh[name]()
            own = () if name == ON_POSTGRES else (pause, burst)
            server = stack.enter_context(started("benchmarks.push.node", url, port, *own, port=port))
            how = {"topic": TOPIC}
        else:
            server = stack.enter_context(
                started("benchmarks.push.peers", name, port, pause, burst, port=port)
            )
            how = {"path": "/ws"}
        time.sleep(0.5)
        empty = memory_of(server.pid)
        load = stack.enter_context(loaded(program, port, clients, seconds, **how))
        time.sleep(1)
        idle = memory_of(server.pid)
        if burst > 1:
            begin(load)
        if name == ON_POSTGRES:
            stack.enter_context(started("benchmarks.push.writer", url, pause, burst))
            time.sleep(1)
        else:
            wake(server)
        if burst == 1:
            time.sleep(1)
            begin(load)
        used, busy, since = cpu_of(server.pid), machine_cpu(), time.monotonic()
        got = result_of(load)
        took = time.monotonic() - since
        used, busy = cpu_of(server.pid) - used, machine_cpu() - busy
    return {
        "server": name,
        "clients": clients,
        "burst": burst,
        "delivered_per_s": round(got["events"] / got["seconds"]),
        "cpu_us": round(1e6 * used / max(1, got["events"]), 2),
        "server_cpu": round(used / took, 2),
        "load_cpu": got["load_cpu"],
        "machine_cpu": round(busy / took, 2),
        "p50_ms": got["p50_ms"],
        "p99_ms": got["p99_ms"],
        "max_ms": got["max_ms"],
        "kb_per_client": round((idle - empty) / clients / 1024, 1),
        "missed": got["missed"],
        "doubled": got["doubled"],
        "connected": got["connected"],
        "events_per_read": round(got["events"] / max(1, got["reads"]), 1),
    }
