"""Writes the JSON Schemas of all formats into a folder: `python -m api.files docs/schemas`."""

import json
import sys
from pathlib import Path

from api.files.schemas import SCHEMAS, schema_file, schema_of

folder = Path(sys.argv[1])
for name in SCHEMAS:
    text = json.dumps(schema_of(name), ensure_ascii=False, indent=1) + "\n"
    (folder / schema_file(name)).write_text(text, encoding="utf-8")
