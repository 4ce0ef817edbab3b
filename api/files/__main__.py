"""Writes the JSON Schemas of all formats into a folder: `python -m api.files docs/schemas`."""

import json
import sys
from pathlib import Path

from api.files.documents import FORMATS, schema_of

folder = Path(sys.argv[1])
for name in FORMATS:
    path = folder / f"{name.split('/')[1]}.json"
    path.write_text(json.dumps(schema_of(name), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
