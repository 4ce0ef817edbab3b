"""The peers: sortition-algorithms, and the draws that people write first."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.draw.instances import GUEST, HOME, SEATS, SLOTS, Arrays

Panel = list[int] | None
"""The places of the members in the pool; None at a dead end."""


def sortition(pool: Arrays, method: str) -> tuple[dict[int, float], int]:
    """The chances that sortition-algorithms gives by "maximin" or "nash", and how many panels it mixes.

    It cannot say that someone with several specialties fills one slot. By Hall's condition seven people can fill
    the seats just if, for every set of a centre's slots, no more of them than its seats can fill only those; each
    set is a feature with a maximum. One member an employer is its rule of one member an address.
    """
    from sortition_algorithms.committee_generation import maximin, nash  # noqa: PLC0415 - only for this peer
    from sortition_algorithms.features import FeatureValueMinMax  # noqa: PLC0415
    from sortition_algorithms.people import People  # noqa: PLC0415

    total = sum(seats for _, _, seats in SEATS)
    own = {region: [nth for nth, seat in enumerate(SEATS) if seat[0] == region] for region in (HOME, GUEST)}
    seats_of = {region: sum(SEATS[nth][2] for nth in slots) for region, slots in own.items()}
    exact = {region: FeatureValueMinMax(min=n, max=n, max_flex=n) for region, n in seats_of.items()}
    features: dict[str, dict[str, Any]] = {"centre": exact}
    sets = {}
    for slots in own.values():
        for size in range(1, len(slots)):
            for chosen in combinations(slots, size):
                name = "only " + "+".join(map(str, chosen))
                most = sum(SEATS[nth][2] for nth in chosen)
                sets[name] = sum(1 << nth for nth in chosen)
                features[name] = {
                    "yes": FeatureValueMinMax(min=0, max=most, max_flex=total),
                    "no": FeatureValueMinMax(min=0, max=total, max_flex=total),
                }
    people = People(["employer"])
    for nth in pool.eligible.tolist():
        mask = int(pool.masks[nth])
        row = {name: "no" if mask & ~inside else "yes" for name, inside in sets.items()}
        row |= {
            "centre": HOME if pool.at_home[nth] else GUEST,
            "employer": pool.names[pool.employers[nth]],
        }
        people.add(str(nth), row, features, nth)
    find = {"maximin": maximin.find_distribution_maximin, "nash": nash.find_distribution_nash}[method]
    committees, weights, _ = find(features, people, total, ["employer"])
    chances = dict.fromkeys(pool.eligible.tolist(), 0.0)
    for committee, weight in zip(committees, weights, strict=True):
        for person in committee:
            chances[int(person)] += weight
    return chances, sum(weight > 1e-9 for weight in weights)


def in_turn(pool: Arrays, scarcest_first: bool) -> Callable[[random.Random], Panel]:
    """A draw slot by slot: in the slots' order, or those with the fewest candidates first."""
    lists = [[n for n in pool.eligible.tolist() if pool.masks[n] >> slot & 1] for slot in range(len(SEATS))]
    order = sorted(range(len(SEATS)), key=lambda slot: len(lists[slot]) if scarcest_first else slot)
    employers = pool.employers.tolist()

    def draw(chance: random.Random) -> Panel:
        panel: list[int] = []
        taken: set[int] = set()
        for slot in order:
            left = [one for one in lists[slot] if employers[one] not in taken and one not in panel]
            for _ in range(SEATS[slot][2]):
                left = [one for one in left if employers[one] not in taken]
                if not left:
                    return None
                panel.append(chance.choice(left))
                taken.add(employers[panel[-1]])
        return panel

    return draw


def heaviest(pool: Arrays) -> Callable[[random.Random], Panel]:
    """The valid panel of the greatest sum of random weights, by CP-SAT."""
    model = cp_model.CpModel()
    sits: dict[tuple[int, int], cp_model.IntVar] = {}
    by_slot: dict[int, list[cp_model.IntVar]] = {}
    by_employer: dict[int, list[cp_model.IntVar]] = {}
    for nth in pool.eligible.tolist():
        for slot in range(len(SEATS)):
            if pool.masks[nth] >> slot & 1:
                sits[nth, slot] = model.new_bool_var("")
                by_slot.setdefault(slot, []).append(sits[nth, slot])
                by_employer.setdefault(int(pool.employers[nth]), []).append(sits[nth, slot])
    for nth, slot in enumerate(SLOTS):
        model.add(sum(by_slot[nth]) == slot.seats)
    # One member of an employer also means that nobody fills two slots.
    for variables in by_employer.values():
        model.add_at_most_one(variables)

    def draw(chance: random.Random) -> Panel:
        weight = {nth: chance.randrange(10**6) for nth in pool.eligible.tolist()}
        model.maximize(sum(weight[nth] * variable for (nth, _), variable in sits.items()))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        if solver.solve(model) != cp_model.OPTIMAL:
            return None
        return [nth for (nth, _), variable in sits.items() if solver.value(variable)]

    return draw


@dataclass
class Half:
    """What was seen in every other draw."""

    seen: Counter[int] = field(default_factory=Counter)
    good: int = 0


def observed(
    make: Callable[[], Callable[[random.Random], Panel]], seconds: float, draws: int
) -> dict[str, Any]:
    """One panel's time from arrays, and what is seen in up to so many further draws or seconds."""
    start = time.perf_counter()
    draw = make()
    chance = random.Random(20261124)
    draw(chance)
    once = time.perf_counter() - start
    halves = (Half(), Half())
    panels: set[tuple[int, ...]] = set()
    made = dead = 0
    start = time.perf_counter()
    while made < draws and time.perf_counter() - start < seconds:
        panel = draw(chance)
        made += 1
        if panel is None:
            dead += 1
            continue
        halves[made % 2].seen.update(panel)
        halves[made % 2].good += 1
        panels.add(tuple(sorted(panel)))
    return {"seconds": once, "draws": made, "dead_ends": dead, "panels": len(panels), "halves": halves}
