"""The verifier of draw certificates, written from `docs/certificate.md`; it shares no code with `scheduler.draw`."""

from scheduler.verification.draws.batch import verify_batch
from scheduler.verification.draws.certificate import Shone, Signed, Step, verify_draw

__all__ = ["Shone", "Signed", "Step", "verify_batch", "verify_draw"]
