from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import BadInput
from scheduler.panel import PanelNotLawful, check_panel, guest_seats, seat_demands
from scheduler.projects import Category, Exemption, ProcurementKind, Project, Requirement, Section
from scheduler.rules import default_rule_book

RULES = default_rule_book().at(date(2026, 11, 24), "532301", ProcurementKind.CONSTRUCTION)


def project(*seats: int, owners: int = 1, guests: int = 1, exemption: Exemption | None = None) -> Project:
    return Project(
        project_id="p",
        name="Road",
        kind=ProcurementKind.CONSTRUCTION,
        category=Category.WORKS,
        home="v",
        region="532301",
        opening_at=datetime(2026, 11, 24, 1, tzinfo=UTC),
        sections=(Section("1", 5),),
        specialties=tuple((Requirement(frozenset({f"A0{n}"})), count) for n, count in enumerate(seats, 1)),
        owner_representatives=owners,
        guest_count=guests,
        exemption=exemption,
    )


def test_four_experts_and_one_owner_are_a_lawful_panel():
    check_panel(project(4, owners=1), RULES)


@pytest.mark.parametrize(("experts", "owners"), [(3, 2), (2, 1), (5, 1), (4, 3)])
def test_small_even_or_owner_heavy_panels_are_refused(experts, owners):
    with pytest.raises(PanelNotLawful):
        check_panel(project(experts, owners=owners), RULES)


def test_an_exempt_project_has_no_guest_seats():
    assert guest_seats(project(5, exemption=Exemption.SITE_SURVEY), RULES) == ()


def test_more_guests_than_experts_are_refused():
    with pytest.raises(BadInput, match="guest"):
        guest_seats(project(3, guests=4), RULES)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.integers(1, 4))
def test_every_expert_seat_lies_at_exactly_one_place(seats, guests):
    asked = project(*seats, guests=guests)
    if sum(seats) < max(2, guests):
        return
    demands = seat_demands(asked, RULES)
    for requirement, count in asked.specialties:
        assert sum(demand.seats for demand in demands if demand.requirement == requirement) == count
    at_guests = guest_seats(asked, RULES)
    for place, count in enumerate(at_guests, 1):
        assert sum(demand.seats for demand in demands if demand.place == place) == count >= 1
    assert sum(at_guests) >= max(2, -(-sum(seats) // 3))
