"""The recorded dialogues: the server keeps to them, so do our clients, and a deviation is found."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.database import migrate
from api.live.client import Position, Rejected, ResetTopic, follow
from api.live.conformance.client import stand_in
from api.live.conformance.dialogue import BadDialogue, Mismatch, read
from api.live.conformance.server import play
from api.live.messages import FROM_CLIENT, FROM_SERVER, Limits
from tests.live.conftest import fresh_postgres
from tests.live.node import REVOKED, Node, bring_about

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "docs" / "conformance").glob("*.jsonl"))
DIALOGUES = {path.stem: path for path in FILES}


def of(side):
    return [name for name, path in DIALOGUES.items() if read(path).tests in (side, "both")]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def node(request, tmp_path_factory):
    """A node whose topic has a history already, so that offsets are not those of the recordings."""
    on_sqlite = request.param == "sqlite"
    folder = tmp_path_factory.mktemp("conformance")
    url = f"sqlite:///{folder / 'y.db'}" if on_sqlite else fresh_postgres(request.getfixturevalue("postgres"))
    migrate(url)
    with Node(url, Limits(heartbeat_seconds=1)) as here:
        for number in range(5):
            here.happen(number, "venue/V1")
        yield here


def world_of(node):
    state = node.app.state

    async def bring(what):
        await asyncio.to_thread(bring_about, state.engine, state.committed, node.live, what)

    return bring


def played(node, path, **given):
    try:
        return asyncio.run(play(read(path, given), node.url, world_of(node)))
    finally:
        REVOKED.clear()


@pytest.mark.parametrize("name", of("server"))
def test_the_server_keeps_to_the_dialogue(node, name):
    said = played(node, DIALOGUES[name])
    for message in said.values():
        FROM_SERVER.validate_python(message)


@pytest.mark.parametrize("name", of("client"))
def test_our_python_client_keeps_to_the_dialogue(name):
    dialogue = read(DIALOGUES[name])
    wanted = [one for step in dialogue.steps if step.kind == "surfaced" for one in step.content]
    assert asyncio.run(followed(dialogue)) == wanted


async def followed(dialogue):
    """What the client tells its user while the stand-in plays the dialogue."""
    got, positions = [], {dialogue.given["topic"]: Position()}
    async with stand_in(dialogue) as part:

        async def run():
            try:
                async for one in follow(part.url, dialogue.given["token"], positions, longest_wait=0.1):
                    got.append(as_surfaced(one))
            except Rejected as rejected:
                got.append({"closed": rejected.code})

        following = asyncio.create_task(run())
        await part.done()
        await asyncio.wait((following,), timeout=0.1)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    return got


def as_surfaced(one):
    if isinstance(one, ResetTopic):
        return {"topic": one.topic, "reset": one.reason, "head": one.head}
    told = {"topic": one.topic, "offset": one.offset}
    return told if one.kind else {**told, "hidden": True}


@pytest.mark.parametrize("name", DIALOGUES)
def test_every_recorded_frame_is_a_message_of_the_protocol(name):
    for step in read(DIALOGUES[name]).steps:
        if step.kind == "received":
            FROM_SERVER.validate_python(step.content)
        if step.kind == "sent" and step.content not in ("}{", {"type": "dance"}):
            FROM_CLIENT.validate_python(step.content)


def test_every_message_and_every_reset_is_in_some_dialogue():
    frames = [
        step.content for path in FILES for step in read(path).steps if step.kind in ("sent", "received")
    ]
    types = {frame["type"] for frame in frames if isinstance(frame, dict)}
    declared = {
        one["$ref"].rpartition("/")[2].lower()
        for messages in (FROM_CLIENT, FROM_SERVER)
        for one in messages.json_schema()["oneOf"]
    }
    assert declared - types == set()
    resets = {frame["reason"] for frame in frames if isinstance(frame, dict) and frame["type"] == "reset"}
    assert resets == {"epoch", "ahead", "diverged", "pruned"}


@pytest.mark.parametrize(
    ("name", "recorded", "instead", "difference"),
    [
        ("01-hello-and-welcome", '"protocol": 1', '"protocol": 2', "protocol is 1, not 2"),
        ("03-from-now-on", '{"offset": 3,', '{"offset": 4,', "events/1/offset is"),
        ("03-from-now-on", '"support_count": 2', '"support_count": 9', "support_count is 2, not 9"),
        ("05-hidden-events", '"hidden": true', '"hidden": null', "hidden is True"),
        ("06-reset-ahead", '"reason": "ahead"', '"reason": "epoch"', "reason is 'ahead'"),
        ("13-bad-token", '{"closed": 4401}', '{"closed": 4403}', "closed with 4401, not 4403"),
        ("10-forbidden-topic", '"code": "forbidden"', '"code": "bad_token"', "code is 'forbidden'"),
    ],
)
def test_a_server_that_differs_is_found(node, tmp_path, name, recorded, instead, difference):
    text = DIALOGUES[name].read_text(encoding="utf-8")
    assert recorded in text
    other = tmp_path / f"{name}.jsonl"
    other.write_text(text.replace(recorded, instead), encoding="utf-8")
    with pytest.raises(Mismatch, match=difference):
        played(node, other)


def test_a_client_that_does_not_resume_where_it_was_is_found():
    async def forgetful(dialogue):
        async with stand_in(dialogue) as part:

            async def run():
                while True:  # starts anew after each break, as clients do that keep no position
                    positions = {dialogue.given["topic"]: Position()}
                    async for _ in follow(part.url, dialogue.given["token"], positions, longest_wait=0.1):
                        positions[dialogue.given["topic"]] = Position()

            following = asyncio.create_task(run())
            try:
                await part.done()
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    with pytest.raises(Mismatch, match=r"04-the-whole-gap:17: epoch is None"):
        asyncio.run(forgetful(read(DIALOGUES["04-the-whole-gap"])))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ":1:"),
        ('{"about": "x", "tests": "nobody", "given": {}}', ":1:"),
        ('{"about": "x", "tests": "both", "given": {}}\n{"shouted": 1}', ":2: shouted"),
        ('{"about": "x", "tests": "both", "given": {}}\n{"sent": 1, "closed": 2}', ":2:"),
        ('{"about": "x", "tests": "both", "given": {}}\n{"sent": 1, "vary": {"a": "maybe"}}', ":2: maybe"),
    ],
)
def test_a_file_that_is_no_dialogue_is_refused_with_its_line(tmp_path, text, why):
    file = tmp_path / "x.jsonl"
    file.write_text(text or "{}", encoding="utf-8")
    with pytest.raises(BadDialogue, match=why):
        read(file)


def test_anybody_can_play_the_dialogues_from_the_command_line(node):
    def run(*more):
        command = [
            sys.executable,
            "-m",
            "api.live.conformance",
            "server",
            node.url,
            *map(str, FILES[:5]),
            *more,
        ]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    alone = run()
    assert alone.returncode == 0, alone.stdout
    assert "passed   01-hello-and-welcome" in alone.stdout
    assert "skipped  03-from-now-on" in alone.stdout
    whole = run("--world", f"http://127.0.0.1:{node.port}/world")
    assert whole.returncode == 0, whole.stdout
    assert whole.stdout.count("passed") == 5
    wrong = run("--given", "token=nobody:nothing")
    assert wrong.returncode == 1
    assert "FAILED   01-hello-and-welcome:5:" in wrong.stdout


def test_the_readme_names_every_dialogue():
    written = (ROOT / "docs" / "conformance" / "README.md").read_text(encoding="utf-8")
    for path in FILES:
        assert f"`{path.stem}`" in written
        assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["about"] in written
