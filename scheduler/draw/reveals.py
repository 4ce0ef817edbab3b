"""Reveals (揭示) of the parties' secrets, held against what they promised."""

from collections.abc import Mapping, Sequence

from scheduler.draw.canonical import party_commitment
from scheduler.errors import SchedulerError


class RevealRefused(SchedulerError):
    """A reveal is missing for every party, unknown, or does not match its commitment."""

    code = "reveal_refused"

    def __init__(self, party: str, rule: str) -> None:
        super().__init__(party, rule)
        self.party, self.rule = party, rule

    @property
    def facts(self) -> dict[str, str]:
        return {"party": self.party, "rule": self.rule}

    def __str__(self) -> str:
        return f"{self.party}: {self.rule}"


def check_reveals(draw_id: str, parties: Sequence[Mapping[str, str]], reveals: Mapping[str, bytes]) -> None:
    """Raise `RevealRefused` unless somebody reveals, and everybody who does what was promised."""
    promised = {entry["party"]: entry["commitment"] for entry in parties}
    for party, nonce in reveals.items():
        if party not in promised:
            raise RevealRefused(party, "is not one of the parties")
        if len(nonce) != 32 or party_commitment(draw_id, party, nonce) != promised[party]:
            raise RevealRefused(party, "the nonce does not match the commitment")
    if not reveals:
        raise RevealRefused(", ".join(promised), "nobody revealed")
