"""Draws made together against draws one by one, on days where everyone can be served by construction.

`python -m benchmarks.draw.joint PROJECTS EXPERTS [DAY]`. Projects come in threes about a rare specialty: two need
those who know it, the third needs people of a small list on which those who know it stand too. In every other
three there are just as many as are needed, in the rest one more. All projects overlap: nobody sits twice.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from scheduler.bodies import Caps
from scheduler.draw import Batch, Census, NoPanel, Request, solve_lottery
from scheduler.draw.conflicts import MOST_ATTEMPTS
from scheduler.draw.sampling import Drawing
from scheduler.people import Expert
from scheduler.projects import Requirement
from scheduler.slots import Reach, Slot

REGIONS = [f"53{number:02d}01" for number in range(1, 17)]
COMMON = [f"A{number:02d}" for number in range(50)]
CAPS = Caps(1)


def one_of(code: str) -> Requirement:
    """The requirement of one specialty."""
    return Requirement(frozenset({code}))


def joint_day(projects: int, size: int, day: int = 1) -> tuple[list[Expert], dict[str, tuple[Slot, ...]]]:
    """The experts and the projects' slots."""
    rng = np.random.default_rng([day, projects, size])
    people: list[Expert] = []
    asked: dict[str, tuple[Slot, ...]] = {}
    for three in range(projects // 3):
        home, guest = (REGIONS[nth] for nth in rng.choice(16, 2, replace=False))
        narrow, rare, spare = f"C{three:03d}", f"Z{three:03d}", three % 2
        knows = [frozenset({narrow, rare})] * (3 + spare) + [frozenset({narrow})] * 3
        for own in knows:
            people.append(Expert(f"R{len(people):05d}", f"W{len(people):05d}", home, own))
        needs = ((rare, 2), (rare, 1), (narrow, 3))
        for nth, (code, seats) in enumerate(needs):
            first, second, third = (COMMON[own] for own in rng.choice(50, 3, replace=False))
            asked[f"P{three:03d}-{nth}"] = (
                Slot("S1", "V", home, one_of(code), seats),
                Slot("S2", "V", home, one_of(first), 1),
                Slot("S3", "V", home, one_of(second), 1),
                Slot("S4", "W", guest, one_of(third), 2),
            )
    rest = size - len(people)
    counts, regions = rng.integers(1, 4, rest), rng.integers(0, 16, rest)
    employers = rng.integers(0, rest // 12, rest)
    for nth in range(rest):
        own = frozenset(COMMON[code] for code in rng.integers(0, 50, counts[nth]))
        people.append(Expert(f"E{nth:06d}", f"U{employers[nth]:05d}", REGIONS[regions[nth]], own))
    return people, asked


def panel_of(
    slots: tuple[Slot, ...], pool: tuple[Expert, ...], seed: bytes, refused: Callable[[Collection[str]], bool]
) -> tuple[set[str], int]:
    """The first panel of the seed's chain that is not refused, and how many were."""
    census = Census.of(pool, slots)
    drawing = Drawing(solve_lottery(slots, census, CAPS), census)
    for attempt in range(MOST_ATTEMPTS):
        panel = {seated.expert_id for seated in drawing.sample(seed)}
        if not refused(panel):
            return panel, attempt
        seed = hashlib.sha256(seed).digest()
    return set(), MOST_ATTEMPTS


def together(requests: dict[str, Request]) -> dict[str, Any]:
    """All draws by `Batch`: who must be spared is, and no panel strands another project."""
    start, cpu = time.perf_counter(), time.process_time()
    batch = Batch(requests.values(), bytes(32))
    seated: set[str] = set()
    spared = passed = stranded = 0
    for name in batch.order:
        request = requests[name]
        _, reserved = batch.reserved(name)
        spared += len(reserved)
        pool = tuple(e for e in request.eligible if e.expert_id not in seated and e.expert_id not in reserved)
        seed = hashlib.sha256(name.encode()).digest()

        def strands(panel: Collection[str], name: str = name) -> bool:
            return batch.strands(name, panel) is not None

        try:
            panel, attempts = panel_of(request.slots, pool, seed, strands)
        except NoPanel:
            panel, attempts = set(), 0
        seated |= panel
        passed += attempts
        stranded += not panel
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - cpu,
        "stranded": stranded,
        "experts_spared": spared,
        "panels_passed_over": passed,
        "seated": len(seated),
    }


def one_by_one(requests: dict[str, Request]) -> dict[str, Any]:
    """The same draws in the same order, each by itself from those not yet seated, as is done today."""
    order = Batch(requests.values(), bytes(32)).order
    start = time.perf_counter()
    seated: set[str] = set()
    stranded = 0
    for name in order:
        request = requests[name]
        pool = tuple(e for e in request.eligible if e.expert_id not in seated)
        try:
            panel, _ = panel_of(
                request.slots, pool, hashlib.sha256(name.encode()).digest(), lambda panel: False
            )
        except NoPanel:
            stranded += 1
            continue
        seated |= panel
    return {"seconds": time.perf_counter() - start, "stranded": stranded, "seated": len(seated)}


def main() -> None:
    """Draw both ways, and print the figures as one line of JSON."""
    projects, size = int(sys.argv[1]), int(sys.argv[2])
    people, asked = joint_day(projects, size, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    requests = {}
    for name, slots in asked.items():
        reach = Reach(slots)
        eligible = tuple(person for person in people if reach.of(person.region, person.specialties))
        requests[name] = Request(name, slots, CAPS, eligible, frozenset(asked) - {name})
    eligible = sum(len(request.eligible) for request in requests.values())
    print(
        json.dumps(
            {
                "projects": len(requests),
                "experts": len(people),
                "eligible": eligible,
                "together": together(requests),
                "one by one": one_by_one(requests),
            }
        )
    )


if __name__ == "__main__":
    main()
