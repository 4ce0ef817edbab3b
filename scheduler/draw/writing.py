"""How a draw is written in its certificate (`docs/certificate.md`): plain JSON, numbers as strings."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from scheduler.bodies import LEVELS, path_of
from scheduler.draw.canonical import canonical, leaf_salt, sha256
from scheduler.draw.census import Census
from scheduler.draw.lottery import Cell, Lottery
from scheduler.draw.order import DrawOrder, Member, Scarcity
from scheduler.draw.patterns import Patterns
from scheduler.draw.sampling import Drawing
from scheduler.eligibility import Screened
from scheduler.slots import Slot

Row = tuple[str, str, str, str, str]
"""An expert of the pool: id, group, employer, department, and the number of the cell or the reason of exclusion."""


def write_caps(order: DrawOrder) -> dict[str, str | None]:
    """The caps by level."""
    caps = ((level, order.caps.at(nth)) for nth, level in enumerate(LEVELS))
    return {level: None if cap is None else str(cap) for level, cap in caps}


def write_slot(slot: Slot) -> dict[str, Any]:
    """A slot."""
    return {
        "codes": sorted(slot.requirement.codes),
        "most": str(slot.upmost),
        "region": slot.region,
        "seats": str(slot.seats),
        "slot_id": slot.slot_id,
        "venue_id": slot.venue_id,
    }


def write_pool(screened: Screened, drawing: Drawing) -> tuple[Row, ...]:
    """Every screened expert, by id."""
    cells = dict(zip(drawing.census.ids, drawing.cell_of.tolist(), strict=True))
    rows: list[Row] = []
    for expert in screened.eligible:
        group, employer, department = path_of(expert)
        rows.append((expert.expert_id, group, employer, department, str(cells[expert.expert_id])))
    rows += [(entry.expert_id, "", "", "", entry.reason.value) for entry in screened.excluded]
    return tuple(sorted(rows, key=lambda row: row[0].encode()))


def write_lottery(lottery: Lottery) -> dict[str, Any]:
    """The lottery for the public: bodies whose cap binds, and cells, are numbered and not named."""
    cell_number = {cell: str(nth) for nth, (cell, _) in enumerate(lottery.counts)}
    body_number = {body: str(nth) for nth, body in enumerate(lottery.bodies)}

    def inside(path: Sequence[str]) -> str:
        found = (body_number.get(tuple(path[:end])) for end in range(len(path), 0, -1))
        return next((number for number in found if number is not None), "")

    def level(chance: Fraction, cells: Sequence[Cell]) -> dict[str, Any]:
        return {"cells": [cell_number[cell] for cell in cells], "chance": str(chance)}

    return {
        "bodies": [
            {
                "cap": str(lottery.caps.of(body)),
                "level": LEVELS[len(body) - 1],
                "within": inside(body[:-1]),
            }
            for body in lottery.bodies
        ],
        "cells": [
            {"body": inside(cell.body), "members": str(size), "slots": [str(slot) for slot in cell.slots]}
            for cell, size in lottery.counts
        ],
        "levels": [
            {
                **level(one.chance, one.cells),
                "cut": None
                if one.cut is None
                else {
                    "bodies": [body_number[body] for body in one.cut.bodies],
                    "cells": [cell_number[cell] for cell in one.cut.cells],
                    "ground": one.cut.ground,
                    "slots": [str(slot) for slot in one.cut.slots],
                    "total": one.cut.total,
                },
            }
            for one in lottery.levels
        ],
        "spread": [[cell_number[cell], str(slot), str(load)] for cell, slot, load in lottery.spread],
    }


def write_panels(order: DrawOrder, patterns: Patterns, census: Census) -> dict[str, Any]:
    """The lottery over patterns in full."""
    return {
        "atoms": [[census.ids[nth] for nth in atom.members] for atom in patterns.atoms],
        "levels": [
            {
                "atoms": [str(atom) for atom in level.atoms],
                "chance": str(level.chance),
                "most": str(level.most),
                "prices": [str(price) for price in level.prices],
            }
            for level in patterns.levels
        ],
        "patterns": [
            {"seats": [[str(part) for part in seat] for seat in pattern], "weight": str(weight)}
            for pattern, weight in patterns.listed
        ],
        "quotas": [
            {
                "experts": sorted(quota.experts & set(census.ids), key=str.encode),
                "least": str(quota.least),
                "most": None if quota.most is None else str(quota.most),
                "name": quota.name,
            }
            for quota in order.quotas
        ],
    }


def write_panels_public(patterns: Patterns, panels: Mapping[str, Any], salt: bytes) -> dict[str, Any]:
    """What the public learns of it before it is opened: its digest, and how many experts have which chance."""
    members = Counter[Fraction]()
    for atom, chance in zip(patterns.atoms, patterns.chances, strict=True):
        members[chance] += len(atom.members)
    return {
        "chances": [[str(chance), str(members[chance])] for chance in sorted(members)],
        "digest": sha256(canonical([leaf_salt(salt, "").hex(), panels])),
    }


def write_member(member: Member) -> dict[str, str]:
    """A member drawn."""
    return {"chance": str(member.chance), "expert_id": member.expert_id, "slot_id": member.slot_id}


def write_scarcity(why: Scarcity) -> dict[str, Any]:
    """A statement of scarcity."""
    return {
        "candidates": [[expert, employer, *projects] for expert, employer, projects in why.candidates],
        "caps": [[project, str(cap)] for project, cap in why.caps],
        "needed": str(why.needed),
        "seats": [list(seat) for seat in why.seats],
    }
