"""The dispatch board."""

from datetime import date as day
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from api.routes.dependencies import Look
from api.schemas.board import BoardView
from api.services import boards

router = APIRouter(tags=["board"])


@router.get("/board")
def get_board(call: Look, date: day | None = None) -> BoardView:
    """Rooms by hours on a day, today if none is named, with the positions to follow the live channel from."""
    wanted = date or call.now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    return boards.view(call.session, wanted, call.viewer, call.office.book, call.now)
