"""Small groups (小群体) are not counted for those who may not know who is in them: disclose.min_group."""

from collections.abc import Mapping

from scheduler.draw.explain.wording import Said

PEOPLE = frozenset(("available", "eligible", "blocked"))
"""Facts of explanations that count experts."""


def veil(count: int, least: int) -> int | str:
    """The count, or only that it is below the least."""
    return count if count >= least else f"<{least}"


def veil_said(said: Said, least: int) -> Said:
    """What is said, with its counts of experts veiled."""
    facts: Mapping[str, str] = {
        name: str(veil(int(value), least)) if name in PEOPLE else value for name, value in said.facts.items()
    }
    return Said(said.code, facts, tuple(veil_said(part, least) for part in said.parts))
