"""Whether the process lives, and whether it can serve."""

from fastapi import APIRouter, Response
from sqlmodel import text

from api.database import snapshot
from api.routes.dependencies import OfficeHere

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(here: OfficeHere, response: Response) -> dict[str, str]:
    """The database answers; 503 while it does not."""
    try:
        with snapshot(here.engine) as session:
            session.connection().execute(text("SELECT epoch FROM ledger"))
    except Exception:
        response.status_code = 503
        return {"status": "database unavailable"}
    return {"status": "ready"}
