"""The draw (抽取): equal chance under every constraint, from a committed seed, with a certificate."""

from scheduler.bodies import Caps, caps_of, path_of
from scheduler.draw.canonical import party_commitment
from scheduler.draw.census import Census
from scheduler.draw.certificate import Prepared, RevealRefused, certificate_digest, commit, complete
from scheduler.draw.conflicts import PanelsPassedOver
from scheduler.draw.lottery import NoPanel, solve_lottery
from scheduler.draw.order import Beacon, Drawn, DrawOrder, Joint, Member, Method, Stranding
from scheduler.slots import Slot, slots_of

__all__ = [
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
    "RevealRefused",
    "Slot",
    "Stranding",
    "caps_of",
    "certificate_digest",
    "commit",
    "complete",
    "party_commitment",
    "path_of",
    "slots_of",
    "solve_lottery",
]
