"""What the import contracts cannot say about the shape of the house."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path for package in ("scheduler", "models", "api") for path in (ROOT / package).rglob("*.py")
)
BANNED = {"utils", "helpers", "common", "core", "manager", "misc"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_one_audience_a_name_and_a_purpose(path):
    text = path.read_text(encoding="utf-8")
    assert path.stem not in BANNED
    assert len(text.splitlines()) <= 400
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a module says what belongs in it"


def test_the_engine_reads_no_clock_and_no_entropy():
    for path in (ROOT / "scheduler").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"now", "utcnow", "today", "urandom"}, f"{path}: {node.attr}"


def test_the_engine_is_a_library_without_web_and_database():
    code = "import sys, scheduler.planning, scheduler.draw, scheduler.verification; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"fastapi", "sqlmodel", "sqlalchemy", "pydantic", "starlette"} & set(loaded)
