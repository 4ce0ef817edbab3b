"""A published day for the tests of this folder: planned by the services, every guest's consent given."""

from datetime import timedelta

from api.files.openings import made_up
from api.services import guests as answers
from api.services import plans, projects
from api.store import guests, venues
from scheduler.planning import Budget, solve


def publish_day(session, office, on, now, made=None, iterations=10, agreed=None):
    """The projects, a made-up day's if none are given, submitted, planned and published.

    The guests of all have agreed, or of those only for which `agreed` holds.
    """
    made = made_up(on, venues.load_all(session), office.book).projects if made is None else made
    projects.submit(session, made, office.book, "test", now)
    order = plans.order(session, office, on, seed=1, seconds=1, actor="test", now=now)
    problem = plans.freeze(session, office, order)
    plans.save(session, order.plan_id, problem, solve(problem, Budget(iterations)))
    plans.publish(session, office, order.plan_id, "test", now)
    later = now + timedelta(minutes=1)
    wanted = {project.project_id for project in made if agreed is None or agreed(project)}
    for booking in plans.bookings.of_plan(session, order.plan_id):
        if booking.project_id not in wanted:
            continue
        for request in guests.of_booking(session, booking.booking_id):
            answers.answer(session, request.request_id, approves=True, reason="", actor="test", now=later)
    return made
