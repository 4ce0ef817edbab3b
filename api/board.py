"""The dispatch board as one file that opens offline: the console's own modules and style with the view inside."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

CONSOLE = Path(__file__).parent / "console"
MODULES = ("words.js", "dom.js", "sessions.js", "board.js", "lists.js", "dialog.js", "page.js", "offline.js")

_PAGE = Environment(undefined=StrictUndefined, autoescape=True).from_string(
    """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>异地 Yidi {{ view.date }}</title>
<style>{{ style | safe }}</style>
</head>
<body>
<div id="console"></div>
<script type="application/json" id="view">{{ data | safe }}</script>
<script type="module">{{ script | safe }}</script>
</body>
</html>
"""
)


def render_board(view: Mapping[str, Any], language: str = "zh") -> str:
    """The page of a board view; nothing in it is fetched from anywhere."""
    # "<" is the one character that could end the element early; JSON lets it be written as an escape.
    data = json.dumps({"language": language, "view": view}, ensure_ascii=False).replace("<", "\\u003c")
    style = (CONSOLE / "console.css").read_text(encoding="utf-8")
    return _PAGE.render(view=view, data=data, style=style, script=_script())


def _script() -> str:
    """The modules as one: imports between them fall away, because all names share one scope."""
    whole = "\n".join((CONSOLE / name).read_text(encoding="utf-8") for name in MODULES)
    without_imports = re.sub(r"^import [^;]*;\n", "", whole, flags=re.MULTILINE)
    return re.sub(r"^export ", "", without_imports, flags=re.MULTILINE)
