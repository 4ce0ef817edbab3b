"""Accounts: the administrator's."""

from fastapi import APIRouter

from api.routes.dependencies import Change, Look
from api.schemas.accounts import AccountIn, AccountView, NewAccountView
from api.services import accounts as service
from api.store import accounts

router = APIRouter(tags=["accounts"])


@router.get("/accounts")
def get_accounts(call: Look) -> list[AccountView]:
    """Every account."""
    return [AccountView.of(account) for account in accounts.all_of(call.session)]


@router.post("/accounts", status_code=201)
def post_account(call: Change, given: AccountIn) -> NewAccountView:
    """A new account and its token, which is shown this once."""
    account = accounts.new(**given.model_dump(exclude={"venue_ids", "password"}))
    password = given.password.get_secret_value() if given.password else ""
    issued = service.add(call.session, account, given.venue_ids, now=call.now, password=password)
    return NewAccountView(**AccountView.of(account).model_dump(), token=issued.token)


@router.post("/accounts/{account_id}/revoke")
def post_revoke(call: Change, account_id: str) -> AccountView:
    """The account opens nothing any more."""
    return AccountView.of(service.revoke(call.session, account_id, call.actor, call.now))
