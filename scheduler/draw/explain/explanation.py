"""Why a draw is possible or not, and what would help."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.draw.explain.case import DrawCase, Shortage
from scheduler.draw.explain.funnel import Funnel, funnels, thin
from scheduler.draw.explain.relax import Relaxation, Search


@dataclass(frozen=True, slots=True)
class Explanation:
    """The funnel of every slot; for an impossible draw the violated cut and the smallest relaxations, ranked.

    `searched` is false when the search for relaxations was cut short: then smaller or other ones may exist.
    """

    funnels: tuple[Funnel, ...]
    eligible: int
    shortage: Shortage | None
    relaxations: tuple[Relaxation, ...] = ()
    searched: bool = True

    @property
    def thin(self) -> tuple[Funnel, ...]:
        """The slots with fewer eligible experts than draw.min_candidate_ratio times their seats."""
        return thin(self.funnels)

    @property
    def short_slots(self) -> tuple[str, ...]:
        """The slots of the cut, by id."""
        cut = self.shortage
        return () if cut is None else tuple(self.funnels[nth].slot.slot_id for nth in cut.slots)


def explain(case: DrawCase, elsewhere: Sequence[tuple[str, str]] = ()) -> Explanation:
    """What a draw now would start from, and what would make it possible if it is not.

    `elsewhere` are venues, as (venue, region), that might be guests instead; whether they have a room then is for
    the planner to say. Conflicts between experts are no part of it: they are kept by passing panels over.
    """
    screened = case.screened()
    found = funnels(case, screened)
    cut = case.shortage(screened.eligible)
    if cut is None:
        return Explanation(found, len(screened.eligible), None)
    search = Search(case, screened.eligible, cut)
    offers = search.relaxations(elsewhere)
    return Explanation(found, len(screened.eligible), cut, offers, search.complete)
