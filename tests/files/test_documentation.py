"""docs/files.md tells every column, alias, format and summary field there is."""

import json
import re
from pathlib import Path

import pytest

from api.files.openings import COLUMNS
from api.files.schemas import SCHEMAS, schema_file
from api.files.surroundings import SURROUNDINGS
from api.files.tables import Column
from api.files.world_tables import TABLES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "column",
    [*COLUMNS, *(c for own in (*TABLES.values(), *SURROUNDINGS.values()) for c in own)],
    ids=lambda c: c.name,
)
def test_every_column_is_documented_with_its_aliases(column: Column):
    needed = "yes" if column.required else ""
    assert f"| `{column.name}` | {needed} | {', '.join(column.aliases)} |" in TEXT


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_format_is_documented_with_its_schema(name):
    assert f"| `{name}` | [{schema_file(name)}](schemas/{schema_file(name)}) |" in TEXT


def test_every_schema_file_belongs_to_a_format():
    titles = {
        json.loads(path.read_text(encoding="utf-8"))["title"]
        for path in (ROOT / "docs/schemas").glob("*.json")
    }
    assert titles == set(SCHEMAS)


def test_every_field_of_the_summary_is_documented():
    source = (ROOT / "api/reports/summary.py").read_text(encoding="utf-8")
    fields = set(re.findall(r'^        "(\w+)":', source, re.MULTILINE)) - {"format"}
    assert len(fields) > 15
    assert not [field for field in sorted(fields) if f"`{field}`" not in TEXT]
