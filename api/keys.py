"""Where keys come from: the environment, or a file that the embedded default makes once."""

import base64
import binascii
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from api.sealing import Sealer
from api.settings import Settings
from api.signing import Signer
from scheduler.errors import BadInput

KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The keys of an installation."""

    sealer: Sealer
    signer: Signer


def load_keys(settings: Settings) -> Keys:
    """The installation's keys; makes a key file only for the embedded default, where there is none."""
    if settings.field_keys is not None and settings.signing_key is not None:
        return _parse(settings.field_keys.get_secret_value(), settings.signing_key.get_secret_value())
    path = settings.keys_file or _beside_database(settings.database_url)
    if settings.keys_file is None and not path.exists():
        _make(path)
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return _parse(stored["field_keys"], stored["signing_key"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(
            "keys_file", path.name, "a readable JSON file with field_keys and signing_key"
        ) from None


def _beside_database(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise BadInput("keys_file", "", "set YIDI_KEYS_FILE, or YIDI_FIELD_KEYS and YIDI_SIGNING_KEY")
    return Path(parsed.database).with_suffix(".keys")


def _make(path: Path) -> None:
    made = {
        "field_keys": "k1:" + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        "signing_key": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())


def _parse(field_keys: str, signing_key: str) -> Keys:
    pairs = []
    for pair in field_keys.split(","):
        key_id, _, encoded = pair.strip().partition(":")
        if not key_id or len(key_id) > KEY_BYTES:
            raise BadInput("field_keys", "(secret)", "each key is id:base64")
        pairs.append((key_id, _decode("field_keys", encoded)))
    return Keys(Sealer(tuple(pairs)), Signer(_decode("signing_key", signing_key)))


def _decode(field: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadInput(field, "(secret)", "base64 of exactly 32 bytes")
    return key
