"""Ruin and recreate (Schrimpf and others 2000): take a few placements out, put them back better, repeat."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, log

from scheduler.planning.chance import Chance
from scheduler.planning.search.draft import Draft, Placement
from scheduler.planning.search.insertion import best_placement
from scheduler.planning.search.resume import still_allowed
from scheduler.planning.search.ruin import IN_ORDER, PATIENT, RUINS, Ruin, Scope, make_room

LARGEST_RUIN = 8


@dataclass(frozen=True, slots=True)
class Manner:
    """How to search: which ruins, and how warm each round is at its start and at its end.

    Heat is the cost by which a plan may get worse, accepted with probability 1/e.
    """

    heats: tuple[tuple[float, float], ...]
    ruins: tuple[tuple[int, Ruin], ...] = RUINS


GENTLE = Manner(((2.0, 0.3),))
THOROUGH = Manner(((2.0, 2.0), (60.0, 2.0), (60.0, 2.0), (8.0, 2.0), (4.0, 2.0)), (*RUINS, *PATIENT))
ENOUGH = 40
"""Iterations for each task from which it pays to be thorough."""

ROOM = 3
"""One iteration in so many makes room for a split that can be avoided, as long as the best plan has one."""
STUBBORN, MOST_STUBBORN = 5, 100
"""What a split weighs on top for each time that room was made for it in vain, and at most."""

SLOW = 5
"""Iterations that each evaluation of several days beyond the first counts as."""


def insert_all(draft: Draft, order: Iterable[int]) -> None:
    """Place each task that is not placed, cheapest first for itself, in the given order."""
    for nth in order:
        if nth not in draft.placed:
            placement = _stay_or_go(draft, nth)
            if placement is not None:
                draft.add(nth, placement)


def _stay_or_go(draft: Draft, nth: int) -> Placement | None:
    """The cheapest placement; in a re-plan the one it has, if that is free and no other saves a change's price."""
    best, kept = best_placement(draft, nth), draft.kept.get(nth)
    if kept is None or kept == best or not still_allowed(draft, nth, kept):
        return best
    return (
        kept if best is None or _cost(draft, nth, kept) <= _cost(draft, nth, best) + _change(draft) else best
    )


def _change(draft: Draft) -> int:
    return draft.board.problem.wishes.change


def _cost(draft: Draft, nth: int, placement: Placement) -> int:
    venues = [draft.board.room_venue[room] for room in placement.rooms[1:]]
    return placement.price + sum(draft.guest_cost(draft.board.tasks[nth], venue) for venue in venues)


