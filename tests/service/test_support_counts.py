"""Guest support (客场支持项目数): once per project and venue, in its own year."""

from datetime import UTC, datetime

import pytest

from api.demo import Demo
from api.disclosure import Role, Viewer
from api.services.boards import shown_count
from api.store import projects, support
from models.projects import ProjectState

NEW_YEAR = datetime(2026, 12, 31, 16, tzinfo=UTC)
"""Midnight in Chuxiong: 2027 has begun."""


@pytest.fixture
def planned(town):
    """The office with a made-up day planned and published."""
    office, _ = town
    Demo(office, office.clock, 60.0).step(office.clock.now())
    return office


def count(session, project, now):
    return support.count(session, project.project_id, "V02", booking_id=booking_of(session, project),
                         day=project.opening_date, experts=2, now=now)  # fmt: skip


def booking_of(session, project):
    from api.store import bookings

    return bookings.holding(session, project.project_id).booking_id


def test_a_project_counts_once_for_a_venue_and_in_the_local_year(planned):
    with planned.changing() as session:
        first, second = [row for row in projects.rows_of(session) if row.state == ProjectState.GUEST_PENDING][
            :2
        ]
        assert count(session, first, planned.clock.now()) == 1
        assert count(session, first, planned.clock.now()) == 1
        assert count(session, second, NEW_YEAR) == 1
        assert support.counts(session, "2026") == {"V02": 1}
        assert support.counts(session, "2027-01") == {"V02": 1}
        assert support.counts(session) == {"V02": 2}


@pytest.mark.parametrize(("total", "shown"), [(0, 0), (1, None), (2, None), (3, 3)])
def test_the_public_sees_no_count_of_a_group_too_small(total, shown):
    assert shown_count(total, Viewer("p", Role.PUBLIC), 3) == shown
    assert shown_count(total, Viewer("s", Role.SUPERVISOR, region="5323"), 3) == total
