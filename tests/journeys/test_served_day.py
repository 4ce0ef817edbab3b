"""A served demo day, followed by a client that is not ours, through a kill -9 of the server."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp
import pytest

from api.database import make_engine, snapshot
from api.store import ledger
from scheduler.verification.draws import verify_draw

ROOT = Path(__file__).parents[2]
SPEED = "2400"


class Server:
    """The real service in a process of its own, on a free port, its database in `folder`."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.tokens = folder, {}
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "YIDI_DATABASE_URL": f"sqlite:///{self.folder}/yidi.db",
        }
        command = [
            sys.executable,
            "-m",
            "api.cli",
            "serve",
            "--demo",
            "--speed",
            SPEED,
            "--port",
            str(self.port),
        ]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log)
        for _ in range(200):
            time.sleep(0.2)
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=1):
                    break
            except OSError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
        self.tokens |= dict(
            re.findall(r"^ +([\w-]+) +(yidi_\S+)$", (self.folder / "log").read_text(), re.MULTILINE)
        )

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("served"))
    yield server
    server.kill()


class Watcher:
    """A plain websocket client: keeps what it saw of each topic, and resumes from there."""

    def __init__(self, server, account):
        self.server, self.token = server, server.tokens[account]
        self.seen, self.epoch, self.resets = {}, None, []

    async def follow(self, until, seconds):
        """Follow all own topics until `until(self)` holds, the server goes, or the time is over."""
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.token}"}) as session:
            async with session.get(f"{self.server.url}/me") as answer:
                topics = (await answer.json())["topics"]
            async with session.ws_connect(f"{self.server.url}/live", protocols=["yidi.v1"]) as live:
                try:
                    async with asyncio.timeout(seconds):
                        async for message in live:
                            if message.type is not aiohttp.WSMsgType.TEXT:
                                break
                            await self.take(live, json.loads(message.data), topics)
                            if until(self):
                                return
                except TimeoutError:
                    pass

    async def take(self, live, message, topics):
        if message["type"] == "hello":
            await live.send_json({"type": "authenticate", "token": self.token})
        elif message["type"] == "welcome":
            cursors = {topic: self.cursor(topic) for topic in topics}
            await live.send_json({"type": "subscribe", "topics": cursors, "epoch": self.epoch})
        elif message["type"] == "subscribed":
            self.epoch = message["epoch"]
        elif message["type"] == "reset":
            self.resets.append(message)
        elif message["type"] == "events":
            self.seen.setdefault(message["topic"], []).extend(message["events"])

    def cursor(self, topic):
        events = self.seen.get(topic)
        return {"after": events[-1]["offset"], "id": events[-1]["id"]} if events else {"after": 0}

    def kinds(self):
        return [event.get("kind") for events in self.seen.values() for event in events]


def run(work):
    """Run a coroutine in a thread of its own: the browser of other tests keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@pytest.mark.timeout(280)
def test_a_foreign_client_misses_nothing_through_a_kill_of_the_server(server):
    supervisor, host = Watcher(server, "supervisor-5323"), Watcher(server, "host-V01")

    async def both(until, seconds):
        await asyncio.gather(supervisor.follow(until, seconds), host.follow(until, seconds))

    run(both(lambda watcher: supervisor.kinds().count("draw.completed") >= 10, 60))
    assert supervisor.kinds().count("draw.completed") >= 10
    server.kill()
    acknowledged = drawn(server)
    server.start()
    assert drawn(server).items() >= acknowledged.items(), "a restart loses no draw"
    run(both(lambda watcher: supervisor.kinds().count("result.published") >= 2, 150))
    assert supervisor.kinds().count("result.published") >= 2
    assert supervisor.resets == host.resets == []
    for watcher in (supervisor, host):
        for topic, events in watcher.seen.items():
            assert [event["offset"] for event in events] == list(range(1, len(events) + 1)), topic
    seen = supervisor.seen["region/5323"]
    engine = make_engine(f"sqlite:///{server.folder}/yidi.db")
    with snapshot(engine) as session:
        logged = ledger.replay(session, "region/5323", 0, len(seen))
    engine.dispose()
    assert [event["id"] for event in seen] == [entry.event.event_id for entry in logged]
    nobody_is_named_before_the_unlock(supervisor, host)


def nobody_is_named_before_the_unlock(supervisor, host):
    for watcher in (supervisor, host):
        for events in watcher.seen.values():
            unlocked = set()
            for event in events:
                facts = event.get("facts") or {}
                assert "expert_id" not in facts or watcher is supervisor
                if event.get("kind") in ("names.unlocked", "result.published"):
                    unlocked.add(facts.get("serial"))
                assert "members" not in facts or facts.get("serial") in unlocked
    for event in host.seen["venue/V01"]:
        facts = event.get("facts") or {}
        if event.get("kind", "").startswith(("guest.", "booking.", "draw.")):
            assert "project" not in facts, "a host does not learn the project before the start"


def drawn(server):
    """Every draw with its panel's engagements, straight from the database; each complete and proven."""
    engine = make_engine(f"sqlite:///{server.folder}/yidi.db")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT draw_id, public FROM draw").all()
        members = dict(
            connection.exec_driver_sql("SELECT draw_id, count(*) FROM engagement GROUP BY draw_id").all()
        )
        sittings = connection.exec_driver_sql(
            "SELECT count(*) FROM engagement WHERE engagement_id NOT IN (SELECT engagement_id FROM sitting)"
        ).scalar_one()
        told = connection.exec_driver_sql(
            "SELECT count(*) FROM event WHERE kind IN ('draw.completed', 'draw.redrawn')"
        ).scalar_one()
    engine.dispose()
    assert told == len(rows), "a draw and its event are one"
    assert sittings == 0
    for draw_id, public in rows:
        certificate = json.loads(public)
        assert members[draw_id] == int(certificate["drawn"])
        assert all(step.holds for step in verify_draw(certificate))
    return {draw_id: members[draw_id] for draw_id, _ in rows}


def test_the_console_shows_the_running_day(server, browser):
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    flaws = []
    page.on("pageerror", lambda flaw: flaws.append(str(flaw)))
    page.on("console", lambda message: message.type in ("error", "warning") and flaws.append(message.text))
    page.on("request", lambda request: server.url in request.url or flaws.append(request.url))
    page.goto(server.url)
    page.fill("#token", server.tokens["supervisor-5323"])
    page.keyboard.press("Enter")
    page.wait_for_selector(".track .bar")
    page.wait_for_selector(".connection.live")
    page.wait_for_selector(".feed time", timeout=20_000)
    assert page.locator(".support tbody tr").count() == 11
    page.click("#language")
    assert page.locator("h1").inner_text() == "Dispatch board"
    page.wait_for_selector("#sign-out")
    page.click("#sign-out")
    page.fill("#token", "yidi_wrong_token")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error")
    assert [flaw for flaw in flaws if "401" not in flaw] == []
    page.close()
