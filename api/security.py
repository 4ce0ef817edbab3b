"""Who is calling: bearer tokens and passwords, kept only as argon2 hashes."""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from api.disclosure import Role, Viewer
from api.refusals import NotSignedIn
from api.store import accounts
from models.accounts import AccountRow, TokenRow

SECRET_BYTES = 32
REMEMBERED = 4096

PASSWORDS = PasswordHasher()
TOKENS = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
"""A token has 256 random bits: the hash need not be slow, only one-way."""

NOBODY = PASSWORDS.hash(secrets.token_urlsafe(SECRET_BYTES))
"""Checked when there is no such account, so that the answer takes as long as for one there is."""


@dataclass(slots=True)
class Proven:
    """Digests of tokens whose argon2 hash has been checked, so that each is computed once per process."""

    digests: OrderedDict[tuple[str, bytes], None] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def check(self, stored: str, secret: str) -> bool:
        """Whether the secret is the one behind the stored hash."""
        entry = (stored, hashlib.sha256(secret.encode()).digest())
        with self.lock:
            if entry in self.digests:
                self.digests.move_to_end(entry)
                return True
        if not _matches(TOKENS, stored, secret):
            return False
        with self.lock:
            self.digests[entry] = None
            while len(self.digests) > REMEMBERED:
                self.digests.popitem(last=False)
        return True


def issue_token(session: Session, account_id: str, now: datetime, lifetime: timedelta | None) -> str:
    """A new bearer token of the account: shown once, stored only as a hash."""
    token_id, secret = secrets.token_hex(8), secrets.token_urlsafe(SECRET_BYTES)
    accounts.add_token(
        session,
        TokenRow(
            token_id=token_id,
            account_id=account_id,
            secret=TOKENS.hash(secret),
            created_at=now,
            expires_at=None if lifetime is None else now + lifetime,
        ),
    )
    return f"yidi_{token_id}_{secret}"


def authenticate(session: Session, token: str, proven: Proven, now: datetime) -> Viewer:
    """Who the token stands for; raises `NotSignedIn` unless it is genuine, in time and not revoked."""
    _, _, rest = token.partition("yidi_")
    token_id, _, secret = rest.partition("_")
    row = accounts.find_token(session, token_id) if secret else None
    if row is None or not proven.check(row.secret, secret):
        raise NotSignedIn
    account = accounts.find(session, row.account_id)
    over = row.expires_at is not None and row.expires_at <= now
    if account is None or over or row.revoked_at is not None or account.disabled_at is not None:
        raise NotSignedIn
    return viewer_of(session, account, row.expires_at)


def sign_in(session: Session, account_id: str, password: str) -> AccountRow:
    """The account that the password opens; raises `NotSignedIn`, equally slowly for an unknown account."""
    account = accounts.find(session, account_id)
    stored = account.password if account is not None and account.password else NOBODY
    genuine = _matches(PASSWORDS, stored, password)
    if account is None or not genuine or not account.password or account.disabled_at is not None:
        raise NotSignedIn
    return account


def viewer_of(session: Session, account: AccountRow, expires_at: datetime | None) -> Viewer:
    """The account as disclosure knows it."""
    return Viewer(
        account_id=account.account_id,
        role=Role(account.role),
        centre_id=account.centre_id,
        venue_ids=accounts.venues_of(session, account.account_id),
        region=account.region,
        expert_id=account.expert_id,
        expires_at=expires_at,
    )


def _matches(hasher: PasswordHasher, stored: str, given: str) -> bool:
    try:
        return hasher.verify(stored, given)
    except (VerificationError, InvalidHashError):
        return False
