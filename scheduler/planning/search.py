"""Finding a plan: insert everything at once, then ruin and recreate while the budget lasts."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scheduler.planning import cost
from scheduler.planning.describe import plan_of
from scheduler.planning.draft import Draft, Placement
from scheduler.planning.outcome import Plan
from scheduler.planning.problem import Problem


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to improve, in iterations, so that the same problem gives the same plan on any machine."""

    iterations: int = 2_000


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a solve stands."""

    phase: str
    iteration: int
    best: int
    bound: int


def solve(
    problem: Problem,
    budget: Budget | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Plan:
    """A legal plan that leaves a project out only with a reason; `stopped` ends the search with the best so far."""
    budget = budget or Budget()
    bound = lower_bound(problem)
    draft = Draft(problem)
    best = _insert_all(draft)
    progress(Progress("first", 0, draft.cost, bound))
    chance = _Chance(problem.seed)
    best_cost = current_cost = draft.cost
    for iteration in range(1, budget.iterations + 1):
        if best_cost <= bound or stopped():
            break
        before = dict(draft.placements)
        _ruin_and_recreate(draft, chance, iteration)
        if draft.cost <= current_cost:
            current_cost = draft.cost
        else:
            _return_to(draft, before)
        if current_cost < best_cost:
            best, best_cost = dict(draft.placements), current_cost
            progress(Progress("improve", iteration, best_cost, bound))
    progress(Progress("done", budget.iterations, best_cost, bound))
    return plan_of(draft, best, best_cost, min(bound, best_cost))


def first_come_first_served(problem: Problem) -> Plan:
    """The plan of today's practice: each opening in turn takes the first room and asks guests in a fixed order."""
    draft = Draft(problem, fair=False)
    for project_id in sorted(draft.demands, key=lambda key: (draft.demands[key].project.opening_at, key)):
        draft.insert(project_id, 0)
    return plan_of(draft, draft.placements, draft.cost, min(lower_bound(problem), draft.cost))


def lower_bound(problem: Problem) -> int:
    """No plan costs less: every project alone in the empty house, plus the most even guest support.

    Alone a project waits no longer than in any plan, and the two parts share no term of the cost.
    """
    draft = Draft(problem)
    history = dict(draft.support)
    alone, visits = 0, 0
    for project_id, demand in draft.demands.items():
        if draft.insert(project_id, 0):
            alone += draft.placements[project_id].cost
            visits += len(demand.guest_seats)
            draft.remove(project_id)
        else:
            alone += cost.UNSCHEDULED
    return alone + cost.least_support_cost(draft.weights, history, visits)


def _insert_all(draft: Draft) -> dict[str, Placement]:
    """Insert every project in each of a few orders and keep the cheapest outcome."""
    outcomes = []
    for order in _orders(draft):
        for project_id in list(draft.placements):
            draft.remove(project_id)
        for project_id in order:
            draft.insert(project_id, 0)
        outcomes.append((draft.cost, dict(draft.placements)))
    best = min(outcomes, key=lambda outcome: outcome[0])[1]
    _return_to(draft, best)
    return best


def _orders(draft: Draft) -> Iterable[Sequence[str]]:
    demands = draft.demands

    def slack(key: str) -> int:
        same_day = demands[key].same_day
        return same_day[1] - same_day[0] if same_day else 10_000

    yield sorted(demands, key=lambda key: (demands[key].opening, slack(key), sum(demands[key].lengths), key))
    yield sorted(demands, key=lambda key: (demands[key].project.opening_at, sum(demands[key].lengths), key))
    yield sorted(demands, key=lambda key: (demands[key].opening, sum(demands[key].lengths), key))


def _ruin_and_recreate(draft: Draft, chance: "_Chance", salt: int) -> None:
    """Take out projects that share a venue and insert them again in a random order, the unplaced among them."""
    placed = sorted(draft.placements)
    missing = sorted(set(draft.demands) - draft.placements.keys())
    if not placed:
        return
    pivot = draft.placements[placed[chance.below(len(placed))]]
    venues = {venue_id for venue_id, _ in pivot.rooms}
    near = [key for key in placed if venues & {venue_id for venue_id, _ in draft.placements[key].rooms}]
    chance.shuffle(near)
    out = near[: 2 + chance.below(8)] + missing
    for project_id in out:
        if project_id in draft.placements:
            draft.remove(project_id)
    chance.shuffle(out)
    if chance.below(2):
        out.sort(key=lambda key: sum(draft.demands[key].lengths))
    for project_id in out:
        draft.insert(project_id, salt)


def _return_to(draft: Draft, placements: dict[str, Placement]) -> None:
    for project_id, placement in list(draft.placements.items()):
        if placements.get(project_id) != placement:
            draft.remove(project_id)
    for project_id, placement in placements.items():
        if project_id not in draft.placements:
            draft.restore(project_id, placement)


class _Chance:
    """A stream of choices that is the same everywhere for the same seed; it shapes the search, not the law."""

    def __init__(self, seed: int) -> None:
        self._seed, self._drawn = str(seed).encode(), 0

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        self._drawn += 1
        digest = hashlib.blake2b(self._drawn.to_bytes(8, "big"), key=self._seed[:64], digest_size=8).digest()
        return int.from_bytes(digest, "big") % limit

    def shuffle(self, items: list[str]) -> None:
        """Put the items in a random order."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
