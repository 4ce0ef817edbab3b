"""Who one is: sign in with a password, and see what a token stands for."""

from datetime import timedelta

from fastapi import APIRouter, Request

from api import reach
from api.database import Tx
from api.routes.dependencies import Look, OfficeHere
from api.schemas.catalogue import MeView
from api.schemas.sessions import SignIn, TokenView
from api.security import issue_token, sign_in
from api.store import venues

router = APIRouter(tags=["accounts"])


@router.post("/sessions", status_code=201)
def post_session(session: Tx, here: OfficeHere, request: Request, given: SignIn) -> TokenView:
    """A new token for an account with a password."""
    account = sign_in(session, given.account_id, given.password.get_secret_value())
    lifetime = timedelta(hours=request.app.state.settings.token_hours)
    token = issue_token(session, account.account_id, here.clock.now(), lifetime)
    return TokenView(token=token, expires_in=int(lifetime.total_seconds()))


@router.get("/me")
def get_me(call: Look) -> MeView:
    """Who the caller is, and the topics of the live channel that the caller may follow."""
    viewer = call.viewer
    regions = (region for _, region in venues.places(call.session).values())
    return MeView(
        account_id=viewer.account_id,
        role=viewer.role.value,
        centre_id=viewer.centre_id,
        venue_ids=sorted(viewer.venue_ids),
        region=viewer.region,
        expert_id=viewer.expert_id,
        topics=reach.topics(viewer, regions),
    )
