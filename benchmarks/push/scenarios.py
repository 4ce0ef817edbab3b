"""What happens on bad days, and between nodes: latency across two, a reconnect storm, clients that do not read."""

import threading
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from api.database import make_engine
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

NODE, WRITER = "benchmarks.push.node", "benchmarks.push.writer"
PAUSE = 0.05


def two_nodes(program, fresh, clients=500, seconds=20):
    """Twenty commits a second on one node, followed on that node and on another: from publication to delivery."""
    url, here, there = fresh(), free_port(), free_port()
    with ExitStack() as stack:
        node = stack.enter_context(started(NODE, url, here, PAUSE, 1, port=here))
        stack.enter_context(started(NODE, url, there, port=there))
        loads = [
            stack.enter_context(loaded(program, port, clients, seconds, topic=TOPIC))
            for port in (here, there)
        ]
        wake(node)
        time.sleep(1)
        busy, since = machine_cpu(), time.monotonic()
        for load in loads:
            begin(load)
        same, other = (result_of(load) for load in loads)
        busy = (machine_cpu() - busy) / (time.monotonic() - since)
    told = ("p50_ms", "p99_ms", "max_ms", "missed", "doubled")
    return {
        "clients_on_each": clients,
        "machine_cpu": round(busy, 2),
        "same_node": {key: same[key] for key in told},
        "other_node": {key: other[key] for key in told},
    }


def storm(program, fresh, clients, seconds=40):
    """The only node is killed and starts again while another process commits; all its clients come back at once."""
    url, port = fresh(), free_port()
    with ExitStack() as stack:
        first = stack.enter_context(started(NODE, url, port, port=port))
        load = stack.enter_context(loaded(program, port, clients, seconds, topic=TOPIC, again=True))
        writer = stack.enter_context(started(WRITER, url, PAUSE, 1))
        time.sleep(2)
        begin(load)
        ends = time.monotonic() + seconds
        time.sleep(2)
        first.kill()
        first.wait()
        down = time.monotonic()
        second = stack.enter_context(started(NODE, url, port, port=port))
        down = time.monotonic() - down
        time.sleep(max(0.0, ends - time.monotonic() - 5))
        writer.kill()
        used = cpu_of(second.pid)
        got = result_of(load)
    engine = make_engine(url)
    with engine.connect() as connection:
        head = connection.execute(
            text("SELECT head FROM topic WHERE topic = :topic"), {"topic": TOPIC}
        ).scalar()
    engine.dispose()
    told = ("lost", "attempts", "recovered", "recovered_p50_s", "recovered_p99_s", "recovered_last_s")
    proof = ("missed", "doubled", "resets", "connected", "lowest", "highest")
    return {
        "clients": clients,
        "node_away_s": round(down, 2),
        **{key: got[key] for key in (*told, *proof)},
        "head_in_the_log": head,
        "node_cpu_s": round(used, 1),
    }


def stall(program, fresh, seconds, healthy=1000, stalled=100):
    """Clients that never read, and come back to do so again when they are cut, beside clients that follow."""
    return {
        "healthy": healthy,
        "seconds": seconds,
        "without": _stalling(program, fresh(), min(30.0, seconds), healthy, 0),
        "with": _stalling(program, fresh(), seconds, healthy, stalled),
    }


def _stalling(program, url, seconds, healthy, stalled):
    port = free_port()
    with ExitStack() as stack:
        server = stack.enter_context(started(NODE, url, port, port=port))
        how = {"topic": TOPIC, "stalled": stalled}
        load = stack.enter_context(loaded(program, port, healthy + stalled, seconds, **how))
        stack.enter_context(started(WRITER, url, PAUSE, 1))
        time.sleep(2)
        samples, done = [], threading.Event()

        def watch():
            while not done.wait(1):
                samples.append((memory_of(server.pid), *unsent(port)))

        watcher = threading.Thread(target=watch)
        watcher.start()
        begin(load)
        got = result_of(load)
        done.set()
        watcher.join()
    memory = [one for one, _, _ in samples]
    third = max(1, len(samples) // 3)
    told = ("p50_ms", "p99_ms", "max_ms", "missed", "doubled", "cuts", "longest_stall_s", "load_cpu")
    return {
        "stalled": stalled,
        **{key: got[key] for key in told},
        "memory_mb_first_third": round(max(memory[:third]) / 2**20, 1),
        "memory_mb_last_third": round(max(memory[-third:]) / 2**20, 1),
        "kernel_kb_of_one_client_at_most": round(max(one for _, one, _ in samples) / 1024),
        "connections_at_most": max(one for _, _, one in samples),
    }


def unsent(port):
    """The most bytes that the kernel holds unsent for one connection of the port, and how many connections."""
    most, connections = 0, 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].partition(":")[2], 16) == port and fields[3] != "0A":
            connections += 1
            most = max(most, int(fields[4].partition(":")[0], 16))
    return most, connections
