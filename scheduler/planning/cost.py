"""The planner's scale: lexicographic wishes as one integer, in hundredths of a waited slot.

Scheduled before unsplit before short waits before balance: each weight outweighs what the next can amount to in
days of ordinary size; `docs/planning.md` tells where the trade would begin.
"""

from collections.abc import Sequence
from heapq import heapify, heapreplace

from scheduler.venues import Venue

UNSCHEDULED = 2_000_000
AVOIDABLE_SPLIT = 50_000
WAITED_SLOT = 100
SUPPORT = 100
"""Times the square of a venue's guest-support count, normalised by its seats."""


def support_weights(venues: Sequence[Venue]) -> dict[str, int]:
    """Per venue the price of its squared count: inverse to its seats, `SUPPORT` for a venue of average size."""
    total = sum(venue.seats for venue in venues)
    return {
        venue.venue_id: round(SUPPORT * total / (len(venues) * venue.seats)) if venue.seats else 0
        for venue in venues
    }


def least_support_cost(weights: dict[str, int], history: dict[str, int], visits: int) -> int:
    """The smallest Σ weight × count² over all ways to give `visits` guest visits to venues.

    Greedy by marginal cost is exact because each term is convex; constraints on who may be guest of whom only
    raise the true cost, so this is a lower bound for every plan with that many visits.
    """
    counts = {venue: history.get(venue, 0) for venue in weights}
    cost = sum(weights[venue] * count * count for venue, count in counts.items())
    heap = [(weights[venue] * (2 * count + 1), venue) for venue, count in counts.items()]
    heapify(heap)
    for _ in range(visits if heap else 0):
        marginal, venue = heap[0]
        cost += marginal
        counts[venue] += 1
        heapreplace(heap, (weights[venue] * (2 * counts[venue] + 1), venue))
    return cost
