"""The committed AsyncAPI document is what the models say, and its references and schemas hold."""

from pathlib import Path

import jsonschema
import pytest

from api.kinds import FACTS, KINDS
from api.live.asyncapi import document, text
from api.live.messages import RECONNECT, Close

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
