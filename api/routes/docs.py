"""The API's documentation, offline."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from api.headers import DOCS_STYLE

FOLDER = Path(__file__).parent.parent / "docs"

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def get_docs() -> FileResponse:
    """The page that shows /openapi.json."""
    return FileResponse(FOLDER / "index.html", headers={"Content-Security-Policy": DOCS_STYLE})
