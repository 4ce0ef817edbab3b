"""Made-up pools for the draw: 7 seats over a home and a guest centre, 30 specialties, one member an employer."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scheduler.bodies import Caps
from scheduler.people import Expert
from scheduler.projects import Requirement
from scheduler.slots import Slot

HOME, GUEST = "532301", "530102"
SPECIALTIES = [f"A{number:02d}" for number in range(30)]
SEATS = ((HOME, 0, 2), (HOME, 1, 1), (HOME, 2, 1), (GUEST, 0, 1), (GUEST, 1, 1), (GUEST, 2, 1))
CAPS = Caps(1)
EMPLOYER_SIZE = 8
"""Experts of an employer on average; some employers are much larger, so that in small pools the cap binds."""

SLOTS = tuple(
    Slot(
        f"S{nth}",
        "home" if region == HOME else "guest",
        region,
        Requirement(frozenset({SPECIALTIES[code]})),
        seats,
    )
    for nth, (region, code, seats) in enumerate(SEATS, start=1)
)


@dataclass(frozen=True)
class Arrays:
    """A pool as columns: ids in order, a bit for each slot one can fill, and the number of the employer's name."""

    ids: NDArray[np.bytes_]
    masks: NDArray[np.uint8]
    employers: NDArray[np.int32]
    names: list[str]
    at_home: NDArray[np.bool_]
    specialties: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def eligible(self) -> NDArray[np.int64]:
        """The places of those who can fill a slot."""
        return np.flatnonzero(self.masks)


def arrays(size: int, seed: int = 1) -> Arrays:
    """A pool of `size` experts, each of one centre, with one to six specialties."""
    rng = np.random.default_rng([seed, size])
    ids = np.char.mod("E%07d", np.arange(size)).astype("S8")
    at_home = rng.random(size) < 0.5
    count = rng.integers(1, 7, size)
    specialties = np.zeros(size, np.uint32)
    for nth in range(6):
        bits = np.uint32(1) << rng.integers(0, len(SPECIALTIES), size).astype(np.uint32)
        specialties |= np.where(nth < count, bits, np.uint32(0))
    masks = np.zeros(size, np.uint8)
    for slot, (region, code, _) in enumerate(SEATS):
        fits = (at_home == (region == HOME)) & (specialties >> np.uint32(code) & 1).astype(bool)
        masks |= fits.astype(np.uint8) << np.uint8(slot)
    width = max(7, size // EMPLOYER_SIZE)
    employers = (width * rng.random(size) ** 2).astype(np.int32)
    return Arrays(ids, masks, employers, [f"U{number:07d}" for number in range(width)], at_home, specialties)


def experts(pool: Arrays) -> list[Expert]:
    """The same pool as experts."""
    found = []
    for nth, expert_id in enumerate(pool.ids.tolist()):
        own = int(pool.specialties[nth])
        found.append(
            Expert(
                expert_id.decode(),
                pool.names[pool.employers[nth]],
                HOME if pool.at_home[nth] else GUEST,
                frozenset(code for bit, code in enumerate(SPECIALTIES) if own >> bit & 1),
            )
        )
    return found


def save(pool: Arrays, path: Path) -> None:
    """The pool in a file, for processes that must not pay for making it."""
    columns = {name: getattr(pool, name) for name in ("ids", "masks", "employers", "at_home", "specialties")}
    np.savez(path, names=np.array([name.encode() for name in pool.names]), **columns)


def load(path: Path) -> Arrays:
    """The pool of a file."""
    with np.load(path) as kept:
        columns = {name: kept[name] for name in kept.files if name != "names"}
        return Arrays(names=[name.decode() for name in kept["names"].tolist()], **columns)
