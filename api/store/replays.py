"""Answers already given under an Idempotency-Key."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api.refusals import KeyReused
from models.replays import ReplayRow


def once(
    session: Session,
    *,
    account_id: str,
    route: str,
    key: str,
    request: str,
    act: Callable[[], str],
    now: datetime,
) -> str:
    """The reference that `act` returns, acted for at most once per account, route and key.

    Claim, act and answer share one transaction: a failure frees the key by rolling back. The reference is
    kept, not the answer, so that a replay is disclosed afresh.
    """
    digest = "sha256:" + hashlib.sha256(request.encode()).hexdigest()
    claim = ReplayRow(
        account_id=account_id, route=route, key=key, request_digest=digest, reference="", created_at=now
    )
    try:
        with session.begin_nested():
            session.add(claim)
    except IntegrityError:
        earlier = session.get_one(ReplayRow, (account_id, route, key))
        if earlier.request_digest != digest:
            raise KeyReused("Idempotency-Key", key, "a key stands for one request") from None
        return earlier.reference
    claim.reference = act()
    session.add(claim)
    session.flush()
    return claim.reference
