"""The verifier of draw certificates, written from `docs/certificate.md`; it shares no code with `scheduler.draw`."""

from scheduler.verification.draws.batch import verify_batch
from scheduler.verification.draws.certificate import Shone, Signed, verify_draw
from scheduler.verification.draws.chain import verify_chain
from scheduler.verification.draws.leaf import verify_leaf
from scheduler.verification.draws.steps import Step

__all__ = ["Shone", "Signed", "Step", "verify_batch", "verify_chain", "verify_draw", "verify_leaf"]
