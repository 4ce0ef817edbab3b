"""Past draws are looked back on: those whose result is public, and of them those the caller answers for."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from api import reach, record
from api.disclosure import Viewer
from api.sealing import Sealer
from api.store import draws, events, projects
from scheduler.errors import BadInput
from scheduler.fairness import LookBack, PastDraw, common_seed, look_back, past_draw
from scheduler.timeline import ZONE

MOST_CANDIDACIES = 300_000
"""The most candidates, summed over draws, of one report; a longer period is for the command line."""

WORK = 10_000_000
"""Candidacies times replays of one report: a second or two, for others wait on the same process."""

FEWEST_REPLAYS = 99


@dataclass(frozen=True, slots=True)
class History:
    """Past draws that may be looked back on, and how many may not yet."""

    draws: tuple[PastDraw, ...]
    unopened: int

    @property
    def candidacies(self) -> int:
        """Candidates, summed over the draws."""
        return sum(len(stratum.members) for draw in self.draws for stratum in draw.strata)


def history(
    session: Session,
    sealer: Sealer,
    viewer: Viewer,
    *,
    since: date | None = None,
    until: date | None = None,
    centre_id: str = "",
) -> History:
    """The draws of the viewer's own centre or region in a period (local days, both included).

    A draw counts once its project's result is public: until then its sealed part stays closed (招标投标法 art. 37).
    """
    cases = {
        case.project.project_id: case
        for case in record.cases(session, projects.rows_of(session))
        if (reach.runs(viewer, case) or reach.oversees(viewer, case)) and centre_id in ("", case.centre_id)
    }
    rows = [row for row in draws.of_projects(session, cases) if _is_within(row.drawn_at, since, until)]
    opened = [row for row in rows if cases[row.project_id].project.result_at is not None]
    size = sum(int(row.public["commitment"]["pool"]["eligible"]) for row in opened)
    if size > MOST_CANDIDACIES:
        raise BadInput("since", str(since or ""), f"{size} candidacies: at most {MOST_CANDIDACIES} at a time")
    return History(
        tuple(
            past_draw(row.public, draws.sealed_part(row, sealer), cases[row.project_id].centre_id)
            for row in opened
        ),
        len(rows) - len(opened),
    )


def look(found: History, replays: int) -> LookBack:
    """The look back, with as many replays as asked for and as the work allows; the draws give the seed."""
    bearable = max(FEWEST_REPLAYS, WORK // max(1, found.candidacies))
    return look_back(found.draws, common_seed(draw.draw_id for draw in found.draws), min(replays, bearable))


def note_reading(session: Session, viewer: Viewer, now: datetime) -> None:
    """It is on record that a supervisor has read who was drawn how often."""
    facts = {"record": "reports/fairness", "purpose": "抽取公平性 fairness", "region": viewer.region or ""}
    events.append(session, "record.read", {"audit"}, facts, now, viewer.account_id)


def _is_within(at: datetime, since: date | None, until: date | None) -> bool:
    day = at.astimezone(ZONE).date()
    return (since is None or since <= day) and (until is None or day <= until)
