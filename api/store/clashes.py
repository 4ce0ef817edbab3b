"""What the database itself refuses, as refusals: a room held twice, an expert in two places."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api.refusals import ExpertTaken, RoomTaken


@contextmanager
def told(session: Session) -> Iterator[None]:
    """Flush at the end; a double booking is raised as `RoomTaken` or `ExpertTaken`, naming no person."""
    try:
        yield
        session.flush()
    except IntegrityError as clash:
        if "reservation_room_id_twice" in str(clash.orig):
            raise RoomTaken("room", "", "a room is held by one evaluation at a time") from None
        if "sitting_expert_id_twice" in str(clash.orig):
            raise ExpertTaken("panel", "", "an expert sits in one evaluation at a time") from None
        raise
