"""Clients that are not ours, written from docs/live.md alone, in one storm: each has in the end what the log has."""

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import aiohttp
import httpx2
import pytest
import websocket
import websockets
from websockets.asyncio.client import connect

from api.database import snapshot
from api.live.conformance.client import stand_in
from api.live.conformance.dialogue import Mismatch, read
from api.live.messages import Limits
from api.store.ledger import heads, replay
from tests.live.faults import FaultProxy
from tests.live.node import Node
from tests.live.test_storms import TOPICS, write

ROOT = Path(__file__).parents[2]
LIVE_JS = ROOT / "api" / "console" / "live.js"
DIALOGUES = {path.stem: read(path) for path in sorted((ROOT / "docs" / "conformance").glob("*.jsonl"))}
LIMITS = Limits(heartbeat_seconds=1, connections=100, messages_per_second=1000)


class Follower:
    """What any client has to do: say who it is, resume where it was, drop what it has, come back at a gap."""

    def __init__(self, name):
        self.token, self.seen, self.epoch, self.resets = (
            f"{name}:host:V1",
            {topic: [] for topic in TOPICS},
            None,
            [],
        )
        self.over, self.connections = threading.Event(), 0

    def answer(self, text):
        """What to say to the server's message; `Gap` when the connection is of no more use."""
        message = json.loads(text)
        match message["type"]:
            case "hello":
                self.connections += 1
                return {"type": "authenticate", "token": self.token}
            case "welcome":
                cursors = {
                    topic: {"after": has[-1][0], "id": has[-1][1]} if has else {"after": 0}
                    for topic, has in self.seen.items()
                }
                return {"type": "subscribe", "topics": cursors, "epoch": self.epoch}
            case "subscribed":
                self.epoch = message["epoch"]
            case "reset":
                self.resets.append(message)
            case "heartbeat":
                for topic, head in message["heads"].items():
                    if self.last(topic) < head:
                        raise Gap
            case "events":
                for event in message["events"]:
                    self.take(message["topic"], event)
        return None

    def last(self, topic):
        return self.seen[topic][-1][0] if self.seen[topic] else 0

    def take(self, topic, event):
        if event["offset"] > self.last(topic) + 1:
            raise Gap
        if event["offset"] == self.last(topic) + 1:
            assert "Bridge" not in json.dumps(event), "a host does not learn the project"
            self.seen[topic].append((event["offset"], event["id"]))


class Gap(Exception):
    """Something is missing: connect again and resume."""


def by_websocket_client(follower, port):
    while not follower.over.is_set():
        connection = None
        try:
            connection = websocket.create_connection(
                f"ws://127.0.0.1:{port}/live", timeout=4, subprotocols=["yidi.v1"]
            )
            while not follower.over.is_set():
                if (said := follower.answer(connection.recv() or "!")) is not None:
                    connection.send(json.dumps(said))
        except (OSError, websocket.WebSocketException, Gap, ValueError):
            time.sleep(0.02)
        finally:
            if connection is not None:
                connection.shutdown()


def by_websockets(follower, port):
    async def run():
        while not follower.over.is_set():
            try:
                async with connect(f"ws://127.0.0.1:{port}/live", subprotocols=["yidi.v1"]) as connection:
                    while not follower.over.is_set():
                        async with asyncio.timeout(4):
                            said = follower.answer(await connection.recv())
                        if said is not None:
                            await connection.send(json.dumps(said))
            except (OSError, EOFError, websockets.WebSocketException, Gap):
                await asyncio.sleep(0.02)

    asyncio.run(run())


def by_aiohttp(follower, port):
    async def run():
        async with aiohttp.ClientSession() as session:
            while not follower.over.is_set():
                try:
                    async with session.ws_connect(
                        f"ws://127.0.0.1:{port}/live", protocols=["yidi.v1"]
                    ) as connection:
                        while not follower.over.is_set():
                            message = await connection.receive(timeout=4)
                            if message.type is not aiohttp.WSMsgType.TEXT:
                                break
                            if (said := follower.answer(message.data)) is not None:
                                await connection.send_str(json.dumps(said))
                except (OSError, TimeoutError, aiohttp.ClientError, Gap):
                    await asyncio.sleep(0.02)

    asyncio.run(run())