class Search:
    """A draft under improvement; `best` is the set of placements with the best standing seen.

    The search steers by the weighed cost, so that it may pass through worse plans on the way to better ones.

    Only the tasks of the scope move; where it is about some, only what is in their way is tried.
    """

    def __init__(self, draft: Draft, seed: int, scope: Scope) -> None:
        self.draft = draft
        self._scope = scope
        self._movable = [False] * len(draft.board.tasks)
        for nth in scope.tasks:
            self._movable[nth] = True
        draft.watch(scope.tasks)
        self.best = self._placed()
        self.best_standing, self.best_cost = draft.standing, draft.price
        self._forced = Counter(self._home_day(nth) for nth in draft.forced)
        self._chance = Chance(seed)
        self._wheel: list[Ruin] = []

    def run(
        self,
        iterations: int,
        bound: int,
        found: Callable[[int, int], None],
        stop: Callable[[], bool] | None,
        manner: Manner | None = None,
    ) -> int:
        """Improve for so many iterations, or until the bound is met or `stop` says so; returns those done.

        An iteration that puts back several evaluations of many days, the slow ones, counts as more than one.
        """
        enough = iterations >= ENOUGH * len(self._scope.tasks)
        manner = manner or (THOROUGH if enough else GENTLE)
        self._wheel = [ruin for share, ruin in manner.ruins for _ in range(share)]
        length = -(-iterations // len(manner.heats))
        is_best = self.draft.is_best(bound)
        self.draft.chance = self._chance
        iteration, last = 0, 0
        while iteration < iterations:
            if is_best or (stop is not None and stop()):
                return iteration
            nth, at = divmod(iteration, length)
            if nth > last:
                last = nth
                self.restore()
                self._scope.stubborn.clear()
            hot, cold = manner.heats[nth]
            iteration += self._step(hot * (cold / hot) ** (at / length))
            if self.draft.standing < self.best_standing:
                if self.draft.standing[:2] < self.best_standing[:2]:
                    self._scope.stubborn.clear()
                self.best_standing, self.best_cost = self.draft.standing, self.draft.price
                self.best, is_best = self._placed(), self.draft.is_best(bound)
                found(iteration, self.best_cost)
        return iterations

    def _needless(self) -> list[int]:
        """Tasks that are split at homes which, left alone, need not split so many that day."""
        draft = self.draft
        splits = [nth for nth in self._scope.waiting(draft) if draft.is_avoidable(nth)]
        count = Counter(self._home_day(nth) for nth in splits)
        return [nth for nth in splits if count[self._home_day(nth)] > self._forced[self._home_day(nth)]]

    def _home_day(self, nth: int) -> tuple[int, int]:
        board = self.draft.board
        return board.tasks[nth].home, board.first[nth] // board.axis.width

    def _placed(self) -> dict[int, Placement]:
        placed = self.draft.placed
        return {nth: placed[nth] for nth in self._scope.tasks if nth in placed}

    def finish(self) -> None:
        """Bring the draft to the best placements, and choose without chance from now on."""
        self.restore()
        self.draft.chance = None

    def restore(self) -> None:
        """Bring the draft back to the best placements."""
        draft = self.draft
        for nth in self._scope.tasks:
            if nth in draft.placed and draft.placed[nth] is not self.best.get(nth):
                draft.remove(nth)
        for nth in self._scope.tasks:
            if nth in self.best and nth not in draft.placed:
                draft.add(nth, self.best[nth])

    def _step(self, heat: float) -> int:
        """Ruin, recreate, accept or undo; returns how many iterations that was worth."""
        draft, chance = self.draft, self._chance
        needless = self._needless() if self.best_standing[1] and chance.below(ROOM) == 0 else []
        first = needless[chance.below(len(needless))] if needless else -1
        if needless:
            out, mixed = make_room(draft, chance, first, self._scope), chance.below(4) == 0
        else:
            ruin = self._wheel[chance.below(len(self._wheel))]
            out = ruin(draft, chance, 2 + chance.below(LARGEST_RUIN - 1), self._scope)
            mixed = ruin not in IN_ORDER
        out = [nth for nth in out if self._movable[nth]]
        if not out:
            return 1
        before = draft.price
        # A worse plan is accepted with probability exp(-worse / heat).
        limit = before - heat * log(max(chance.share(), exp(-50))) + self._scope.grudge(draft, out)
        taken: dict[int, Placement] = {n: draft.remove(n) for n in out if n in draft.placed}
        if mixed:
            self._mix(out)
        if not self._recreate(out, limit):
            if needless:
                stubborn = self._scope.stubborn
                stubborn[first] = min(MOST_STUBBORN, stubborn.get(first, 0) + STUBBORN)
            for nth in out:
                if nth in draft.placed:
                    draft.remove(nth)
            for nth, placement in taken.items():
                draft.add(nth, placement)
        return 1 + SLOW * max(0, sum(not draft.board.tasks[nth].length for nth in out) - 1)

    def _mix(self, out: list[int]) -> None:
        """The order in which to put tasks back: at random, those with least freedom first, or as taken out."""
        draft, tasks = self.draft, self.draft.board.tasks
        match self._chance.below(4):
            case 0:
                self._chance.shuffle(out)
            case 1:
                out.sort(key=lambda n: (draft.board.first[n], -tasks[n].length, n))
            case 2:
                out.sort(key=lambda n: (-tasks[n].brief.work, n))

    def _recreate(self, out: list[int], limit: float) -> bool:
        """Put the tasks back; whether the plan costs no more than the limit. Gives up once it must cost more."""
        draft, board = self.draft, self.draft.board
        alone = board.problem.wishes.unscheduled
        guest = min(draft.next_support)  # the next supports never get cheaper while tasks come back
        least = {nth: board.least[nth] + guest * board.tasks[nth].guest_count - alone for nth in out}
        lacking = sum(least.values())
        for nth in out:
            if draft.price + lacking > limit:
                return False
            lacking -= least[nth]
            insert_all(draft, (nth,))
        return draft.price + self._scope.grudge(draft, out) <= limit
