"""One look of the watch at all opened evaluations: what changes is told, and who lacks time is given it."""

import logging
import secrets
from contextlib import suppress

from api.office import Office
from api.planning import watching
from api.refusals import ExpertTaken, RoomTaken, WrongState
from api.services import changes, watches

log = logging.getLogger(__name__)


def watch_evaluations(office: Office, actor: str = "worker") -> None:
    """Hosts know how evaluations will end; those that need more time get it, on another day when 22:00 cuts them off.

    What cannot be given now, because an expert or a room is taken, is tried again at the next look.
    """
    now = office.clock.now()
    with office.reading() as session:
        seen = list(watching.outlooks(session, office, now))
        news = [one.project_id for one in seen if one.running and watching.is_news(session, one)]
    for project_id in news:
        with suppress(WrongState), office.changing() as session:  # it ended meanwhile
            watches.look(session, office, project_id, actor, now)
    for project_id in (one.project_id for one in seen if one.overdue):
        try:
            with suppress(WrongState), office.changing() as session:
                changes.prolong(
                    session, office, project_id, work=None, seed=secrets.randbits(62), actor=actor, now=now
                )
        except (ExpertTaken, RoomTaken) as clash:
            log.warning("no further session project_id=%s why=%s", project_id, clash.code)
