"""The AsyncAPI 3 document of `/live`, made from the models and the catalogue of kinds.

`python -m api.live.asyncapi > docs/asyncapi.yaml` brings the committed copy up to date (JSON is YAML).
"""

import json
from typing import Any

from api.kinds import FACTS, KINDS
from api.live.messages import FROM_CLIENT, FROM_SERVER, PROTOCOL, RECONNECT, SUBPROTOCOL


def document() -> dict[str, Any]:
    """The document as a JSON value."""
    definitions: dict[str, Any] = {}
    names: dict[str, list[str]] = {}
    for direction, messages in (("receive", FROM_CLIENT), ("send", FROM_SERVER)):
        schema = messages.json_schema(ref_template="#/components/schemas/{model}")
        definitions |= schema["$defs"]
        names[direction] = [one["$ref"].rpartition("/")[2] for one in schema["oneOf"]]
    every = [name for group in names.values() for name in group]
    for kind, declared in KINDS.items():
        facts = {
            name: FACTS[name].schema | {"description": FACTS[name].meaning} for name in sorted(declared.facts)
        }
        sealed = {
            name: FACTS[name].schema | {"description": FACTS[name].meaning}
            for name in sorted(declared.sealed)
        }
        definitions[f"facts.{kind}"] = {
            "type": "object",
            "description": f"{declared.meaning}; a viewer sees some of these",
            "properties": facts | sealed,
            "additionalProperties": False,
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Yidi live push",
            "version": str(PROTOCOL),
            "description": "Events of the log as the account may see them, resumed without a hole.",
        },
        "channels": {
            "live": {
                "address": "/live",
                "description": f"Websocket, subprotocol {SUBPROTOCOL}.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in every},
            }
        },
        "operations": {
            direction: {
                "action": direction,
                "channel": {"$ref": "#/channels/live"},
                "messages": [{"$ref": f"#/channels/live/messages/{name}"} for name in group],
            }
            for direction, group in names.items()
        },
        "components": {
            "messages": {
                name: {"name": name, "payload": {"$ref": f"#/components/schemas/{name}"}} for name in every
            },
            "schemas": definitions,
        },
        "x-close-codes": {
            str(code): {"reconnect": advice, "meaning": meaning}
            for code, (advice, meaning) in RECONNECT.items()
        },
    }


def text() -> str:
    """The document as it is committed."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    print(text(), end="")
