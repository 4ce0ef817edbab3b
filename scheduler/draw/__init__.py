"""The draw (抽取): equal chance under every constraint, from a committed seed, with a certificate."""

from scheduler.bodies import Caps, caps_of, path_of
from scheduler.draw.canonical import party_commitment
from scheduler.draw.census import Census
from scheduler.draw.certificate import Prepared, certificate_digest, commit, complete, leaf_proof
from scheduler.draw.conflicts import PanelsPassedOver
from scheduler.draw.joint import Batch, Request, commit_batch, complete_batch
from scheduler.draw.lottery import NoPanel, solve_lottery
from scheduler.draw.order import Beacon, Drawn, DrawOrder, Joint, Member, Method, Scarcity
from scheduler.draw.reveals import RevealRefused
from scheduler.slots import Slot, slots_of

__all__ = [
    "Batch",
    "Beacon",
    "Caps",
    "Census",
    "DrawOrder",
    "Drawn",
    "Joint",
    "Member",
    "Method",
    "NoPanel",
    "PanelsPassedOver",
    "Prepared",
    "Request",
    "RevealRefused",
    "Scarcity",
    "Slot",
    "caps_of",
    "certificate_digest",
    "commit",
    "commit_batch",
    "complete",
    "complete_batch",
    "leaf_proof",
    "party_commitment",
    "path_of",
    "slots_of",
    "solve_lottery",
]
