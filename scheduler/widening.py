"""Widening (放宽专业): a slot asks for less of a specialty code, one recorded step at a time (draw.widen_specialty).

A code is letters and digits, "A080101"; each step keeps fewer digits: "A0801", then "A08". Nothing here is ever
applied by itself: a widening is asked for with a reason and approved by somebody else.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scheduler.errors import BadInput
from scheduler.projects import Requirement
from scheduler.slots import Slot

_CODE = re.compile(r"([^0-9]*)([0-9]*)")


@dataclass(frozen=True, slots=True, order=True)
class Widening:
    """An approved step: the slot that asked for just the codes `asked` accepts `allowed`."""

    slot_id: str
    asked: tuple[str, ...]
    allowed: tuple[str, ...]


def widened(requirement: Requirement, digits: int) -> Requirement:
    """The requirement with at most so many digits of each code; codes of another shape stay."""
    return Requirement(frozenset(_cut(code, digits) for code in requirement.codes))


def wider(requirement: Requirement, steps: Sequence[int]) -> tuple[tuple[int, Requirement], ...]:
    """The requirement after one step, two steps, …: (digits kept, requirement); steps that change nothing fall out."""
    found: list[tuple[int, Requirement]] = []
    last = requirement
    for digits in sorted(steps, reverse=True):
        after = widened(requirement, digits)
        if after != last:
            found.append((digits, after))
            last = after
    return tuple(found)


def widen(slot: Slot, level: int, steps: Sequence[int]) -> Widening:
    """The widening of a slot by so many steps; raises `BadInput` when the rule has no such step for it."""
    possible = wider(slot.requirement, steps)
    if not 1 <= level <= len(possible):
        raise BadInput("level", level, f"draw.widen_specialty: slot {slot.slot_id} has {len(possible)} steps")
    allowed = possible[level - 1][1]
    return Widening(slot.slot_id, tuple(sorted(slot.requirement.codes)), tuple(sorted(allowed.codes)))


def with_widenings(slots: Iterable[Slot], widenings: Iterable[Widening]) -> tuple[Slot, ...]:
    """The slots with the widest that was approved for each; a slot that asks for other codes by now keeps those."""
    found = []
    given = sorted(widenings, key=lambda one: (sum(map(len, one.allowed)), one), reverse=True)
    for slot in slots:
        own = [
            one
            for one in given
            if one.slot_id == slot.slot_id and frozenset(one.asked) == slot.requirement.codes
        ]
        found.append(replace(slot, requirement=Requirement(frozenset(own[-1].allowed))) if own else slot)
    return tuple(found)


def _cut(code: str, digits: int) -> str:
    shape = _CODE.fullmatch(code)
    return code if shape is None else shape[1] + shape[2][:digits]
