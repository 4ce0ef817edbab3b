"""The public page that verifies draw certificates: served to anyone, told to connect to nowhere."""

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse

from api.board import CONSOLE
from api.headers import VERIFIER
from api.verifier import render_verifier

router = APIRouter(include_in_schema=False)


@router.get("/verify")
def get_verifier() -> FileResponse:
    """The page; what is dropped on it stays with the reader."""
    return FileResponse(CONSOLE / "verify.html", headers={"Content-Security-Policy": VERIFIER})


@router.get("/verify/page")
def get_verifier_file() -> HTMLResponse:
    """The page with its modules and style in one file, to be kept and opened without a network."""
    headers = {"Content-Disposition": 'attachment; filename="yidi-verify.html"'}
    return HTMLResponse(render_verifier(), headers=headers)
