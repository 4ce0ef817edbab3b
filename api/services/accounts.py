"""Accounts: one of each role at the first start; later the administrator's to make and revoke."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.record import PREFECTURE
from api.refusals import NotFound
from api.security import PASSWORDS, issue_token
from api.store import accounts, events, experts, venues
from models.accounts import AccountRow


@dataclass(frozen=True, slots=True)
class Issued:
    """A new account's token, to be shown once and never stored."""

    account_id: str
    role: str
    scope: str
    token: str


def first_accounts(session: Session, now: datetime) -> list[Issued]:
    """An account of each role and for each centre and venue, if there is none at all yet."""
    if accounts.exist(session):
        return []
    places = venues.places(session)
    wanted = [(AccountRow(account_id="admin", role="administrator"), frozenset[str]())]
    wanted.append((AccountRow(account_id="public", role="public"), frozenset()))
    for prefecture in sorted({region[:PREFECTURE] for _, region in places.values()}):
        supervisor = AccountRow(account_id=f"supervisor-{prefecture}", role="supervisor", region=prefecture)
        wanted.append((supervisor, frozenset()))
    for centre_id in sorted({centre_id for centre_id, _ in places.values()}):
        own = frozenset(venue for venue, (centre, _) in places.items() if centre == centre_id)
        for role in ("operator", "machine"):
            account = AccountRow(account_id=f"{role}-{centre_id}", role=role, centre_id=centre_id)
            wanted.append((account, own))
    for venue_id in sorted(places):
        host = AccountRow(account_id=f"host-{venue_id}", role="host")
        wanted.append((host, frozenset({venue_id})))
    if (someone := experts.first(session)) is not None:
        wanted.append((AccountRow(account_id="expert", role="expert", expert_id=someone), frozenset()))
    return [add(session, account, venue_ids, now=now) for account, venue_ids in wanted]


def add(
    session: Session, account: AccountRow, venue_ids: frozenset[str], *, now: datetime, password: str = ""
) -> Issued:
    """The account is on record with a token that does not expire until it is revoked."""
    account.password = PASSWORDS.hash(password) if password else ""
    accounts.add(session, account, venue_ids)
    token = issue_token(session, account.account_id, now, None)
    scope = account.centre_id or account.region or ", ".join(sorted(venue_ids))
    return Issued(account.account_id, account.role, scope, token)


def revoke(session: Session, account_id: str, actor: str, now: datetime) -> AccountRow:
    """The account and all its tokens open nothing any more; live connections are told to end."""
    account = accounts.find(session, account_id)
    if account is None:
        raise NotFound("account", account_id)
    accounts.disable(session, account, now)
    events.append(session, "account.changed", ["audit"], {"account_id": account_id}, now, actor)
    return account
