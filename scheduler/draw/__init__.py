"""The draw (抽取): equal chance under every constraint, from a committed seed, with a certificate."""

from scheduler.bodies import Caps, caps_of, path_of
from scheduler.draw.canonical import party_commitment
from scheduler.draw.census import Census
from scheduler.draw.certificate import Prepared, certificate_digest, commit, complete, leaf_proof
from scheduler.draw.conflicts import PanelsPassedOver
from scheduler.draw.joint import Batch, Request, commit_batch, complete_batch
from scheduler.draw.lottery import NoPanel, solve_lottery
from scheduler.draw.order import (
    Beacon,
    Drawn,
    DrawOrder,
    Joint,
    Member,
    Method,
    PanelQuota,
    Scarcity,
    quotas_of,
)
from scheduler.draw.patterns import QuotasUnmet, TooManyKinds
from scheduler.draw.reveals import RevealRefused
from scheduler.slots import Slot, slots_of

NotDrawn = NoPanel | PanelsPassedOver | QuotasUnmet | TooManyKinds
NOT_DRAWN = (NoPanel, PanelsPassedOver, QuotasUnmet, TooManyKinds)
"""Why a draw may have no panel: refusals that a service expects."""

__all__ = [
    "NOT_DRAWN",
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
    "NotDrawn",
    "PanelQuota",
    "PanelsPassedOver",
    "Prepared",
    "QuotasUnmet",
    "Request",
    "RevealRefused",
    "Scarcity",
    "Slot",
    "TooManyKinds",
    "caps_of",
    "certificate_digest",
    "commit",
    "commit_batch",
    "complete",
    "complete_batch",
    "leaf_proof",
    "party_commitment",
    "path_of",
    "quotas_of",
    "slots_of",
    "solve_lottery",
]
