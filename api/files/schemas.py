"""The JSON Schemas (2020-12) of all formats, made from the types that read them."""

from typing import Any

from pydantic import TypeAdapter

from api.files.certificates import CERTIFICATES
from api.files.formats import FORMATS

SCHEMAS = (*FORMATS, *CERTIFICATES)
"""Every format with a published schema."""


def schema_of(name: str) -> dict[str, Any]:
    """The schema of a format; fields it does not name are refused, but for certificates, which may say more."""
    schema = TypeAdapter(FORMATS.get(name) or CERTIFICATES[name]).json_schema()
    if name in FORMATS:
        schema["properties"] = {"format": {"const": name}, **schema["properties"]}
        schema["required"] = ["format", *schema.get("required", [])]
    for part in (schema, *schema.get("$defs", {}).values()):
        if part.get("type") == "object":
            part["additionalProperties"] = name in CERTIFICATES
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name}
    return {**head, **{key: value for key, value in schema.items() if key != "title"}}


def schema_file(name: str) -> str:
    """The file under `docs/schemas/` that holds the schema."""
    return f"{name.split('/')[1]}.json"
