"""The shared catalogues: centres, venues, the rule book, support counts."""

from fastapi import APIRouter

from api.routes.dependencies import Look
from api.schemas.catalogue import CentreView, RulesView, SupportView, VenueView
from api.services import boards
from api.store import centres, support, venues

router = APIRouter(tags=["catalogue"])


@router.get("/centres")
def get_centres(call: Look) -> list[CentreView]:
    """Every centre (公共资源交易中心)."""
    return [CentreView.of(centre) for centre in centres.load_all(call.session)]


@router.get("/venues")
def get_venues(call: Look) -> list[VenueView]:
    """Every venue with its rooms and seats (评标场所、工位)."""
    return [VenueView.of(venue) for venue in venues.load_all(call.session)]


@router.get("/rules")
def get_rules(call: Look) -> RulesView:
    """The rule book in force, as text with its digest."""
    book = call.office.book
    return RulesView(version=book.version, digest=book.digest, text=book.text)


@router.get("/support")
def get_support(call: Look, period: str = "") -> list[SupportView]:
    """Supported projects (客场支持项目数) by venue in a period such as 2026 or 2026-11."""
    totals = support.counts(call.session, period)
    known = venues.load_all(call.session)
    smallest = boards.smallest_group(call.office.book, known, call.now)
    return [
        SupportView(
            venue_id=venue.venue_id,
            name=venue.name,
            count=boards.shown_count(totals.get(venue.venue_id, 0), call.viewer, smallest),
        )
        for venue in known
    ]
