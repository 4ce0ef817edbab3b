"""The committed AsyncAPI document is what the models say, and its references and schemas hold."""

import json
from hashlib import sha256
from pathlib import Path

import httpx2
import jsonschema
import pytest

from api.database import migrate
from api.kinds import FACTS, KINDS
from api.live.asyncapi import document, text
from api.live.messages import RECONNECT, Close, Limits
from tests.live.node import Node

ROOT = Path(__file__).parents[2]


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_committed_document_is_current():
    assert (ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8") == text()


@pytest.fixture(scope="module")
def specification():
    """AsyncAPI's own schema of its documents (tests/live/asyncapi/NOTICE says where it is from)."""
    schema = (Path(__file__).parent / "asyncapi" / "3.0.0.json").read_bytes()
    assert sha256(schema).hexdigest() == "d4571a420e6ffb7fcc7066c95a6db1202f299a3c51daa103d0706bf30f95e626"
    return jsonschema.Draft7Validator(json.loads(schema))


def test_the_committed_document_is_one_of_asyncapi_3(specification):
    committed = json.loads((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))
    assert [f"{error.json_path}: {error.message}" for error in specification.iter_errors(committed)] == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("asyncapi", "2.6.0"),
        ("info.title", 7),
        ("channels.live.address", 7),
        ("channels.live.adress", "/live"),
        ("operations.send.action", "shout"),
        ("operations.send.channel", "live"),
        ("components.messages.Hello.payload.type", "strange"),
        ("components.schemas.Hello.type", "strange"),
    ],
)
def test_a_document_that_breaks_the_specification_is_found(specification, path, wrong):
    whole = document()
    *steps, last = path.split(".")
    place = whole
    for step in steps:
        place = place[step]
    place[last] = wrong
    assert not specification.is_valid(whole)


def test_every_reference_leads_somewhere():
    whole = document()
    for reference in references(whole):
        place = whole
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


@pytest.mark.parametrize("name", sorted(document()["components"]["schemas"]))
def test_every_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(document()["components"]["schemas"][name])


def test_every_close_code_says_whether_to_come_back_and_is_explained():
    written = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")
    for code in {*Close, *RECONNECT}:
        assert int(code) in RECONNECT
        assert f"| {int(code)} |" in written


def test_every_declared_fact_is_carried_by_some_kind():
    carried = set().union(*(kind.facts | kind.sealed for kind in KINDS.values()))
    assert carried == set(FACTS)


def test_what_a_stream_of_server_sent_events_carries_is_as_documented(tmp_path):
    url = f"sqlite:///{tmp_path / 'y.db'}"
    migrate(url)
    whole = document()
    seen = set()
    with Node(url, Limits(heartbeat_seconds=1)) as node:
        node.happen(1, "venue/V1")
        node.happen(2, "venue/V1", kind="record.read", record="r")
        headers = {"Authorization": "Bearer h:host:V1:3", "Last-Event-ID": f"{node.live.hub.epoch}:0:"}
        with httpx2.stream(
            "GET", f"http://127.0.0.1:{node.port}/live/sse?topic=venue/V1", headers=headers, timeout=8
        ) as answer:
            name = ""
            for line in answer.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                if field == "data":
                    seen.add(name)
                    message = {"event": "StreamedEvent", "hidden": "StreamedEvent", "close": "StreamClosed"}
                    named = message.get(name, name.capitalize())
                    assert f"#/channels/sse/messages/{named}" in {
                        one["$ref"] for one in whole["operations"]["stream"]["messages"]
                    }
                    schema = {"$ref": f"#/components/schemas/{named}", "components": whole["components"]}
                    jsonschema.Draft202012Validator(schema).validate(json.loads(value))
    assert {"subscribed", "event", "hidden", "recovered", "heartbeat", "close"} <= seen
