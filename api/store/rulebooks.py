"""Rule books by digest."""

from datetime import datetime

from sqlmodel import Session

from api.refusals import NotFound
from models.rulebooks import RuleBookRow
from scheduler.rules import RuleBook


def keep(session: Session, book: RuleBook, now: datetime) -> None:
    """The rule book's text is stored under its digest."""
    if session.get(RuleBookRow, book.digest) is None:
        session.add(RuleBookRow(digest=book.digest, version=book.version, text=book.text, first_used_at=now))
        session.flush()


def load(session: Session, digest: str) -> RuleBook:
    """The rule book as it was; raises `NotFound`."""
    row = session.get(RuleBookRow, digest)
    if row is None:
        raise NotFound("rule book", digest)
    return RuleBook.parse(row.text, row.version)