def by_server_sent_events(follower, port):
    """One stream per topic, as curl would: the last `id:` resumes."""

    def stream(topic):
        last = None
        while not follower.over.is_set():
            headers = {
                "Authorization": f"Bearer {follower.token}",
                "Last-Event-ID": last or start(follower, port),
            }
            try:
                with httpx2.stream(
                    "GET",
                    f"http://127.0.0.1:{port}/live/sse",
                    params={"topic": topic},
                    headers=headers,
                    timeout=4,
                ) as answer:
                    follower.connections += 1
                    fields = {}
                    for line in answer.iter_lines():
                        if follower.over.is_set():
                            return
                        if line:
                            name, _, value = line.partition(": ")
                            fields[name] = value
                            continue
                        if fields.get("event") in ("event", "hidden") and "data" in fields:
                            follower.take(topic, json.loads(fields["data"]))
                            last = fields["id"]
                        elif fields.get("event") == "reset":
                            follower.resets.append(fields)
                        fields = {}
            except (OSError, httpx2.HTTPError, Gap):
                time.sleep(0.02)

    threads = [threading.Thread(target=stream, args=(topic,)) for topic in TOPICS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def start(follower, port):
    """From the beginning of the log: offset 0 of the epoch, which any first message names."""
    while follower.epoch is None:
        try:
            connection = websocket.create_connection(f"ws://127.0.0.1:{port}/live", timeout=4)
            follower.epoch = json.loads(connection.recv())["epoch"]
            connection.shutdown()
        except (OSError, websocket.WebSocketException, ValueError):
            time.sleep(0.02)
    return f"{follower.epoch}:0:"


class Storm:
    """Two nodes behind a proxy that breaks connections, in a loop of its own, while two writers write."""

    def __init__(self, database, engine, proxy=FaultProxy):
        self.database, self.engine, self.proxy_kind = database, engine, proxy
        self.ready, self.end = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self):
        self.nodes = [Node(self.database, LIMITS).__enter__() for _ in range(2)]
        self.thread.start()
        assert self.ready.wait(10)
        return self

    def __exit__(self, *_):
        self.end.set()
        self.thread.join(10)
        for node in self.nodes:
            node.__exit__()

    async def _run(self):
        async with self.proxy_kind([node.port for node in self.nodes]) as self.proxy:
            self.port = self.proxy.port
            self.ready.set()
            while not self.end.is_set():
                await asyncio.sleep(0.05)

    def rage(self, count=100):
        writers = [
            threading.Thread(target=write, args=(self.engine, node.live.announce, count, n))
            for n, node in enumerate(self.nodes)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

    def log(self):
        with snapshot(self.engine) as session:
            return {
                topic: [(one.offset, one.event.event_id) for one in replay(session, topic, 0, 10_000)]
                for topic in heads(session, TOPICS)
            }


def wait_until(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)


def test_every_kind_of_client_has_in_the_end_what_the_log_has(database, engine):
    kinds = [by_websocket_client, by_websockets, by_aiohttp, by_server_sent_events]
    followers = {kind.__name__: Follower(kind.__name__) for kind in kinds}
    with Storm(database, engine) as storm:
        threads = [
            threading.Thread(target=kind, args=(followers[kind.__name__], storm.port)) for kind in kinds
        ]
        for thread in threads:
            thread.start()
        storm.rage(150)
        time.sleep(0.5)
        storm.proxy.calm = True
        wanted = storm.log()
        wait_until(lambda: all(one.seen == wanted for one in followers.values()))
        for follower in followers.values():
            follower.over.set()
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()
        assert storm.proxy.cuts > 5, "a storm that cuts nothing proves nothing"
    for name, follower in followers.items():
        assert follower.resets == [], name
        assert follower.seen == wanted, name
        assert follower.connections > 1, f"{name} came back"


PAGE = """<!doctype html><script type="module">
import { Live } from "/live.js";
window.seen = {}; window.resets = []; window.states = []; window.got = [];
window.follow = (url, token, topics, fromStart = true) => {
  window.live = new Live(url, token, topics, {
    onEvent: (topic, event) => {
      (window.seen[topic] ??= []).push([event.offset, event.id]);
      window.got.push({ topic, offset: event.offset });
    },
    onReset: (topic, reason) => {
      window.resets.push(reason);
      window.got.push({ topic, reset: reason });
    },
    onState: (name, detail) => {
      window.states.push(name);
      if (name === "refused") window.got.push({ closed: detail });
    },
  });
  if (fromStart) window.live.from(null, Object.fromEntries(topics.map((topic) => [topic, 0])));
  window.live.open();
};
</script>"""


class Files(BaseHTTPRequestHandler):
    """The page and the console's client, on the loopback: a browser lets no page from elsewhere reach it."""

    def do_GET(self):
        script = self.path == "/live.js"
        body = LIVE_JS.read_bytes() if script else PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def page(browser):
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_function("window.follow !== undefined", timeout=5000)
        yield page
        page.close()
        server.shutdown()


def shown(engine):
    """What a host is shown of the log: hidden events are none of the console's business."""
    with snapshot(engine) as session:
        return {
            topic: [
                [one.offset, one.event.event_id]
                for one in replay(session, topic, 0, 10_000)
                if one.event.kind != "record.read"
            ]
            for topic in TOPICS
        }


def test_the_console_s_client_in_a_browser_has_in_the_end_what_the_log_has(page, database, engine):
    with Storm(database, engine) as storm:
        page.evaluate("([url, topics]) => follow(url, 'b:host:V1', topics)",
                      [f"ws://127.0.0.1:{storm.port}/live", list(TOPICS)])  # fmt: skip
        for _ in range(3):
            storm.rage(50)
            page.wait_for_timeout(400)
        storm.proxy.calm = True
        wanted = shown(engine)
        wait_until(lambda: page.evaluate("seen") == wanted, 30)
        assert page.evaluate("seen") == wanted
        assert page.evaluate("resets") == []
        assert page.evaluate("states.filter((name) => name === 'waiting').length") > 1, "it came back"
        page.evaluate("live.close()")


class BlackHole(FaultProxy):
    """A network that swallows everything after a while and never says so; later connections are sound."""

    async def _pump(self, reader, writer, ends):
        first = not self.calm
        left = 1500 if first else 10**9
        try:
            while data := await reader.read(4096):
                left -= len(data)
                if left < 0:
                    self.calm, self.cuts = True, self.cuts + 1
                    await asyncio.sleep(60)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass


def test_the_console_s_client_leaves_a_connection_on_which_nothing_comes_any_more(page, database, engine):
    with Storm(database, engine, BlackHole) as storm:
        page.evaluate("([url, topics]) => follow(url, 'b:host:V1', topics)",
                      [f"ws://127.0.0.1:{storm.port}/live", list(TOPICS)])  # fmt: skip
        page.wait_for_function("states.includes('live')", timeout=5000)
        storm.rage(20)
        wait_until(lambda: storm.proxy.cuts > 0)
        assert storm.proxy.cuts == 1
        wanted = shown(engine)
        wait_until(lambda: page.evaluate("seen") == wanted, 12)
        assert page.evaluate("seen") == wanted
        page.evaluate("live.close()")


class Attended:
    """A stand-in for a server, in a loop of its own, that plays one dialogue."""

    def __init__(self, dialogue):
        self.dialogue, self.ready, self.mismatch = dialogue, threading.Event(), None
        self.thread = threading.Thread(target=lambda: asyncio.run(self._attend()))

    async def _attend(self):
        async with stand_in(self.dialogue) as part:
            self.url = part.url
            self.ready.set()
            try:
                await part.done()
            except Mismatch as mismatch:
                self.mismatch = mismatch
            await asyncio.sleep(0.2)  # what was said last still arrives

    def __enter__(self):
        self.thread.start()
        assert self.ready.wait(10)
        return self

    def __exit__(self, *_):
        self.thread.join(60)
        assert not self.thread.is_alive()


@pytest.mark.parametrize("name", [name for name, one in DIALOGUES.items() if one.tests in ("client", "both")])
def test_the_console_s_client_keeps_to_the_dialogue(page, name):
    dialogue = DIALOGUES[name]
    wanted = [one for step in dialogue.steps if step.kind == "surfaced" for one in step.content]
    with Attended(dialogue) as attended:
        page.evaluate("(given) => follow(...given, false)",
                      [attended.url, dialogue.given["token"], [dialogue.given["topic"]]])  # fmt: skip
    got = page.evaluate("got")
    page.evaluate("live.close()")
    assert attended.mismatch is None
    # The console shows no hidden events, and fetches its snapshot anew at a reset, whatever the head.
    assert got == [{k: v for k, v in one.items() if k != "head"} for one in wanted if not one.get("hidden")]
