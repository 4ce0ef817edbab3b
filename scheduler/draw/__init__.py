"""The draw (抽取): equal chance under every constraint, from a committed seed, with a certificate."""

from scheduler.draw.canonical import party_commitment
from scheduler.draw.certificate import (
    Drawn,
    DrawOrder,
    Member,
    Prepared,
    RevealRefused,
    certificate_digest,
    commit,
    complete,
)
from scheduler.draw.conflicts import ConflictsUnresolved
from scheduler.draw.lottery import NoPanel, solve_lottery
from scheduler.slots import Slot, employer_cap, slots_of

__all__ = [
    "ConflictsUnresolved",
    "DrawOrder",
    "Drawn",
    "Member",
    "NoPanel",
    "Prepared",
    "RevealRefused",
    "Slot",
    "certificate_digest",
    "commit",
    "complete",
    "employer_cap",
    "party_commitment",
    "slots_of",
    "solve_lottery",
]
