"""Rows of accounts and tokens."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from api.refusals import AlreadyThere
from models.accounts import AccountRow, AccountVenueRow, TokenRow


def exist(session: Session) -> bool:
    """Whether there is any account."""
    return session.exec(select(func.count()).select_from(AccountRow)).one() > 0


def new(**facts: Any) -> AccountRow:
    """A new account, not yet stored."""
    return AccountRow(**facts)


def add(session: Session, account: AccountRow, venue_ids: Iterable[str] = ()) -> None:
    """The account is stored with the venues it answers for; raises `AlreadyThere`."""
    if session.get(AccountRow, account.account_id) is not None:
        raise AlreadyThere("account", account.account_id)
    session.add(account)
    session.flush()
    session.add_all(
        AccountVenueRow(account_id=account.account_id, venue_id=venue_id) for venue_id in sorted(venue_ids)
    )
    session.flush()


def find(session: Session, account_id: str) -> AccountRow | None:
    """The account, if there is one."""
    return session.get(AccountRow, account_id)


def all_of(session: Session) -> list[AccountRow]:
    """Every account, by id."""
    return list(session.exec(select(AccountRow).order_by(col(AccountRow.account_id))))


def venues_of(session: Session, account_id: str) -> frozenset[str]:
    """The venues that the account answers for."""
    query = select(AccountVenueRow.venue_id).where(AccountVenueRow.account_id == account_id)
    return frozenset(session.exec(query))


def add_token(session: Session, token: TokenRow) -> None:
    """The token is stored."""
    session.add(token)
    session.flush()


def find_token(session: Session, token_id: str) -> TokenRow | None:
    """The token, if there is one."""
    return session.get(TokenRow, token_id)


def disable(session: Session, account: AccountRow, now: datetime) -> None:
    """Neither the account's password nor any of its tokens opens anything any more."""
    account.disabled_at = now
    session.add(account)
    query = select(TokenRow).where(
        TokenRow.account_id == account.account_id, col(TokenRow.revoked_at).is_(None)
    )
    for token in session.exec(query):
        token.revoked_at = now
        session.add(token)
    session.flush()
