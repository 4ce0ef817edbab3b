"""How good forecasts of durations have been: the calibration that came with the model in use."""

from sqlmodel import Session

from api.disclosure import Role, Viewer
from api.schemas.durations import DurationsView
from api.store import centres, durations


def report(session: Session, viewer: Viewer) -> DurationsView:
    """The model in use and its record; of single centres, the viewer's own or those of the region."""
    shown = {
        centre.centre_id
        for centre in centres.load_all(session)
        if centre.centre_id == viewer.centre_id
        or (
            viewer.role is Role.SUPERVISOR
            and viewer.region
            and centres.region_of(session, centre.centre_id).startswith(viewer.region)
        )
    }
    return DurationsView.of(durations.newest(session), durations.count_finished(session), frozenset(shown))
