"""The load client, a process of its own: counts what arrives on N websockets; prints one JSON line.

python benchmarks/push/load.py PORT CLIENTS SECONDS PATH TOPIC
"""

import asyncio
import base64
import json
import os
import resource
import sys
import time
from typing import ClassVar

TOKEN = base64.urlsafe_b64encode(b"bench:host:V1").decode().rstrip("=")
SUBSCRIBE = json.dumps({"type": "subscribe", "topics": {"venue/V1": {}}}).encode()


def masked(payload):
    """A client's text frame with a zero mask."""
    return bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload


class Client(asyncio.Protocol):
    """Counts events by their marker; measures the delay of a sample of them from the time they carry."""

    connected, events, wire = 0, 0, 0
    delays: ClassVar[list] = []

    def connection_made(self, transport):
        self.transport, self.ready = transport, False
        protocols = f"Sec-WebSocket-Protocol: yidi.v1, yidi.token.{TOKEN}\r\n" if PATH == "/live" else ""
        transport.write(
            f"GET {PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{protocols}\r\n".encode()
        )

    def data_received(self, data):
        if not self.ready:
            self.ready = True
            Client.connected += 1
            if PATH == "/live":
                self.transport.write(masked(SUBSCRIBE))
        count = data.count(b'"sent:')
        if count:
            Client.events += count
            Client.wire += len(data)
            if Client.events % 17 < count:
                at = data.rindex(b'"sent:') + 6
                Client.delays.append(time.time() - float(data[at : data.index(b":", at)]))


async def main(port, clients, seconds):
    loop = asyncio.get_running_loop()
    for first in range(0, clients, 100):
        await asyncio.gather(
            *(loop.create_connection(Client, "127.0.0.1", port) for _ in range(min(100, clients - first)))
        )
    while Client.connected < clients:
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.5)
    print("ready", flush=True)
    Client.events, Client.delays, start, used = 0, [], time.time(), time.process_time()
    await asyncio.sleep(seconds)
    delays = sorted(Client.delays) or [float("nan")]
    result = {
        "delivered_per_second": round(Client.events / (time.time() - start)),
        "p50_ms": round(1000 * delays[len(delays) // 2], 1),
        "p99_ms": round(1000 * delays[len(delays) * 99 // 100], 1),
        "load_cpu": round((time.process_time() - used) / seconds, 2),
    }
    print(json.dumps(result), flush=True)


PATH = sys.argv[4]
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
os._exit(0)
