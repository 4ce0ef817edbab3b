"""Marginal costs of guests: balance of supports by seats (客场支持均衡), rotation of pairs, and the share cap."""

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from scheduler.planning.problem import Problem
from scheduler.venues import Venue


def support_scale(problem: Problem) -> dict[str, tuple[Fraction, Fraction]]:
    """For each venue with rooms: how far it is ahead of the least supported, and the mean venue by its size.

    The kth support of a venue costs (2(k + ahead) - 1) × mean seats / seats: convex, so that the sum is
    least where supports are proportional to seats, history counted in.
    """
    venues = [venue for venue in problem.venues if venue.rooms]
    if not venues:
        return {}
    known = {venue.venue_id for venue in venues}
    history = Counter(dict.fromkeys(known, 0))
    for past in problem.support_history:
        if past.venue_id in known:
            history[past.venue_id] += past.projects
    mean = Fraction(sum(venue.seats for venue in venues), len(venues))
    lowest = min(Fraction(history[venue.venue_id], venue.seats) for venue in venues)
    return {
        venue.venue_id: (
            min(Fraction(problem.wishes.catch_up), history[venue.venue_id] - lowest * venue.seats),
            mean / venue.seats,
        )
        for venue in venues
    }


@lru_cache(maxsize=65536)
def support_cost(ahead: Fraction, scale: Fraction, nth: int) -> int:
    """What the nth support of a venue costs, rounded half up; never less than the one before."""
    return floor((2 * (nth + ahead) - 1) * scale + Fraction(1, 2))


def met_before(problem: Problem) -> dict[tuple[str, str], int]:
    """How often each pair met beyond the home's least met pair, at most `wishes.catch_up`; others are left out."""
    met: Counter[tuple[str, str]] = Counter()
    for past in problem.pair_history:
        met[past.home, past.guest] += past.projects
    able = [venue.venue_id for venue in problem.venues if venue.rooms]
    lowest: dict[str, int] = {}
    for home in {home for home, _ in met}:
        lowest[home] = min((met[home, other] for other in able if other != home), default=0)
    return {
        (home, guest): min(problem.wishes.catch_up, max(0, count - lowest[home]))
        for (home, guest), count in sorted(met.items())
        if count > lowest[home]
    }


def part_of(venue: Venue, scope: str) -> str:
    """Where a venue lies, its guests elsewhere: its county, or where remote.guest_scope says so its prefecture."""
    return venue.region[:4] if scope == "other_prefecture" else venue.region


def pair_limit(share: Fraction, able: int, supports: int) -> int:
    """The most supports one guest may give a home: the share cap, but never under an even share, rounded up."""
    return max(1, ceil(max(share, Fraction(1, max(1, able))) * supports))
