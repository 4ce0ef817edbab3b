"""The AsyncAPI 3 document of `/live`, made from the models and the catalogue of kinds.

`python -m api.live.asyncapi > docs/asyncapi.yaml` brings the committed copy up to date (JSON is YAML).
"""

import json
from typing import Any

from api.kinds import FACTS, KINDS
from api.live.messages import FROM_CLIENT, FROM_SERVER, PROTOCOL, RECONNECT, SUBPROTOCOL

TOPIC_QUERY = {"type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]}
STREAMED = {
    "StreamedEvent": "`event: event`, or `event: hidden` where nothing may be shown; its `id:` resumes",
    "StreamClosed": "`event: close`, the last of a stream: why the server ends it, by close code",
}
STREAM = (*STREAMED, "Subscribed", "Recovered", "Reset", "Heartbeat", "Unsubscribed")
"""What comes as `data:` of Server-Sent Events; what the websocket has too is named by its type, and has no `id:`."""


def document() -> dict[str, Any]:
    """The document as a JSON value."""
    definitions: dict[str, Any] = {}
    names: dict[str, list[str]] = {}
    for direction, messages in (("receive", FROM_CLIENT), ("send", FROM_SERVER)):
        schema = messages.json_schema(ref_template="#/components/schemas/{model}")
        definitions |= schema["$defs"]
        names[direction] = [one["$ref"].rpartition("/")[2] for one in schema["oneOf"]]
    shown = definitions["Shown"]
    definitions["StreamedEvent"] = shown | {
        "properties": {"topic": {"type": "string"}, **shown["properties"]},
        "required": ["topic", *shown["required"]],
    }
    definitions["StreamClosed"] = {
        "type": "object",
        "properties": {"code": {"type": "integer"}, "reason": {"type": "string"}},
        "required": ["code", "reason"],
        "additionalProperties": False,
    }
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
            },
            "sse": {
                "address": "/live/sse",
                "description": "Server-Sent Events of one topic; `Last-Event-ID` (epoch:offset:event) resumes.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in STREAM},
            },
        },
        "operations": {
            direction: {
                "action": direction,
                "channel": {"$ref": "#/channels/live"},
                "messages": [{"$ref": f"#/channels/live/messages/{name}"} for name in group],
            }
            for direction, group in names.items()
        }
        | {
            "stream": {
                "action": "send",
                "channel": {"$ref": "#/channels/sse"},
                "security": [{"$ref": "#/components/securitySchemes/token"}],
                "bindings": {"http": {"method": "GET", "query": TOPIC_QUERY, "bindingVersion": "0.3.0"}},
                "messages": [{"$ref": f"#/channels/sse/messages/{name}"} for name in STREAM],
            }
        },
        "components": {
            "messages": {
                name: {"name": name, "payload": {"$ref": f"#/components/schemas/{name}"}} for name in every
            }
            | {
                name: {
                    "name": name,
                    "summary": summary,
                    "payload": {"$ref": f"#/components/schemas/{name}"},
                }
                for name, summary in STREAMED.items()
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
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
