"""All contenders in one run: python -m benchmarks.push.run [CLIENTS …]; writes benchmarks/push/results.md."""

import json
import os
import platform
import socket
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.push.server import CONTENDERS

HERE = Path(__file__).parent
RATE, SECONDS = 20, 6
COLUMNS = ("delivered_per_second", "cpu_us", "p50_ms", "p99_ms", "kb_per_client", "load_cpu")


def free_port():
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def asked(server):
    """CPU seconds and memory of the server."""
    server.stdin.write("\n")
    server.stdin.flush()
    return json.loads(server.stdout.readline())


def measure(name, clients):
    """One contender with that many clients."""
    port = free_port()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.push.server", name, str(port), str(RATE)], **pipes
    )
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        empty = asked(server)["rss"]
        path = "/live" if name == "yidi" else "/ws"
        command = [sys.executable, HERE / "load.py", str(port), str(clients), str(SECONDS), path]
        load = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert load.stdout.readline() == "ready\n"
        before = asked(server)
        result = json.loads(load.stdout.readline())
        after = asked(server)
        load.wait()
    finally:
        server.kill()
        server.wait()
    cpu = after["cpu"] - before["cpu"]
    result["cpu_us"] = round(1e6 * cpu / max(1, result["delivered_per_second"] * SECONDS), 1)
    result["kb_per_client"] = round((after["rss"] - empty) / clients / 1024, 1)
    return result


def main(sizes):
    """Measure and write the results."""
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}; "
        + ", ".join(f"{package} {version(package)}" for package in ("uvicorn", "websockets", "fastapi")),
        "",
        f"{RATE} events a second to every client; the load client is a process of its own. Memory includes what",
        "sending needs. Yidi alone goes through a database: commit, relay, redaction, frame.",
    ]
    for clients in sizes:
        lines += ["", f"## {clients:,} clients: {clients * RATE:,}/s wanted", ""]
        lines += [
            "| Server | delivered/s | CPU µs each | p50 ms | p99 ms | KB per client | load client CPU |"
        ]
        lines += ["|---|---|---|---|---|---|---|"]
        for name in CONTENDERS:
            got = measure(name, clients)
            row = [
                got[key]
                for key in ("delivered_per_second", "cpu_us", "p50_ms", "p99_ms", "kb_per_client", "load_cpu")
            ]
            lines.append(f"| {name} | " + " | ".join(map(str, row)) + " |")
            print(lines[-1], flush=True)
    (HERE / "results.md").write_text("# Push: results\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100, 1000, 5000])
