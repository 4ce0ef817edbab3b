"""The verifier's page as one file that opens offline: its own modules and style, nothing fetched from anywhere."""

import base64
import json
import re
from pathlib import Path

from api.board import CONSOLE

FOLDER = CONSOLE / "verify"
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'"
)
_IMPORT = re.compile(r'from "\.{1,2}/(\w+\.js)"')


def render_verifier() -> str:
    """The page of api/console/verify.html with everything it refers to inside.

    Each module becomes a data address under the name `yidi/…`, so that it is still loaded once, as itself.
    """
    modules = {path.name: path for path in (CONSOLE / "dom.js", *sorted(FOLDER.glob("*.js")))}
    imports = {f"yidi/{name}": _address(path) for name, path in modules.items()}
    style = (FOLDER / "verify.css").read_text(encoding="utf-8")
    page = (CONSOLE / "verify.html").read_text(encoding="utf-8")
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n<title>核验抽取证书 · 异地 Yidi</title>\n'
        f"<style>{style}</style>\n"
        f'<script type="importmap">{json.dumps({"imports": imports})}</script>\n'
        '<script type="module">import "yidi/page.js";</script>\n'
    )
    return re.sub(r"<meta http-equiv.*</head>", lambda _: f"{head}</head>", page, flags=re.DOTALL)


def _address(path: Path) -> str:
    script = _IMPORT.sub(r'from "yidi/\1"', path.read_text(encoding="utf-8"))
    return f"data:text/javascript;base64,{base64.b64encode(script.encode()).decode()}"
