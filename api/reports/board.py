"""A plan as the dispatch board shows it: the same shape as `GET /board`."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from scheduler.planning import Plan
from scheduler.projects import Project
from scheduler.venues import Venue


def board_view(
    plan: Plan, projects: Sequence[Project], venues: Sequence[Venue], day: date, now: datetime
) -> dict[str, Any]:
    """Venues with rooms and support counts, and a bar for each part of each session."""
    support = Counter(part.venue_id for booking in plan.bookings for part in booking.guests)
    names = {project.project_id: project for project in projects}
    return {
        "date": day.isoformat(),
        "now": now.astimezone(UTC).isoformat(),
        "cutoff": "22:00",
        "timezone": "Asia/Shanghai",
        "epoch": None,
        "positions": {},
        "venues": [
            {
                "venue_id": venue.venue_id,
                "name": venue.name,
                "region": venue.region,
                "seats": venue.seats,
                "support_count": support[venue.venue_id],
                "rooms": [{"room_id": room.room_id, "seats": room.seats} for room in venue.rooms],
            }
            for venue in venues
        ],
        "sessions": [
            {
                "booking_id": f"{booking.project_id}/{nth}",
                "serial": booking.project_id,
                "project": names[booking.project_id].name,
                "venue_id": part.venue_id,
                "room_id": part.room_id,
                "side": part.side.value,
                "seats": part.seats,
                "start": session.start.astimezone(UTC).isoformat(),
                "end": session.end.astimezone(UTC).isoformat(),
                "split": booking.split,
                "state": "booked",
                "progress": 0,
                "reason": booking.reason,
            }
            for booking in plan.bookings
            for nth, session in enumerate(booking.sessions, start=1)
            for part in booking.parts
        ],
        "unscheduled": [
            {
                "serial": entry.project_id,
                "reason": entry.reason,
                "project_id": entry.project_id,
                "project": names[entry.project_id].name,
                "version": 0,
            }
            for entry in plan.unscheduled
        ],
        "waiting": [],
    }
