"""What the checker reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One way in which a plan breaks one rule: the rule's name, whom it concerns, and what is wrong."""

    rule: str
    subject: str
    detail: str
