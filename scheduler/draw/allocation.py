"""One possible allocation (联合可行分配) of experts to all seats of several draws: a witness, never an outcome.

It is found by augmenting paths: an expert who is needed elsewhere makes room if someone else can take over.
Caps make this a heuristic, so where it fails CP-SAT decides exactly.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from scheduler.bodies import Body, Caps

Seat = tuple[int, int, int]
"""A seat: number of the claim, of the slot in it, and of the seat in the slot."""

EFFORT = 20.0
"""Deterministic seconds that CP-SAT may take for one verdict."""


@dataclass(frozen=True)
class Claim:
    """What one draw asks for, by numbers: seats of each slot, who can fill it, and with which claims it clashes.

    Nobody can sit for two claims that clash. `bodies` gives the capped bodies of everyone who can sit.
    """

    seats: tuple[int, ...]
    candidates: tuple[Sequence[int], ...]
    clashes: frozenset[int]
    caps: Caps
    bodies: Mapping[int, tuple[Body, ...]]
    odds: Mapping[int, frozenset[int]]


class Allocation:
    """Who could sit where; `short` are claims that no allocation found can serve."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.claims = claims
        self.holder: dict[Seat, int] = {}
        self.seats_of: dict[int, set[Seat]] = defaultdict(set)
        self._stands_in: dict[Seat, int] = {}
        self.inside: list[Counter[Body]] = [Counter() for _ in claims]
        self.taken: list[set[int]] = [set() for _ in claims]
        self.done: set[int] = set()
        self.short: set[int] = set()
        scarce = sorted(
            (len(claim.candidates[slot]), number, slot)
            for number, claim in enumerate(claims)
            for slot in range(len(claim.seats))
        )
        wanted = [
            (number, slot, seat) for _, number, slot in scarce for seat in range(claims[number].seats[slot])
        ]
        self._serve(wanted)

    def open_seats(self) -> list[Seat]:
        """The seats of claims yet to be drawn."""
        return sorted(seat for seat in self.holder if seat[0] not in self.done)

    def available(self, claim: int, slot: int) -> list[int]:
        """Who can fill the slot and does not already sit for a claim that clashes."""
        return list(self._free(claim, slot))

    def _free(self, claim: int, slot: int) -> Iterator[int]:
        taken = self.taken[claim]
        return (one for one in self.claims[claim].candidates[slot] if one not in taken)

    def fixed_seats(self, claim: int) -> list[Seat]:
        """The seats, once this claim gives up all of its own, whose holders nobody could replace by moving up."""
        waiting = [seat for seat in self.open_seats() if seat[0] != claim]
        movable = {seat for seat in self.holder if seat[0] == claim}
        moving = True
        while moving:
            found = [seat for seat in waiting if seat not in movable and self._replaceable(seat, movable)]
            movable.update(found)
            moving = bool(found)
        return [seat for seat in waiting if seat not in movable]

    def _replaceable(self, seat: Seat, movable: set[Seat]) -> bool:
        own = self.holder[seat]
        # Who could take over when last asked mostly still can; the answer does not depend on whom one asks first.
        last = self._stands_in.get(seat, own)
        if last != own and last not in self.taken[seat[0]] and self._displaced(seat, last) <= movable:
            return True
        for one in self._free(seat[0], seat[1]):
            if one != own and self._displaced(seat, one) <= movable:
                self._stands_in[seat] = one
                return True
        return False

    def take(self, claim: int, panel: Collection[int], *, anyway: bool = False) -> list[Seat]:
        """The panel sits for the claim; returns nothing if all other claims can still be served.

        Otherwise nothing changes, and the seats returned are some that can no longer all be filled; or, `anyway`,
        the claims that cannot be served are short from then on.
        """
        before, clashes = dict(self.holder), self.claims[claim].clashes
        fresh = {other: set(panel) - self.taken[other] for other in clashes}
        for seat in [seat for seat in self.holder if seat[0] == claim]:
            self._remove(seat)
        self.done.add(claim)
        for other, gone in fresh.items():
            self.taken[other] |= gone
        lost = sorted(seat for one in panel for seat in self.seats_of[one] if seat[0] in clashes)
        for seat in lost:
            self._remove(seat)
        for seat in lost:
            visited = {seat}
            if seat in self.holder or self._place(seat, visited):
                continue
            if not self._too_few_for(visited) and self._solve():
                continue
            if anyway:
                self._give_up({seat[0]})
                continue
            self.done.discard(claim)
            for other, gone in fresh.items():
                self.taken[other] -= gone
            self._restore(before)
            return sorted(visited)
        return []

    def _too_few_for(self, seats: Collection[Seat]) -> bool:
        """Whether counting alone shows that these slots cannot all be filled, which CP-SAT would take long to say.

        Only where all their claims clash, so that every seat needs someone else.
        """
        numbers = {seat[0] for seat in seats}
        if any(numbers - {number} - self.claims[number].clashes for number in numbers):
            return False
        slots = {(number, slot) for number, slot, _ in seats}
        people = {one for number, slot in slots for one in self._free(number, slot)}
        return len(people) < sum(self.claims[number].seats[slot] for number, slot in slots)

    def _give_up(self, claims: set[int]) -> None:
        self.short |= claims
        for seat in [seat for seat in self.holder if seat[0] in claims]:
            self._remove(seat)

    def _restore(self, holder: Mapping[Seat, int]) -> None:
        for seat in list(self.holder):
            self._remove(seat)
        for seat, one in holder.items():
            self._put(seat, one)

    def _serve(self, wanted: Sequence[Seat]) -> None:
        """Serve the claims, all of them if any allocation does."""
        failed = [seat for seat in wanted if not self._place(seat, {seat})]
        if failed and not self._solve():
            self._give_up({seat[0] for seat in failed})

    def _displaced(self, seat: Seat, one: int) -> set[Seat]:
        """The seats that must be given up, apart from this one, for someone to sit here."""
        number, claim = seat[0], self.claims[seat[0]]
        held = self.seats_of.get(one, ())
        away = {other for other in held if other[0] == number or other[0] in claim.clashes}
        for foe in claim.odds.get(one, ()):
            away |= {other for other in self.seats_of[foe] if other[0] == number}
        for body in claim.bodies[one]:
            if self.inside[number][body] < claim.caps.of(body):
                continue
            fellows = [other for other in self._seats(number) if body in self._bodies(other)]
            staying = [other for other in fellows if other != seat and other not in away]
            away.update(staying[: max(0, len(staying) + 1 - claim.caps.of(body))])
        return away - {seat}

    def _bodies(self, seat: Seat) -> tuple[Body, ...]:
        holder = self.holder.get(seat)
        return () if holder is None else self.claims[seat[0]].bodies[holder]

    def _seats(self, number: int) -> Iterable[Seat]:
        seats = self.claims[number].seats
        return ((number, slot, nth) for slot in range(len(seats)) for nth in range(seats[slot]))

    def _put(self, seat: Seat, one: int) -> None:
        self.holder[seat] = one
        self.seats_of[one].add(seat)
        self.inside[seat[0]].update(self.claims[seat[0]].bodies[one])

    def _remove(self, seat: Seat) -> int:
        one = self.holder.pop(seat)
        self.seats_of[one].discard(seat)
        self.inside[seat[0]].subtract(self.claims[seat[0]].bodies[one])
        return one

    def _place(self, seat: Seat, visited: set[Seat]) -> bool:
        """Fill the empty seat, moving others if need be; `visited` grows by the seats that were tried."""
        options = []
        for one in self._free(seat[0], seat[1]):
            away = self._displaced(seat, one)
            if not away:
                self._put(seat, one)
                return True
            if len(away) == 1:
                options.append((one, next(iter(away))))
        for one, other in options:
            if other in visited or other[0] in self.done:
                continue
            visited.add(other)
            gone = self._remove(other)
            if not self._displaced(seat, one):
                self._put(seat, one)
                if self._place(other, visited):
                    return True
                self._remove(seat)
            self._put(other, gone)
        return False

    def _solve(self) -> bool:
        """An exact allocation of all open claims, in place of the present one; False if there is none."""
        model = cp_model.CpModel()
        sits: dict[tuple[int, int, int], cp_model.IntVar] = {}
        for number in sorted(set(range(len(self.claims))) - self.done - self.short):
            self._constrain(model, sits, number)
        by_person: dict[int, dict[int, list[cp_model.IntVar]]] = defaultdict(lambda: defaultdict(list))
        for (number, _, one), variable in sits.items():
            by_person[one][number].append(variable)
        for claims in by_person.values():
            held = sorted(claims)
            if all(
                other in self.claims[number].clashes for number in held for other in held if other > number
            ):
                model.add_at_most_one(variable for number in held for variable in claims[number])
                continue
            for number in held:
                model.add_at_most_one(claims[number])
                for other in self.claims[number].clashes & claims.keys():
                    if other > number:
                        model.add_at_most_one([*claims[number], *claims[other]])
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = EFFORT
        solver.parameters.num_workers = 1
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return False
        for seat in [seat for seat in self.holder if seat[0] not in self.done]:
            self._remove(seat)
        filled: Counter[tuple[int, int]] = Counter()
        for (number, slot, one), variable in sorted(sits.items()):
            if solver.value(variable):
                self._put((number, slot, filled[number, slot]), one)
                filled[number, slot] += 1
        return True

    def _constrain(
        self, model: cp_model.CpModel, sits: dict[tuple[int, int, int], cp_model.IntVar], number: int
    ) -> None:
        """Seats, caps and conflicts of one claim."""
        claim = self.claims[number]
        bodies: dict[Body, list[cp_model.IntVar]] = defaultdict(list)
        own: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for slot, seats in enumerate(claim.seats):
            variables = []
            for one in self._free(number, slot):
                variable = model.new_bool_var("")
                sits[number, slot, one] = variable
                variables.append(variable)
                own[one].append(variable)
                for body in claim.bodies[one]:
                    bodies[body].append(variable)
            model.add(sum(variables) == seats)
        for body, variables in bodies.items():
            if len(variables) > claim.caps.of(body):
                model.add(sum(variables) <= claim.caps.of(body))
        for one, foes in claim.odds.items():
            for foe in foes:
                if one < foe and one in own and foe in own:
                    model.add_at_most_one([*own[one], *own[foe]])
