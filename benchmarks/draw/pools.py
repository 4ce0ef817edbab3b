"""A pool from a CSV file to a certificate, and its verification: `python -m benchmarks.draw.pools SIZE FOLDER`."""

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api.files.tables import read_table
from api.files.worlds import TABLES
from api.signing import Signer, check_signature
from benchmarks.draw.instances import CAPS, HOME, SLOTS, arrays, experts
from scheduler.draw import DrawOrder, commit, complete, party_commitment
from scheduler.eligibility import screen
from scheduler.people import Expert, Pool
from scheduler.planning.outcome import Session
from scheduler.projects import Category, ProcurementKind, Project, Section
from scheduler.rules import default_rule_book
from scheduler.timeline import ZONE
from scheduler.verification.draws import verify_draw

OPENING = datetime(2026, 11, 24, 9, tzinfo=ZONE)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
NONCE, SALT = bytes(31) + b"\1", bytes(32)


def write_csv(size: int, file: Path) -> None:
    """The made-up pool as people keep theirs."""
    rows = (f"{e.expert_id},{e.employer},{e.region},{';'.join(sorted(e.specialties))}" for e in made(size))
    file.write_text("\n".join(["expert_id,employer,region,specialties", *rows]) + "\n", encoding="utf-8")


def read(file: Path) -> Iterator[Expert]:
    """The experts of the file, each cell checked."""
    for row in read_table(file, TABLES["experts"], {}):
        assert row.flaw is None, row.flaw
        yield Expert(**row.values)


def made(size: int) -> list[Any]:
    """The experts of the pool."""
    return experts(arrays(size))


def project() -> Project:
    """What the panel of seven is for."""
    seats = [
        (slot.requirement, sum(s.seats for s in SLOTS if s.requirement == slot.requirement)) for slot in SLOTS
    ]
    return Project(
        "P1", "benchmark", ProcurementKind.CONSTRUCTION, Category.WORKS, "home", HOME, OPENING,
        (Section("1", 5),), tuple(dict(seats).items()), owner_representatives=0,
    )  # fmt: skip


def main() -> None:
    """Measure each step, and print the figures as one line of JSON."""
    size, file = int(sys.argv[1]), Path(sys.argv[2]) / "experts.csv"
    write_csv(size, file)
    case, book, signer = project(), default_rule_book(), Signer(bytes(range(32)))
    rules = book.at(OPENING.date(), HOME, case.kind)
    order = DrawOrder("D1", "P1", 1, SLOTS, CAPS, book.digest, "rehearsal")
    sessions = (Session(OPENING, OPENING + timedelta(hours=4)),)
    parties = {"server": party_commitment("D1", "server", NONCE)}
    steps: dict[str, float] = {}

    def step(name: str, act: Any) -> Any:
        start, cpu = time.perf_counter(), time.process_time()
        result = act()
        steps[name] = time.perf_counter() - start
        steps[f"{name}_cpu"] = time.process_time() - cpu
        return result

    pool = step("read", lambda: Pool.of(read(file)))
    screened = step("screen", lambda: screen(pool, case, SLOTS, sessions, (), rules))
    prepared = step("commit", lambda: commit(order, screened, parties, SALT, NOW))
    drawn = step("complete", lambda: complete(prepared, {"server": NONCE}, NOW, signer.sign, signer.public))
    told = json.loads(json.dumps([drawn.public, drawn.sealed]))
    verdict = step("verify", lambda: verify_draw(*told, check_signature))
    assert all(one.holds for one in verdict), verdict
    print(json.dumps({"size": size, "eligible": len(screened.eligible), **steps}))


if __name__ == "__main__":
    main()
