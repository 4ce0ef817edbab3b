"""The project (项目) of one row of openings, with what the row leaves open taken from the rule book."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from scheduler.errors import BadInput, require
from scheduler.panel import check_panel, guest_seats
from scheduler.projects import Category, ProcurementKind, Project, Requirement, Section
from scheduler.rules import RuleBook
from scheduler.synthetic import is_uscc
from scheduler.timeline import ZONE
from scheduler.venues import Venue

ASKED = {
    Category.WORKS: ("A08", "A07"),
    Category.WORKS_LOW_PRICE: ("A08", "A07"),
    Category.SERVICES: ("A05", "C01"),
    Category.GOODS: ("B01", "C01"),
}
"""Specialties of a panel whose row names none: most seats for the first, one for the second (assumption)."""


def project_of(row: Mapping[str, Any], venues: Sequence[Venue], book: RuleBook) -> Project:
    """The project of one row; raises `BadInput` when its panel would not be lawful or its figures disagree.

    An organisation that is a valid USCC is the tenderer unless the row names one.
    """
    home = home_of(row, venues)
    kind, category = row.get("kind") or ProcurementKind.CONSTRUCTION, row["category"]
    rules = book.at(row["opening_at"].astimezone(ZONE).date(), home.region, kind)
    owners = row.get("owner_representatives")
    owners = 1 if owners is None else owners
    asked = row.get("specialties") or _default_seats(category, rules.panel_min_size - owners)
    sections, bids = row["sections"], row.get("bidders")
    project = Project(
        project_id=row["notice"],
        name=row.get("name") or row["notice"],
        kind=kind,
        category=category,
        home=home.venue_id,
        region=home.region,
        opening_at=row["opening_at"],
        sections=_sections(
            sections,
            sections * rules.bidders_min if bids is None else bids,
            None if bids is None else row.get("max_bidders_per_section"),
        ),
        specialties=tuple((Requirement(frozenset({code})), seats) for code, seats in asked),
        owner_representatives=owners,
        guest_count=row.get("guests") or rules.remote_guest_count,
        exemption=row.get("exemption"),
        tenderer=row.get("tenderer") or (row["org_id"] if is_uscc(row["org_id"]) else ""),
        agency=row.get("agency") or "",
        supervisor=row.get("supervisor") or "",
        equipment=row.get("equipment") or frozenset(),
    )
    check_panel(project, rules)
    guest_seats(project, rules)
    return project


def home_of(row: Mapping[str, Any], venues: Sequence[Venue]) -> Venue:
    """The row's `home` venue, or else the organisation folded onto the venues.

    The fold is SHA-256 of the organisation's id (UTF-8), read as a big-endian number, modulo the number of
    venues, counted in the order of their ids: the same organisation always has the same home.
    """
    ordered = sorted(venues, key=lambda venue: venue.venue_id)
    require(bool(ordered), "home", "", "a world with venues")
    wanted = row.get("home")
    if not wanted:
        number = int.from_bytes(hashlib.sha256(row["org_id"].encode()).digest(), "big")
        return ordered[number % len(ordered)]
    for venue in ordered:
        if wanted in (venue.venue_id, venue.centre_id, venue.name, venue.region):
            return venue
    raise BadInput("home", wanted, "a venue's id, name or region, or its centre's id")


def _sections(count: int, bids: int, most: int | None) -> tuple[Section, ...]:
    """Bids spread evenly over the sections; where the most of one section is known, the first has that many."""
    spread = [bids // count + (nth < bids % count) for nth in range(count)]
    if most is not None:
        rule = f"the most bids of {count} sections with {bids} bids together"
        require(bids <= most * count and most <= bids, "max_bidders_per_section", most, rule)
        rest, others = bids - most, count - 1
        spread = [most, *(rest // others + (nth < rest % others) for nth in range(others))]
    return tuple(Section(str(nth), received) for nth, received in enumerate(spread, start=1))


def _default_seats(category: Category, experts: int) -> tuple[tuple[str, int], ...]:
    first, second = ASKED[category]
    return ((first, experts - 1), (second, 1)) if experts > 1 else ((first, 1),)
